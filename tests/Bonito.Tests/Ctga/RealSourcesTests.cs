using Bonito.Ctga;
using Bonito.Tests.Rows;

namespace Bonito.Tests.Ctga;

/// <summary>The catalogue that ships, on real files, where the development data is at hand.</summary>
public sealed class RealSourcesTests
{
    static readonly string[] Small =
        ["social_i_qa", "quail", "super_glue_copa", "super_glue_cb", "super_glue_wsc", "app_reviews", "samsum", "cosmos_qa", "hellaswag", "super_glue_record", "gigaword"];

    static CtgaSummary Build(BuildFolder folder, string[] sets, bool published, int limit = 1_000)
    {
        string data = DevelopmentData.Require();
        return BuildFolder.Run(new CtgaOptions(
            Path.Combine(data, "sources"), folder.Output, TextDirectory: Path.Combine(data, "text"), MaxExamplesPerSet: limit, Sets: sets,
            Templates: published ? [Path.Combine(data, "templates", "promptsource")] : null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Small_sets_of_every_format_build_without_surprises(bool published)
    {
        using var folder = new BuildFolder();

        CtgaSummary summary = Build(folder, Small, published);

        Assert.Equal(Small.Length, summary.Sets.Count);
        Assert.All(summary.Sets.Where(s => s.Templates.Count > 0), set =>
        {
            Assert.NotEmpty(set.Written);
            Assert.Equal(set.Candidates, set.Written.Values.Sum() + set.Dropped.Values.Sum());
            Assert.Null(set.FirstError);
        });
        Assert.All(folder.Rows(), row => Assert.True((row.TaskInput + row.TaskOutput).Length > 0));
    }

    [Fact]
    public void Every_file_that_the_catalogue_names_exactly_is_there()
    {
        using var folder = new BuildFolder();

        CtgaSummary summary = Build(folder, ["quoref", "super_glue_wic", "dialogsum", "multi_news"], published: false, limit: 1);

        Assert.All(summary.Sets, set => Assert.All(set.Missing, pattern => Assert.Contains('*', pattern)));
    }
}
