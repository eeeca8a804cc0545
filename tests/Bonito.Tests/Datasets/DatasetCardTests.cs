using System.Text.Json.Nodes;
using Bonito.Datasets;
using Bonito.Tasks;
using YamlDotNet.Serialization;

namespace Bonito.Tests.Datasets;

public sealed class DatasetCardTests
{
    [Fact]
    public void Front_matter_is_yaml_that_names_the_data_file()
    {
        string[] parts = Card().Split("---\n");
        var front = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(parts[1]);

        Assert.Equal("", parts[0]);
        Assert.Equal(["n<1K"], (IEnumerable<object>)front["size_categories"]);
        var configuration = (IDictionary<object, object>)((IEnumerable<object>)front["configs"]).Single();
        Assert.Equal("dataset.jsonl", configuration["data_files"]);
    }

    [Fact]
    public void Counts_are_a_table_with_the_reasons_that_occurred()
    {
        string card = Card();

        Assert.Contains("| task type | requested | kept | no_pipe |\n| --- | ---: | ---: | ---: |\n", card, StringComparison.Ordinal);
        Assert.Contains("| extractive question answering (`exqa`) | 5 | 3 | 2 |\n| all | 5 | 3 | 2 |\n", card, StringComparison.Ordinal);
    }

    [Fact]
    public void It_begins_with_how_much_there_is() =>
        Assert.Contains("\n3 tasks that a language model wrote about 5 passages of 1 document. It was asked for\n5; ", Card(), StringComparison.Ordinal);

    [Fact]
    public void Every_option_is_there()
    {
        string card = Card();

        Assert.Contains("| model: config.json | \"sha256:11\" |\n", card, StringComparison.Ordinal);
        Assert.Contains("| inputs: a\\|b.txt | \"sha256:22\" |\n", card, StringComparison.Ordinal);
        Assert.Contains("| seed | 42 |\n", card, StringComparison.Ordinal);
        Assert.Contains("By `bonito generate` 1.2.3, model bonito-mini, with", card, StringComparison.Ordinal);
        Assert.DoesNotContain("batch_size", card, StringComparison.Ordinal);
    }

    static string Card()
    {
        TaskCounts counts = new() { TaskType = TaskType.ExtractiveQuestionAnswering, Requested = 5 };
        for (int i = 0; i < 5; i++) counts.Add(Entries.Of(i));
        JsonObject configuration = new()
        {
            ["model"] = new JsonObject { ["config.json"] = "sha256:11" },
            ["inputs"] = new JsonObject { ["a|b.txt"] = "sha256:22" },
            ["seed"] = 42,
            [RunFolder.Execution] = new JsonObject { ["model"] = "bonito-mini", ["batch_size"] = 8 },
        };
        return DatasetCard.Write(new Manifest(
            "generate", DateTimeOffset.UnixEpoch, new Dictionary<string, string> { ["bonito"] = "1.2.3" }, configuration, 1, 5, [counts], new Dictionary<string, DataFile>()));
    }
}
