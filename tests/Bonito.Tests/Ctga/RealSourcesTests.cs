using Bonito.Ctga;

namespace Bonito.Tests.Ctga;

/// <summary>The catalogue that ships, on real files, where the development data is at hand.</summary>
public sealed class RealSourcesTests
{
    static string? Data()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string data = Path.Combine(folder.FullName, "shared", "data");
            if (File.Exists(Path.Combine(data, "INVENTORY.md"))) return data;
        }
        return null;
    }

    [Fact]
    public void Small_sets_of_every_format_build_without_surprises()
    {
        string? data = Data();
        Assert.SkipWhen(data is null, "shared/data/INVENTORY.md is in no folder above the tests.");
        using var folder = new CtgaFolder();

        CtgaSummary summary = CtgaFolder.Run(new CtgaOptions(
            Path.Combine(data, "sources"), folder.Output, TextDirectory: Path.Combine(data, "text"), MaxExamplesPerSet: 1_000,
            Sets: ["social_i_qa", "quail", "super_glue_copa", "super_glue_cb", "super_glue_wsc", "app_reviews", "samsum"]));

        Assert.All(summary.Sets, set =>
        {
            Assert.NotEmpty(set.Written);
            Assert.Equal(set.Candidates, set.Written.Values.Sum() + set.Dropped.Values.Sum());
            Assert.True(set.Written.Values.Sum() is 1_000 || set.Dropped.Values.Sum() < set.Candidates / 2, set.Name);
        });
        Assert.Equal(7, summary.Sets.Count);
        Assert.All(folder.Rows(), row => Assert.DoesNotContain(" n't", row.Context, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_file_that_the_catalogue_names_exactly_is_there()
    {
        string? data = Data();
        Assert.SkipWhen(data is null, "shared/data/INVENTORY.md is in no folder above the tests.");
        using var folder = new CtgaFolder();

        CtgaSummary summary = CtgaFolder.Run(new CtgaOptions(
            Path.Combine(data, "sources"), folder.Output, MaxExamplesPerSet: 1, Sets: ["quoref", "super_glue_wic", "dialogsum", "multi_news"]));

        Assert.All(summary.Sets, set => Assert.Empty(set.Missing));
    }
}
