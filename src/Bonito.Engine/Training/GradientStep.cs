using System.Globalization;
using Bonito.Engine.Autograd;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>What the passes of a step add up to.</summary>
/// <param name="Loss">Mean over the weighted tokens, in nats.</param>
/// <param name="TargetLoss">Mean over the target tokens.</param>
/// <param name="Tokens">Tokens read.</param>
/// <param name="Trouble">Which loss or gradient is not finite, and where; null where all is well.</param>
readonly record struct StepLoss(double Loss, double TargetLoss, long Tokens, string? Trouble);

/// <summary>The gradient of a step: forward and backward passes over its batches, each token weighted alike whichever batch it is in.</summary>
sealed class GradientStep : IDisposable
{
    // Rows that an error names.
    const int NamedRows = 20;

    readonly Llama model;
    readonly TrainingOptions options;
    readonly IReadOnlyList<TrainingExample> examples;
    readonly BatchSampler sampler;
    readonly KvCache cache;
    readonly Ops ops;
    readonly ExampleBatch batch = new();

    /// <param name="cache">With a slot for each example of the largest batch.</param>
    public GradientStep(Llama model, WorkerPool pool, TrainingOptions options, IReadOnlyList<TrainingExample> examples, BatchSampler sampler, KvCache cache)
    {
        this.model = model;
        this.options = options;
        this.examples = examples;
        this.sampler = sampler;
        this.cache = cache;
        ops = new Ops(pool, new Tape()) { Checkpointing = options.GradientCheckpointing };
        // One piece that the largest pass fills: growing as passes come would hold memory that no pass uses.
        long largest = sampler.Largest().Sum(n => (long)n);
        bool decodes = model.Adapter != null && model.Parameters.Any(p => p.Stored.Type != DType.F32);
        ops.Arena.Reserve(TrainingMemory.Activations(model.Config, model.Adapter?.Options, decodes, options.GradientCheckpointing, largest));
    }

    /// <summary>Memory of activations and their gradients.</summary>
    public Arena Arena => ops.Arena;

    /// <summary>Sets the gradients of what is trained to those of a step.</summary>
    public StepLoss Run(int step)
    {
        double total = 0, targets = 0;
        for (int pass = 0; pass < options.GradientAccumulationSteps; pass++)
            foreach (int index in sampler.Batch(BatchNumber(step, pass)))
            {
                int asked = examples[index].TargetTokens();
                targets += asked;
                total += asked + (double)options.SourceLossWeight * (examples[index].Length - asked);
            }
        model.ZeroGradients();
        double loss = 0, targetLoss = 0;
        long tokens = 0;
        for (int pass = 0; pass < options.GradientAccumulationSteps; pass++)
        {
            batch.Fill(examples, sampler.Batch(BatchNumber(step, pass)), options.SourceLossWeight);
            ops.DropoutKey = DropoutKey(options.DropoutSeed ?? options.Seed, step, pass);
            double passLoss = Pass((float)(1 / total));
            loss += passLoss;
            targetLoss += batch.TargetLoss();
            tokens += batch.Tokens.Rows;
            if (!double.IsFinite(passLoss)) return new StepLoss(loss / total, targetLoss / targets, tokens, DescribeLoss(step, pass));
        }
        return new StepLoss(loss / total, targetLoss / targets, tokens, null);
    }

    /// <summary>What is not finite in the gradients, and the rows they come from.</summary>
    public unsafe string DescribeGradient(int step)
    {
        List<int> rows = [];
        for (int pass = 0; pass < options.GradientAccumulationSteps; pass++) rows.AddRange(sampler.Batch(BatchNumber(step, pass)));
        Parameter? broken = model.Trainable.FirstOrDefault(p => !double.IsFinite(SquaredNorm.Of(ops.Pool, p.Tensor.Gradient, p.Tensor.Count)));
        return $"all losses are finite, but the gradient of {broken?.Name ?? "all parameters together"} is not ({Rows(rows)})";
    }

    public void Dispose() => ops.Dispose();

    string Name(int index) => examples[index].Id ?? $"number {index}";

    string Rows(List<int> indices) =>
        $"{(indices.Count == 1 ? "row" : "rows")} {string.Join(", ", indices.Take(NamedRows).Select(Name))}{(indices.Count > NamedRows ? $" and {indices.Count - NamedRows} more" : "")}";

    static ulong DropoutKey(int seed, int step, int pass) =>
        SplitMix64.Next(SplitMix64.Next(SplitMix64.Next((uint)seed) ^ (uint)step) ^ (uint)pass);

    long BatchNumber(int step, int pass) => (long)(step - 1) * options.GradientAccumulationSteps + pass;

    double Pass(float scale)
    {
        ops.Arena.Reset();
        Tensor hidden = model.Forward(ops, batch.Tokens, cache);
        double loss = ops.CrossEntropy(hidden, model.Head, batch.Targets, batch.Weights, scale, batch.Losses);
        ops.Tape!.Backward();
        return loss;
    }

    string DescribeLoss(int step, int pass)
    {
        List<int> rows = [.. sampler.Batch(BatchNumber(step, pass))];
        (int place, int token, float loss) = batch.FirstNonFinite() ?? throw new InvalidOperationException("The losses are finite, their sum is not.");
        return string.Create(CultureInfo.InvariantCulture, $"the loss of row {Name(rows[place])} is {loss} after token {token + 1} (batch {pass + 1} of {options.GradientAccumulationSteps} of the step: {Rows(rows)})");
    }
}
