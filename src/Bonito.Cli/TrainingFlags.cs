using System.CommandLine;
using System.CommandLine.Parsing;
using Bonito.Engine.Models;
using Bonito.Engine.Training;

namespace Bonito.Cli;

/// <summary>The flags of training itself, named as in the field; the same for all commands that train. What the user gives wins over the preset.</summary>
sealed class TrainingFlags
{
    const string Paper = "paper", None = "none";

    readonly Option<string> preset;
    readonly Option<int?> maxSteps = new("--max-steps") { Description = "Optimiser steps. Given without --num-train-epochs it alone decides." };
    readonly Option<double?> epochs = new("--num-train-epochs") { Description = "How often to go through the rows at most; 0 leaves it to the steps." };
    readonly Option<int?> batchSize = new("--batch-size", "-b") { Description = "Examples of one pass." };
    readonly Option<int?> packing = new("--packing", "--max-tokens-per-batch") { Description = "Tokens of one pass instead: as many examples as fit, in which attention does not cross from one to another.", HelpName = "tokens" };
    readonly Option<int?> accumulation = new("--gradient-accumulation-steps") { Description = "Passes before a step." };
    readonly Option<bool> checkpointing = new("--gradient-checkpointing") { Description = "Compute each layer again when going back instead of keeping it: less memory for a third more work." };
    readonly Option<float?> rate = new("--learning-rate", "--lr") { Description = "Peak learning rate." };
    readonly Option<Schedule?> schedule = new("--lr-scheduler-type") { Description = "Course of the learning rate after the warm-up." };
    readonly Option<int?> warmup = new("--warmup-steps") { Description = "Steps in which the rate rises." };
    readonly Option<float?> decay = new("--weight-decay") { Description = "Decoupled weight decay of matrices." };
    readonly Option<float?> clip = new("--max-grad-norm") { Description = "Largest global gradient norm; 0 turns clipping off." };
    readonly Option<int?> bits = new("--optimizer-bits") { Description = "Bits of each of the optimiser's states: 32 or 8." };
    readonly Option<int?> seed = new("--seed") { Description = "Of initial weights, the order of the data, dropout and what is held out." };
    readonly Option<int?> save = new("--save-steps") { Description = "Steps between checkpoints." };
    readonly Option<int?> keep = new("--save-total-limit") { Description = "Checkpoints kept, besides the best." };
    readonly Option<int?> evaluation = new("--eval-steps") { Description = "Steps between validations." };
    readonly Option<int?> sample = new("--sample-steps") { Description = "Steps between samples of what the model writes; 0 for none." };
    readonly Option<int?> rank = new("--lora-rank") { Description = "LoRA: width of the matrices." };
    readonly Option<float?> alpha = new("--lora-alpha") { Description = "LoRA: numerator of the scale." };
    readonly Option<float?> dropout = new("--lora-dropout") { Description = "LoRA: share of the inputs that are dropped." };
    readonly Option<bool> rslora = new("--use-rslora") { Description = "LoRA: divide by the root of the rank." };
    readonly Option<string[]> targets = new("--target-modules") { Description = "LoRA: linear layers, separated by commas or given again. Default: all but the head." };
    readonly TrainingPreset paper;

    /// <param name="paper">The paper's settings for what the command trains.</param>
    /// <param name="isDefault">Whether they are the defaults.</param>
    public TrainingFlags(TrainingPreset paper, bool isDefault)
    {
        this.paper = paper;
        preset = new Option<string>("--preset") { Description = "Settings to begin with: paper (the Bonito paper's), or none.", DefaultValueFactory = _ => isDefault ? Paper : None };
        preset.AcceptOnlyFromAmong(Paper, None);
        Refusals.AllButNames<Schedule>(schedule);
        TrainingOptions start = Start(isDefault);
        LoraOptions lora = StartLora(isDefault);
        foreach (Option option in All)
            if (DefaultOf(option, start, lora) is { } value) option.Description += FormattableString.Invariant($" [default: {value}]");
    }

