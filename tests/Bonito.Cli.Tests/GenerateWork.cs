using Bonito.Tests;
using Bonito.Tests.Recipes;

namespace Bonito.Cli.Tests;

/// <summary>A model and documents, made once, and a dataset made from them without interruption.</summary>
public sealed class GenerateWork : IDisposable
{
    readonly TemporaryFolder folder = new();

    public GenerateWork()
    {
        // Wide enough to be slow: a run has to last for long enough to be interrupted.
        ChainModel.Save(Model, feedForwardWidth: 1024);
        folder.Write("documents/a.txt", Passages.Document(2, seed: 1));
        folder.Write("documents/b.md", Passages.Document(1, seed: 2));
        CliResult result = Cli.Run(Arguments(Whole));
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Output = result.Output;
    }

    public string Model => folder.File("model");

    public string Documents => folder.File("documents");

    /// <summary>Run folder of the uninterrupted run.</summary>
    public string Whole => folder.File("whole");

    /// <summary>What it printed.</summary>
    public string Output { get; }

    /// <summary>The command whose results the tests compare.</summary>
    public string[] Arguments(string output) =>
        [
            "generate", Documents, "--model", Model, "--output", output, "--samples", "3", "--max-context-tokens", "160", "--max-tokens", "32",
            "--temperature", "1", "--top-p", "1", "--threads", "1", "--batch-size", "3",
            // So that there is something to reject.
            "--no-constrain",
        ];

    public void Dispose() => folder.Dispose();
}
