using Bonito.Rows;
using Bonito.Templates.Jinja;

namespace Bonito.Tests.Templates.Jinja;

/// <summary>Templates with random damage: rendered, or refused with an error, never anything else.</summary>
public sealed class FuzzTests
{
    const int Rounds = 15_000;

    static readonly string[] Snippets =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", "|", "(", ")", "[", "]", "{", "}", ":", ",", ".", "~", "'", "\"", "\\", "0", "-1", "1e9", "**", "//", "%", "in", "not", "is", "if", "else",
        "for", "endfor", "endif", "set", "macro", "loop", "items", "text", "none", "range(3)", "|list", "|join", "|sort", "|first", "is defined", "\n", " ", "é", "\U0001F600", "\ud800", "\0", "raw", "endraw", "recursive", "namespace()", ".x",
    ];

    [Fact]
    public void Damaged_templates_are_rendered_or_refused()
    {
        Row row = Cases.Read("row.json").Single();
        string[] templates = [.. Cases.Read("prompt.jsonl").Concat(Cases.Read("chat.jsonl")).Select(c => (string)c["template"]!).Where(t => t.Length < 2000)];
        RenderSettings settings = Cases.Settings with { MaxSteps = 5_000, MaxCharacters = 50_000, MaxDepth = 30 };
        Random random = new(7);
        int rendered = 0, refused = 0;
        for (int i = 0; i < Rounds; i++)
        {
            string template = Damage(templates[random.Next(templates.Length)], templates, random);
            try
            {
                JinjaTemplate.Parse("fuzz", template, random.Next(2) == 0 ? JinjaSyntax.Prompt : JinjaSyntax.Chat).Render(row, settings);
                rendered++;
            }
            catch (BonitoException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"{e.GetType().Name}: {e.Message}\n{template}\n{e.StackTrace}");
            }
        }
        Assert.InRange(rendered, Rounds / 20, Rounds);
        Assert.InRange(refused, Rounds / 20, Rounds);
    }

    static string Damage(string template, string[] templates, Random random)
    {
        for (int n = random.Next(1, 5); n > 0; n--)
        {
            int at = random.Next(template.Length + 1), length = random.Next(Math.Min(8, template.Length - at + 1));
            template = random.Next(5) switch
            {
                0 => template.Remove(at, length),
                1 => template.Insert(at, Snippets[random.Next(Snippets.Length)]),
                2 => template.Remove(at, length).Insert(at, Snippets[random.Next(Snippets.Length)]),
                3 => template.Insert(at, template.Substring(at, length)),
                _ => template[..at] + Tail(templates[random.Next(templates.Length)], random),
            };
        }
        return template;
    }

    static string Tail(string template, Random random) => template[random.Next(template.Length + 1)..];
}
