using System.Text.Json.Nodes;
using Bonito.Tests;
using Bonito.Tests.Recipes;

namespace Bonito.Cli.Tests;

/// <summary>Scores of a model whose probabilities are known: after a word, each word 0.12, a new line 0.2, the end 0.08.</summary>
public sealed class ScoreTests(ScoreTests.Fixture fixture) : IClassFixture<ScoreTests.Fixture>
{
    [Fact]
    public void Probabilities_are_those_of_the_model()
    {
        JsonArray scores = Score("--continuation", " yes", "--continuation", "\n", "--continuation", " the answer");

        Assert.Equal([" yes", "\n", " the answer"], scores.Select(s => (string?)s!["continuation"]));
        AssertLogarithms([0.12], scores[0]!);
        AssertLogarithms([0.2], scores[1]!);
        AssertLogarithms([0.12, 0.12], scores[2]!);
        Assert.Equal([" the", " answer"], scores[2]!["tokens"]!.AsArray().Select(t => (string?)t));
    }

    [Fact]
    public void The_end_of_the_text_is_scored_when_asked_for()
    {
        JsonNode score = Score("-c", " yes", "--eos")[0]!;

        AssertLogarithms([0.12, 0.08], score);
        Assert.Equal("</s>", (string?)score["tokens"]![1]);
        Assert.Equal(score["prompt_ids"]!.AsArray().Count - 1, Score("-c", " yes", "--no-bos")[0]!["prompt_ids"]!.AsArray().Count);
    }

    [Fact]
    public void Batch_size_and_threads_change_nothing()
    {
        string[] texts = ["-c", " yes", "-c", " no the answer is", "-c", " no the answer", "-c", "\n<|pipe|>"];
        string[] outputs = [.. ((string[][])[["-b", "1", "--threads", "1"], ["-b", "3", "--threads", "2"], []]).Select(options => Score([.. texts, .. options]).ToJsonString())];

        Assert.Single(outputs.Distinct());
    }

    [Fact]
    public void The_table_says_the_same()
    {
        CliResult table = Cli.Run("model", "score", "--model", fixture.Model, "--prompt", "What", "-c", "\n");

        Assert.Equal((0, ""), (table.ExitCode, table.Error));
        Assert.Matches("\"\\\\n\" +\"\\\\n\" +[0-9]+ +-1\\.6[01][0-9]+ ", table.Output);
    }

    [Theory]
    [InlineData(1, "The continuation has no tokens", "--prompt", "What", "-c", "")]
    [InlineData(1, "There is no model folder nowhere", "--prompt", "What", "-c", " is", "--model", "nowhere")]
    [InlineData(2, "--batch-size must be at least 1, got 0", "--prompt", "What", "-c", " is", "-b", "0")]
    [InlineData(2, "--continuation", "--prompt", "What")]
    public void What_cannot_be_scored_is_refused(int exitCode, string message, params string[] arguments)
    {
        CliResult result = Cli.Run(["model", "score", .. arguments.Contains("--model") ? (string[])[] : ["--model", fixture.Model], .. arguments]);

        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    JsonArray Score(params string[] arguments)
    {
        CliResult result = Cli.Run(["model", "score", "--model", fixture.Model, "--prompt", "What", .. arguments, "--json"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return JsonNode.Parse(result.Output)!["continuations"]!.AsArray();
    }

    static void AssertLogarithms(double[] probabilities, JsonNode score)
    {
        double[] actual = [.. score["log_probabilities"]!.AsArray().Select(p => (double)p!)];
        Assert.Equal(probabilities.Length, actual.Length);
        Assert.Equal(probabilities.Length, score["ids"]!.AsArray().Count);
        for (int i = 0; i < actual.Length; i++) Assert.Equal(Math.Log(probabilities[i]), actual[i], 1e-3);
        Assert.Equal(actual.Sum(), (double)score["sum"]!, 1e-6);
    }

    /// <summary>The model, made once.</summary>
    public sealed class Fixture : IDisposable
    {
        readonly TemporaryFolder folder = new();

        public Fixture() => ChainModel.Save(Model);

        public string Model => folder.File("model");

        public void Dispose() => folder.Dispose();
    }
}
