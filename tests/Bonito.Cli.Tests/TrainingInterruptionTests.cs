using System.Diagnostics;
using Bonito.Tests;

namespace Bonito.Cli.Tests;

/// <summary>Training that is killed, whenever, ends with the weights of training that was not.</summary>
public sealed class TrainingInterruptionTests : IDisposable
{
    const int Steps = 24;

    readonly TemporaryFolder folder = new();

    string Checkpoints => Path.Combine(folder.File("killed"), "checkpoints");

    string Metrics => Path.Combine(folder.File("killed"), "metrics.jsonl");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Killed_at_any_moment_it_ends_with_the_same_weights()
    {
        WriteRows();
        CliResult whole = Cli.Run(Arguments("whole"));
        Assert.True(whole.ExitCode == 0, whole.Error);

        // While a checkpoint is being written: its folder has its temporary name then.
        int inCheckpoints = 0;
        for (int i = 0; i < 3; i++)
            if (KillWhen(() => Directory.Exists(Checkpoints) && Directory.EnumerateDirectories(Checkpoints, "*.tmp").Any())) inCheckpoints++;
        // Some steps later, and before the first.
        int lines = Lines();
        KillWhen(() => Lines() >= lines + 3);
        KillWhen(() => true);
        Assert.True(inCheckpoints > 0, "no process was killed while it wrote a checkpoint");

        CliResult end = Cli.Run(Arguments("killed"));
        Assert.True(end.ExitCode == 0, end.Error);
        Assert.DoesNotContain("damaged", end.Error, StringComparison.Ordinal);
        Assert.Equal(Weights("whole"), Weights("killed"));
        Assert.Equal(Enumerable.Range(1, Steps), File.ReadLines(Metrics).Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("step").GetInt32()));
        Assert.Empty(Directory.EnumerateDirectories(Checkpoints, "*.tmp"));
    }

    [Fact]
    public void A_damaged_checkpoint_is_said_aloud_and_the_one_before_it_used()
    {
        WriteRows();
        CliResult whole = Cli.Run(Arguments("whole"));
        Assert.True(whole.ExitCode == 0, whole.Error);

        KillWhen(() => Lines() >= 9);
        string newest = Directory.EnumerateDirectories(Checkpoints, "step-*").Where(d => !d.EndsWith(".tmp", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Last();
        string model = Path.Combine(newest, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(model);
        bytes[^100] ^= 1;
        File.WriteAllBytes(model, bytes);

        CliResult end = Cli.Run(Arguments("killed"));
        Assert.Equal(0, end.ExitCode);
        Assert.Matches($"(?m)^note: {System.Text.RegularExpressions.Regex.Escape(newest)} is damaged: model.safetensors holds other bytes than were written. Going on from step \\d+ instead\\.$", end.Error);
        Assert.Equal(Weights("whole"), Weights("killed"));
    }

    /// <summary>Trains until then, and kills the process; false if it ended before.</summary>
    bool KillWhen(Func<bool> moment)
    {
        using Process process = Cli.Start(Arguments("killed"));
        bool reached = false;
        while (!process.HasExited && !(reached = moment()))
        {
        }
        process.Kill();
        process.WaitForExit();
        return reached && process.ExitCode != 0;
    }

    int Lines() => File.Exists(Metrics) ? File.ReadLines(Metrics).Count() : 0;

    string[] Arguments(string run) =>
    [
        "train", "--data", folder.File("ctga"), "--output", folder.File(run), "--vocab-size", "300", "--hidden-size", "32", "--intermediate-size", "64",
        "--num-hidden-layers", "1", "--num-attention-heads", "2", "--num-key-value-heads", "2", "--max-steps", $"{Steps}", "--warmup-steps", "1",
        "--batch-size", "4", "--gradient-accumulation-steps", "2", "--learning-rate", "0.003", "--seed", "3", "--threads", "1", "--save-steps", "2", "--eval-steps", "5",
    ];

    void WriteRows()
    {
        Directory.CreateDirectory(folder.File("ctga"));
        Random random = new(9);
        File.WriteAllLines(Path.Combine(folder.File("ctga"), "train.jsonl"), Rows(120));
        File.WriteAllLines(Path.Combine(folder.File("ctga"), "validation.jsonl"), Rows(10));

        IEnumerable<string> Rows(int count) =>
            Enumerable.Range(0, count).Select(i => $$"""{"input": "Crate {{i}} holds {{random.Next(90)}} lamps.\n", "output": "How many lamps?\n<|pipe|>\n{{random.Next(90)}}"}""");
    }

    byte[] Weights(string run) => File.ReadAllBytes(Path.Combine(folder.File(run), "model", "model.safetensors"));
}
