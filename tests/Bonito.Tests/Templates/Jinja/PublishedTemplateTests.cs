using Bonito.Rows;
using Bonito.Templates;
using Bonito.Templates.Jinja;
using Bonito.Tests.Rows;

namespace Bonito.Tests.Templates.Jinja;

/// <summary>All templates of promptsource and of published models that are there, against Jinja2.</summary>
public sealed class PublishedTemplateTests
{
    const int SyntheticRows = 8, RealRows = 3;

    [Fact]
    public void Templates_of_promptsource_render_as_Jinja2_renders_them()
    {
        string data = DevelopmentData.Require();
        string root = Path.Combine(data, "templates", "promptsource");
        List<Case> cases = [];
        int templates = 0;
        foreach (string path in Directory.EnumerateFiles(root, "templates.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            PromptTemplateFile file = PromptTemplateFile.Read(path);
            List<Row> real = [.. RealRowsOf(Path.Combine(data, "sources", file.Dataset!))];
            foreach (PromptTemplate template in file.Templates)
            {
                templates++;
                string name = $"{Path.GetRelativePath(root, path)}: {template.Name}";
                cases.AddRange(Over(name, template.Jinja, template.AnswerChoices, real));
                if (template.AnswerChoices is { } choices) cases.AddRange(Over(name + " (choices)", choices, null, real));
            }
        }

        Assert.InRange(templates, 382, int.MaxValue);
        string differences = Oracle.Compare(cases, JinjaSyntax.Prompt);
        Assert.True(differences.Length == 0, differences);
    }

    [Fact]
    public void Chat_templates_render_as_Jinja2_renders_them()
    {
        List<Case> cases = [];
        foreach (string path in Directory.EnumerateFiles(Path.Combine(DevelopmentData.Require(), "chat_templates"), "*.jinja"))
        {
            string template = File.ReadAllText(path);
            cases.AddRange(Conversations.All.Select(row => new Case(Path.GetFileName(path), template, row)));
        }

        Assert.NotEmpty(cases);
        string differences = Oracle.Compare(cases, JinjaSyntax.Chat);
        Assert.True(differences.Length == 0, differences);
    }

    [Fact]
    public void Context_expressions_of_the_paper_are_runs_of_nodes()
    {
        string data = DevelopmentData.Require();
        string path = Path.Combine(data, "templates", "bonito", "source_contexts.csv");
        string[] expressions = [.. RowReader.Read(new RowSource { Files = [path] }, [new SourceFile(path, path)], TestContext.Current.CancellationToken).Select(read => (string)read.Row["context_expression"]!)];

        Assert.Equal(39, expressions.Length);
        Assert.All(expressions, text => Assert.NotEmpty(JinjaTemplate.Parse("context", text).Nodes));
    }

    static IEnumerable<Case> Over(string name, string template, string? choices, List<Row> real)
    {
        JinjaTemplate parsed = JinjaTemplate.Parse(name, template);
        for (int seed = 0; seed < SyntheticRows; seed++) yield return new Case(name, template, SyntheticRow.For(parsed, choices, seed));
        foreach (Row row in real) yield return new Case(name, template, row);
    }

    /// <summary>The first rows of each file of a source; whatever columns they have.</summary>
    static IEnumerable<Row> RealRowsOf(string folder)
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = path.EndsWith(".gz", StringComparison.Ordinal) ? path[..^3] : path;
            if (Path.GetExtension(name) is not (".json" or ".jsonl" or ".csv" or ".tsv")) continue;
            RowSource source = new() { Files = [path] };
            List<Row> rows = [];
            try
            {
                rows.AddRange(RowReader.Read(source, [new SourceFile(path, path)]).Take(RealRows).Select(read => read.Row));
            }
            catch (BonitoException)
            {
                // A file of this name can hold something else; only those that hold rows are of use here.
            }
            foreach (Row row in rows.Where(row => row.Keys.All(IsName))) yield return row;
        }
    }

    // Jinja2 takes variables as named arguments; what is no name cannot be asked for by a template.
    static bool IsName(string column) => column.Length > 0 && column != "self" && column.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(column[0]);
}
