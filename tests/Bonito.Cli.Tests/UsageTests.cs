namespace Bonito.Cli.Tests;

/// <summary>Command lines that nobody can mean are refused at once, each in one sentence that knows nothing of .NET.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("--output must not be empty.", "generate", "a.txt", "--output", "")]
    [InlineData("--output must not be empty.", "train", "--data", "d", "--output", "")]
    [InlineData("--base must not be empty.", "train", "--data", "d", "--output", "o", "--base", "")]
    [InlineData("--base must not be empty.", "adapt", "--dataset", "d", "--output", "o", "--base", "")]
    [InlineData("<run> must not be empty.", "report", "")]
    [InlineData("<output> must not be empty.", "model", "convert", "m", "")]
    [InlineData("--model must not be empty.", "model", "tokenize", "--model", "", "--text", "a")]
    [InlineData("--cases must not be empty.", "model", "tokenize", "--model", "m", "--cases", "")]
    [InlineData("--templates must not be empty.", "ctga", "build", "--sources", "s", "--output", "o", "--templates", "")]
    [InlineData("--catalogue must not be empty.", "ctga", "build", "--sources", "s", "--output", "o", "--catalogue", "")]
    [InlineData("--output must not be empty.", "ctga", "build", "--sources", "s", "--output", "")]
    [InlineData("<file> must not be empty.", "template", "render", "", "--row", "r")]
    [InlineData("--row must not be empty.", "template", "render", "t", "--row", "")]
    [InlineData("<cases> must not be empty.", "template", "check", "")]
    public void Empty_names(string message, params string[] arguments) => Refused(message, arguments);

    [Theory]
    [InlineData("Cannot parse argument '16k' for option '--batch-size': expected a whole number up to 2147483647.", "model", "inspect", "m", "--batch-size", "16k")]
    [InlineData("Cannot parse argument 'x' for option '--context': expected a whole number up to 2147483647.", "model", "inspect", "m", "--context", "x")]
    [InlineData("Cannot parse argument 'fast' for option '--learning-rate': expected a number.", "train", "--data", "d", "--output", "o", "--learning-rate", "fast")]
    [InlineData("Cannot parse argument '-1' for option '--seed': expected a whole number of at least 0.", "template", "render", "t", "--row", "r", "--seed", "-1")]
    [InlineData("--context must be at least 1, got 0.", "model", "inspect", "m", "--context", "0")]
    [InlineData("--threads must be at least 1, got 0.", "model", "merge", "b", "a", "o", "--threads", "0")]
    [InlineData("--threads must be at least 1, got 0.", "ctga", "build", "--sources", "s", "--output", "o", "--threads", "0")]
    [InlineData("--max-examples must be at least 1, got 0.", "ctga", "build", "--sources", "s", "--output", "o", "--max-examples", "0")]
    [InlineData("--max-context-length must be at least 1, got 0.", "ctga", "build", "--sources", "s", "--output", "o", "--max-context-length", "0")]
    [InlineData("--limit squad=0: expected a set and a number of rows of at least 1, such as ropes=3000.", "ctga", "build", "--sources", "s", "--output", "o", "--limit", "squad=0")]
    [InlineData("--rows must be at least 0, got -1.", "ctga", "inspect", "f", "--rows", "-1")]
    public void Numbers_that_cannot_be(string message, params string[] arguments) => Refused(message, arguments);

    [Theory]
    [InlineData("--method 7: expected full, lora or qlora.", "adapt", "--dataset", "d", "--base", "b", "--output", "o", "--method", "7")]
    [InlineData("--objective 7: expected instruct or tapt.", "adapt", "--dataset", "d", "--base", "b", "--output", "o", "--objective", "7")]
    [InlineData("--lr-scheduler-type cosin: expected constant, linear or cosine.", "train", "--data", "d", "--output", "o", "--lr-scheduler-type", "cosin")]
    public void Words_that_are_not_among_those_expected(string message, params string[] arguments) => Refused(message, arguments);

    [Theory]
    [InlineData("--hidden-size shapes a model from scratch; that of --base has its shape already. Leave out one of them.", "train", "--data", "d", "--output", "o", "--base", "b", "--hidden-size", "64")]
    [InlineData("--sets names no set.", "ctga", "build", "--sources", "s", "--output", "o", "--sets", "")]
    [InlineData("Name the folder of a training set, or that of datasets to try templates on with --sources.", "ctga", "inspect")]
    public void Options_that_do_not_go_together(string message, params string[] arguments) => Refused(message, arguments);

    static void Refused(string message, string[] arguments)
    {
        CliResult result = Cli.Run(arguments);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith($"error: {message}\nTry 'bonito ", result.Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }
}