    Option[] All =>
    [
        preset, maxSteps, epochs, batchSize, packing, accumulation, checkpointing, rate, schedule, warmup, decay, clip, bits, seed, save, keep, evaluation, sample, rank, alpha, dropout, rslora, targets,
    ];

    public void AddTo(Command command)
    {
        foreach (Option option in All) command.Add(option);
    }

    public TrainingOptions Read(ParseResult parsed)
    {
        TrainingOptions start = Start(parsed.GetValue(preset) == Paper);
        return start with
        {
            MaxSteps = parsed.GetValue(maxSteps) ?? start.MaxSteps,
            NumTrainEpochs = parsed.GetValue(epochs) is { } given ? (given == 0 ? null : given) : parsed.GetValue(maxSteps) is null ? start.NumTrainEpochs : null,
            BatchSize = parsed.GetValue(batchSize) ?? start.BatchSize,
            MaxTokensPerBatch = parsed.GetValue(packing) ?? start.MaxTokensPerBatch,
            GradientAccumulationSteps = parsed.GetValue(accumulation) ?? start.GradientAccumulationSteps,
            GradientCheckpointing = parsed.GetValue(checkpointing) || start.GradientCheckpointing,
            LearningRate = parsed.GetValue(rate) ?? start.LearningRate,
            Schedule = parsed.GetValue(schedule) ?? start.Schedule,
            WarmupSteps = parsed.GetValue(warmup) ?? start.WarmupSteps,
            WeightDecay = parsed.GetValue(decay) ?? start.WeightDecay,
            MaxGradientNorm = parsed.GetValue(clip) ?? start.MaxGradientNorm,
            OptimizerStateBits = parsed.GetValue(bits) ?? start.OptimizerStateBits,
            Seed = parsed.GetValue(seed) ?? start.Seed,
            SaveSteps = parsed.GetValue(save) ?? start.SaveSteps,
            SaveTotalLimit = parsed.GetValue(keep) ?? start.SaveTotalLimit,
            EvaluationSteps = parsed.GetValue(evaluation) ?? start.EvaluationSteps,
            SampleSteps = parsed.GetValue(sample) ?? start.SampleSteps,
        };
    }

    public LoraOptions ReadLora(ParseResult parsed)
    {
        LoraOptions start = StartLora(parsed.GetValue(preset) == Paper);
        return start with
        {
            Rank = parsed.GetValue(rank) ?? start.Rank,
            Alpha = parsed.GetValue(alpha) ?? start.Alpha,
            Dropout = parsed.GetValue(dropout) ?? start.Dropout,
            UseRslora = parsed.GetValue(rslora) || start.UseRslora,
            TargetModules = parsed.GetValue(targets) is { Length: > 0 } names
                ? [.. names.SelectMany(name => name.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))]
                : start.TargetModules,
        };
    }

    TrainingOptions Start(bool fromPaper) => (fromPaper ? paper.Training : new TrainingOptions()) with { SampleSteps = 500 };

    LoraOptions StartLora(bool fromPaper) => fromPaper ? paper.Lora : new LoraOptions();

    object? DefaultOf(Option option, TrainingOptions start, LoraOptions lora) => option switch
    {
        _ when option == maxSteps => start.MaxSteps,
        _ when option == epochs => start.NumTrainEpochs,
        _ when option == batchSize => start.BatchSize,
        _ when option == accumulation => start.GradientAccumulationSteps,
        _ when option == rate => start.LearningRate,
        _ when option == schedule => start.Schedule,
        _ when option == warmup => start.WarmupSteps,
        _ when option == decay => start.WeightDecay,
        _ when option == clip => start.MaxGradientNorm,
        _ when option == bits => start.OptimizerStateBits,
        _ when option == seed => start.Seed,
        _ when option == save => start.SaveSteps,
        _ when option == keep => start.SaveTotalLimit,
        _ when option == evaluation => start.EvaluationSteps,
        _ when option == sample => start.SampleSteps,
        _ when option == rank => lora.Rank,
        _ when option == alpha => lora.Alpha,
        _ when option == dropout => lora.Dropout,
        _ => null,
    };
}
