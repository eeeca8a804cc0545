using Bonito.Engine.Models;
using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

/// <summary>A run that dies at a step and is started again ends with the bits of one that never did, whatever it trains and however.</summary>
public sealed class ResumeTests : IDisposable
{
    // Matrices of more than 4,096 values, so that 8-bit states are used.
    static readonly LlamaConfig Config = SmallRun.Config with { HiddenSize = 64, IntermediateSize = 96 };

    static readonly TrainingOptions Options = SmallRun.Options with { MaxSteps = 12, SaveSteps = 3, EvaluationSteps = 4, SampleSteps = 1, SourceLossWeight = 0.2f };

    readonly string folder = Directory.CreateTempSubdirectory("bonito-resume").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string> Ways => ["plain", "accumulation", "packed", "8-bit states", "gradient checkpointing", "LoRA with dropout", "all at once"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Dying_at_several_steps_changes_nothing(string way)
    {
        (TrainingOptions options, LoraOptions? lora) = way switch
        {
            "plain" => (Options, null),
            "accumulation" => (Options with { GradientAccumulationSteps = 3 }, null),
            "packed" => (Options with { MaxTokensPerBatch = 70 }, null),
            "8-bit states" => (Options with { OptimizerStateBits = 8 }, null),
            "gradient checkpointing" => (Options with { GradientCheckpointing = true }, null),
            "LoRA with dropout" => (Options, new LoraOptions { Rank = 4, Dropout = 0.4f }),
            _ => (Options with { GradientAccumulationSteps = 2, MaxTokensPerBatch = 70, OptimizerStateBits = 8, GradientCheckpointing = true, DataSeed = 5, DropoutSeed = 6 }, (LoraOptions?)new LoraOptions { Rank = 64, Dropout = 0.4f }),
        };
        using SmallRun whole = new(Path.Combine(folder, "whole"), options, config: Config, lora: lora);
        float[] before = whole.Weights();
        whole.Train();
        Assert.NotEqual(before, whole.Weights());

        // Before the checkpoints of steps 3 (regular) and 4 (a better validation), between checkpoints, and right after that of 9.
        foreach ((int step, bool saved) in (ReadOnlySpan<(int, bool)>)[(1, false), (2, false), (3, false), (4, false), (8, false), (9, true), (11, false)])
        {
            using SmallRun dying = new(Path.Combine(folder, "dying"), options, config: Config, lora: lora);
            Assert.Throws<DeathException>(() => dying.Train(
                step: m => DieAt(step, saved && m.Step == step),
                sample: s => DieAt(step, !saved && s == step)));
        }
        using SmallRun end = new(Path.Combine(folder, "dying"), options, threads: 2, config: Config, lora: lora);
        Assert.True(end.Train().Finished);
        Assert.Equal(Bits(whole), Bits(end));
        Assert.Empty(end.Notices);
    }

    [Fact]
    public void Dropout_has_a_seed_of_its_own()
    {
        LoraOptions lora = new() { Rank = 4, Dropout = 0.4f };
        uint[] Train(string name, TrainingOptions options)
        {
            using SmallRun run = new(Path.Combine(folder, name), options with { SampleSteps = 0 }, config: Config, lora: lora);
            run.Train();
            return Bits(run);
        }
        uint[] one = Train("one", Options);
        Assert.Equal(one, Train("same", Options with { DataSeed = Options.Seed, DropoutSeed = Options.Seed }));
        Assert.NotEqual(one, Train("dropout", Options with { DropoutSeed = 1 }));
        Assert.NotEqual(one, Train("order", Options with { DataSeed = 1 }));
    }

    static void DieAt(int step, bool now)
    {
        if (now) throw new DeathException($"died at step {step}");
    }

    static uint[] Bits(SmallRun run) => [.. run.Weights().Select(BitConverter.SingleToUInt32Bits)];

    sealed class DeathException(string message) : Exception(message);
}
