using System.Text;
using Bonito.Rows;
using Bonito.Templates.Jinja;

namespace Bonito.Tests.Templates.Jinja;

/// <summary>Cases of our own, as Jinja2 itself renders them (tests/goldens/jinja/make.py).</summary>
public sealed class GoldenTests
{
    [Fact]
    public void Prompt_templates_render_as_Jinja2_renders_them()
    {
        Row row = Cases.Read("row.json").Single();
        Check("prompt.jsonl", JinjaSyntax.Prompt, _ => row, atLeast: 400);
    }

    [Fact]
    public void Chat_templates_render_as_Jinja2_renders_them() =>
        Check("chat.jsonl", JinjaSyntax.Chat, golden => (Row)golden["row"]!, atLeast: 50);

    static void Check(string file, JinjaSyntax syntax, Func<Row, Row> rowOf, int atLeast)
    {
        var differences = new StringBuilder();
        int count = 0;
        foreach (Row golden in Cases.Read(file))
        {
            count++;
            string template = (string)golden["template"]!;
            string? expected = golden.TryGetValue("expected", out object? text) ? (string)text! : null;
            (string? rendered, string error) = Cases.Render(template, rowOf(golden), syntax);
            if (rendered != expected) differences.AppendLine($"{file}, case {count}: {template}\n  expected {expected ?? "an error"}\n  rendered {rendered ?? error}");
        }
        Assert.True(differences.Length == 0, differences.ToString());
        Assert.InRange(count, atLeast, int.MaxValue);
    }
}
