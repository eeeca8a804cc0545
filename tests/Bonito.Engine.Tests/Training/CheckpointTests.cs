using Bonito.Engine.Models;
using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

/// <summary>What a checkpoint is worth after damage, which ones are kept, and what a run may go on from.</summary>
public sealed class CheckpointTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("bonito-checkpoint").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("state.json", "missing", "state.json, which is written last, is missing")]
    [InlineData("state.json", "truncated", "state.json is not whole")]
    [InlineData("state.json", "changed", "state.json holds other bytes than were written")]
    [InlineData("model.safetensors", "missing", "model.safetensors is missing")]
    [InlineData("model.safetensors", "truncated", "bytes, ")]
    [InlineData("model.safetensors", "changed", "model.safetensors holds other bytes than were written")]
    [InlineData("optimizer.safetensors", "missing", "optimizer.safetensors is missing")]
    [InlineData("optimizer.safetensors", "truncated", "bytes, ")]
    [InlineData("optimizer.safetensors", "changed", "optimizer.safetensors holds other bytes than were written")]
    public void A_damaged_checkpoint_is_told_of_and_the_one_before_it_used(string file, string damage, string expected)
    {
        float[] whole = Whole();
        using (SmallRun first = new(Run, SmallRun.Options)) first.Train(stopAfter: 15);
        Damage(Path.Combine(Checkpoint(15), file), damage);

        using SmallRun second = new(Run, SmallRun.Options);
        List<int> steps = [];
        second.Train(step: m => steps.Add(m.Step));
        string notice = Assert.Single(second.Notices);
        Assert.StartsWith(Checkpoint(15), notice, StringComparison.Ordinal);
        Assert.Contains(expected, notice, StringComparison.Ordinal);
        Assert.EndsWith("Going on from step 10 instead.", notice, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(11, 10), steps);
        Assert.Equal(whole, second.Weights());
    }

    [Fact]
    public void What_a_kill_leaves_of_a_checkpoint_is_cleared_away()
    {
        float[] whole = Whole();
        using (SmallRun first = new(Run, SmallRun.Options)) first.Train(stopAfter: 12);
        // Half written under its temporary name, and half deleted under the same.
        Directory.CreateDirectory(Checkpoint(15) + ".tmp");
        File.WriteAllText(Path.Combine(Checkpoint(15) + ".tmp", "model.safetensors"), "half");
        Directory.CreateDirectory(Checkpoint(5) + ".tmp");

        using SmallRun second = new(Run, SmallRun.Options);
        second.Train();
        Assert.Empty(second.Notices);
        Assert.Equal(whole, second.Weights());
        Assert.Equal(["step-00000015", "step-00000020"], Kept());
    }

    [Fact]
    public void Without_a_whole_checkpoint_the_run_does_not_begin_anew_on_its_own()
    {
        using (SmallRun first = new(Run, SmallRun.Options)) first.Train(stopAfter: 10);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Run, "checkpoints"), "model.safetensors", SearchOption.AllDirectories)) Damage(file, "changed");
        using SmallRun second = new(Run, SmallRun.Options);
        EngineException e = Assert.Throws<EngineException>(() => second.Train());
        Assert.Contains("No checkpoint of this run is whole", e.Message, StringComparison.Ordinal);
        Assert.Contains("step-00000005 is damaged", e.Message, StringComparison.Ordinal);
        Assert.Contains("step-00000010 is damaged", e.Message, StringComparison.Ordinal);
        Assert.Equal(["step-00000005", "step-00000010"], Kept());
    }

    [Fact]
    public void A_damaged_checkpoint_does_not_push_a_whole_one_out()
    {
        TrainingOptions one = SmallRun.Options with { SaveTotalLimit = 2 };
        using (SmallRun first = new(Run, one)) first.Train(stopAfter: 15);
        Damage(Path.Combine(Checkpoint(15), "model.safetensors"), "changed");
        // Saved at 18: the damaged one of 15 must go, that of 10 stay.
        using SmallRun second = new(Run, one with { SaveSteps = 9 });
        second.Train(stopAfter: 18);
        Assert.Equal(["step-00000010", "step-00000018"], Kept());
    }

    [Fact]
    public void An_old_checkpoint_that_cannot_be_deleted_ends_no_run_and_is_tried_again()
    {
        using SmallRun run = new(Run, SmallRun.Options);
        // Has the name that the checkpoint of step 5 is given before it is deleted.
        string obstacle = Checkpoint(5) + ".old.tmp";
        Assert.True(run.Train(step: m =>
        {
            if (m.Step == 5) File.WriteAllText(obstacle, "in the way");
            if (m.Step != 15) return;
            Assert.Equal(["step-00000005", "step-00000010", "step-00000015"], Kept());
            File.Delete(obstacle);
            // Half deleted, as where one of its files cannot be.
            Directory.CreateDirectory(Checkpoint(3) + ".old.tmp");
        }).Finished);
        string notice = Assert.Single(run.Notices);
        Assert.StartsWith(Checkpoint(5), notice, StringComparison.Ordinal);
        Assert.EndsWith("The run goes on and tries again after the next checkpoint.", notice, StringComparison.Ordinal);
        Assert.Equal(["step-00000015", "step-00000020"], Kept());
    }

    [Fact]
    public void States_of_more_than_a_piece_are_read_as_they_were_written()
    {
        // Moments of the embedding take 1.3 MB each.
        LlamaConfig config = SmallRun.Config with { VocabSize = 10_001 };
        float[] whole = TrainWith("whole", null);
        TrainWith("run", 2);
        string file = Path.Combine(Checkpoint(2), "optimizer.safetensors");
        Assert.True(new FileInfo(file).Length > 2 * OptimizerState.Piece);
        Assert.Equal(whole, TrainWith("run", null));

        float[] TrainWith(string name, int? stopAfter)
        {
            using SmallRun run = new(Path.Combine(folder, name), SmallRun.Options with { MaxSteps = 4 }, config: config);
            run.Train(stopAfter);
            return run.Weights();
        }
    }

    [Fact]
    public void A_full_disk_is_reported_as_such_when_metrics_are_written()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full, the disk that is always full");
        using SmallRun run = new(Run, SmallRun.Options);
        string path = Path.Combine(Run, "metrics.jsonl");
        File.CreateSymbolicLink(path, "/dev/full");
        EngineException e = Assert.Throws<EngineException>(() => run.Train());
        Assert.StartsWith($"{path}: cannot be written: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("Free space on its disk", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_by_validation_loss_is_kept_and_can_be_loaded()
    {
        // Learning twelve rows by heart soon makes others harder: the best is not among the last.
        TrainingOptions options = SmallRun.Options with { MaxSteps = 40, LearningRate = 2e-2f, WeightDecay = 0, SaveSteps = 1000, EvaluationSteps = 2, SaveTotalLimit = 1, Schedule = Schedule.Constant };
        TrainingExample[] other = [.. SmallRun.Examples(24).Skip(12)];
        Dictionary<int, double> losses = [];
        TrainingResult result;
        using (SmallRun first = new(Run, options, examples: other))
        {
            first.Train(stopAfter: 21, step: Remember);
        }
        using SmallRun run = new(Run, options, examples: other);
        result = run.Train(step: Remember);
        (int best, double loss) = losses.MinBy(l => l.Value);
        Assert.Equal((best, loss), (result.BestStep, result.BestValidationLoss));
        Assert.True(best < 38, $"the best validation was at step {best}: the test needs one that is not the last");
        Assert.Equal([$"step-{best:D8}", "step-00000040"], Kept());

        Assert.NotEqual(loss, run.Trainer.Validate());
        run.Trainer.LoadWeights(Run, best);
        Assert.Equal(loss, run.Trainer.Validate());

        void Remember(TrainingMetrics m)
        {
            if (m.ValidationLoss is double v) losses[m.Step] = v;
        }
    }

    [Fact]
    public void A_damaged_best_is_told_of_and_looked_for_anew()
    {
        TrainingOptions options = SmallRun.Options with { EvaluationSteps = 4, SaveTotalLimit = 1 };
        using (SmallRun first = new(Run, options)) Assert.Equal(4, first.Train(stopAfter: 5).BestStep);
        Damage(Path.Combine(Checkpoint(4), "model.safetensors"), "truncated");
        using SmallRun second = new(Run, options);
        TrainingResult result = second.Train();
        Assert.Contains("The best is looked for anew.", Assert.Single(second.Notices), StringComparison.Ordinal);
        Assert.True(result.BestStep > 5);
        Assert.Equal(Whole(options), second.Weights());
    }

    [Fact]
    public void Other_options_are_refused_and_only_those_that_differ_shown()
    {
        using (SmallRun first = new(Run, SmallRun.Options)) first.Train(stopAfter: 5);
        using SmallRun second = new(Run, SmallRun.Options with { LearningRate = 1e-4f, DataSeed = 7, SaveSteps = 3 });
        EngineException e = Assert.Throws<EngineException>(() => second.Train());
        Assert.Contains("\n  learning-rate: then 0.003, now 0.0001\n", e.Message, StringComparison.Ordinal);
        Assert.Contains("\n  data-seed: then null, now 7\n", e.Message, StringComparison.Ordinal);
        Assert.Equal(4, e.Message.Split('\n').Length);
    }

    [Fact]
    public void Other_examples_are_refused()
    {
        using (SmallRun first = new(Run, SmallRun.Options)) first.Train(stopAfter: 5);
        TrainingExample[] examples = SmallRun.Examples(12);
        examples[7].Ids[3] ^= 1;
        using SmallRun second = new(Run, SmallRun.Options, examples: examples);
        EngineException e = Assert.Throws<EngineException>(() => second.Train());
        Assert.Contains("examples: then 12 of checksum", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_adapter_is_refused_though_its_shapes_are_the_same()
    {
        using (SmallRun first = new(Run, SmallRun.Options, lora: new() { Rank = 4, Alpha = 8 })) first.Train(stopAfter: 5);
        using SmallRun second = new(Run, SmallRun.Options, lora: new() { Rank = 4, Alpha = 9 });
        EngineException e = Assert.Throws<EngineException>(() => second.Train());
        Assert.Contains("lora: then {", e.Message, StringComparison.Ordinal);
        Assert.Contains("\"Alpha\":9", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, e.Message.Split('\n').Length);
        using SmallRun full = new(Run, SmallRun.Options);
        Assert.Contains("lora: ", Assert.Throws<EngineException>(() => full.Train()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_that_a_kill_cut_short_are_written_again()
    {
        using (SmallRun first = new(Run, SmallRun.Options)) first.Train(stopAfter: 10);
        string path = Path.Combine(Run, "metrics.jsonl");
        string[] before = File.ReadAllLines(path);
        // As after a kill at step 12, in the middle of its line.
        File.AppendAllText(path, before[9].Replace("\"step\":10", "\"step\":11", StringComparison.Ordinal) + "\n" + before[9][..40]);
        using SmallRun second = new(Run, SmallRun.Options);
        second.Train();
        string[] after = File.ReadAllLines(path);
        Assert.Equal(before, after[..10]);
        Assert.Equal(Enumerable.Range(1, 20), after.Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("step").GetInt32()));
    }

    string Run => Path.Combine(folder, "run");

    string Checkpoint(int step) => Path.Combine(Run, "checkpoints", $"step-{step:D8}");

    IEnumerable<string> Kept() => Directory.EnumerateDirectories(Path.Combine(Run, "checkpoints")).Select(d => Path.GetFileName(d)).Order();

    float[] Whole(TrainingOptions? options = null)
    {
        using SmallRun run = new(Path.Combine(folder, "whole"), options ?? SmallRun.Options);
        run.Train();
        return run.Weights();
    }

    static void Damage(string path, string how)
    {
        byte[] bytes = File.ReadAllBytes(path);
        switch (how)
        {
            case "missing":
                File.Delete(path);
                break;
            case "truncated":
                File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
                break;
            case "changed":
                // A digit stays a digit, so that JSON stays JSON.
                int at = Array.FindLastIndex(bytes, b => b is >= (byte)'1' and <= (byte)'8');
                bytes[at]++;
                File.WriteAllBytes(path, bytes);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(how), how, null);
        }
    }
}
