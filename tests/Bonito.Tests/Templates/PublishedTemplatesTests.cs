using Bonito.Ctga;
using Bonito.Rows;
using Bonito.Templates;
using Bonito.Tests.Rows;

namespace Bonito.Tests.Templates;

/// <summary>The published templates with the 39 sets of the catalogue, where the development data is at hand.</summary>
public sealed class PublishedTemplatesTests
{
    static string Data() => Path.Combine(DevelopmentData.Require(), "templates");

    static IEnumerable<Row> Csv(string data, string name)
    {
        var source = new RowSource { Files = [$"bonito/{name}"] };
        return RowReader.Read(source, source.Find([data]).Files, TestContext.Current.CancellationToken).Select(r => r.Row);
    }

    static string Text(Row row, string name) => (string)row[name]!;

    [Fact]
    public void Exactly_the_papers_323_are_accepted()
    {
        string data = Data();
        TemplateLibrary library = TemplateLibrary.Load(Path.Combine(data, "promptsource"));

        (string, string, string, string)[] accepted = [.. Catalogue.Load().Sets.SelectMany(set => SetTemplates.Of(set, library, []).All.Select(t =>
            (set.Dataset, set.Configuration ?? "", t.Template.Name, t.TaskType.FullName)))];

        (string, string, string, string)[] paper = [.. Csv(data, "prompt_task_types.csv").Select(r =>
            (Text(r, "dataset_name"), Text(r, "dataset_config_name"), Text(r, "template_name"), Text(r, "task_type")))];
        Assert.Equal(323, paper.Length);
        Assert.Equal(paper.Order(), accepted.Order());
        Assert.DoesNotContain(accepted, t => t.Item1 == "multi_news");
    }

    [Fact]
    public void The_catalogue_has_the_papers_39_sets_with_split_and_passage()
    {
        string data = Data();
        ILookup<(string, string), SourceSet> sets = Catalogue.Load().Sets.ToLookup(s => (s.Dataset, s.Configuration ?? ""));

        Row[] paper = [.. Csv(data, "source_contexts.csv")];
        Assert.Equal(39, paper.Length);
        Assert.All(paper, row =>
        {
            SourceSet set = Assert.Single(sets[(Text(row, "dataset_name"), Text(row, "dataset_config_name"))]);
            Assert.Equal(Text(row, "context_expression"), set.Context);
            Assert.Contains(set.Parts[0].Source.Files, f => f.Contains(Text(row, "split"), StringComparison.Ordinal));
        });
    }

    [Fact]
    public void What_is_not_used_has_a_reason()
    {
        TemplateLibrary library = TemplateLibrary.Load(Path.Combine(Data(), "promptsource"));

        RefusedTemplate[] refused = [.. Catalogue.Load().Sets.SelectMany(set => SetTemplates.Of(set, library, []).Refused)];

        Assert.Equal(4, refused.Count(r => r.Reason == "no task type is given for it"));
        Assert.All(refused, r => Assert.True(r.Reason.Contains("no task type", StringComparison.Ordinal) || r.Reason.StartsWith("the passage, ", StringComparison.Ordinal), r.Reason));
    }
}
