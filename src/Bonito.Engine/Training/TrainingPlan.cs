using System.Globalization;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>
/// What a run will take, before anything is loaded: memory, tokens, steps and work, from the configuration, the options and the
/// lengths of the examples alone.
/// </summary>
/// <param name="config">Of the model.</param>
/// <param name="lora">Null where all weights are trained.</param>
/// <param name="frozenBytes">Weights that are not trained, as they lie in memory; not looked at where all are trained.</param>
/// <param name="options">Of the run.</param>
/// <param name="lengths">Of the training examples, in tokens.</param>
/// <param name="availableBytes">Memory that there is, such as <see cref="AvailableMemory"/> tells.</param>
/// <exception cref="EngineException">An example is longer than a pass may be, or the warm-up than the run.</exception>
public sealed class TrainingPlan(LlamaConfig config, LoraOptions? lora, long frozenBytes, TrainingOptions options, IReadOnlyList<int> lengths, long availableBytes)
{
    // The process without model and batch: runtime, code, tokenised examples, scratch of the kernels.
    const long ProcessBytes = 150L << 20;

    const double Gibibyte = 1L << 30;

    // What training reaches of the rate of one product on its own: norms, attention, the loss and the optimiser take their time too.
    const double ShareOfProducts = 0.7;

    readonly BatchSampler sampler = new(lengths, options);

    /// <summary>All weights, without those of LoRA.</summary>
    public long Parameters => Llama.ExpectedTensors(config).Sum(t => t.Shape.Aggregate(1L, (a, b) => a * b));

    /// <summary>Values that training changes.</summary>
    public long Trainable => lora is null ? Parameters : TrainingMemory.AdaptedLayers(config, lora).Sum(layer => (layer.Outputs + layer.Inputs) * lora.Rank);

    public long WeightBytes => lora is null ? Parameters * sizeof(float) : frozenBytes + Trainable * sizeof(float);

    public long GradientBytes => Trainable * sizeof(float);

    /// <summary>Both moments of AdamW; in 8 bits with a scale for each 256.</summary>
    public long OptimizerBytes => options.OptimizerStateBits == 8 ? Trainable * 2 + Trainable / 32 : Trainable * 2 * sizeof(float);

    /// <summary>Tokens of the largest pass.</summary>
    public long LargestBatchTokens => sampler.Largest().Sum(n => (long)n);

    /// <summary>Activations, their gradients, keys and values of the largest pass.</summary>
    public long ActivationBytes => ActivationsOf(LargestBatchTokens, sampler.Largest());

    /// <summary>Memory that there is.</summary>
    public long AvailableBytes => availableBytes;

    /// <summary>All of it, the process included.</summary>
    public long TotalBytes => WeightBytes + GradientBytes + OptimizerBytes + ActivationBytes + ProcessBytes;

    public bool Fits => TotalBytes <= availableBytes;

    /// <summary>Tokens that one pass over the examples reads.</summary>
    public long TokensPerEpoch => lengths.Sum(n => (long)n);

    /// <summary>Steps of one pass over the examples.</summary>
    public double StepsPerEpoch => (double)sampler.BatchesPerEpoch / options.GradientAccumulationSteps;

    /// <summary>Steps of the run: <see cref="TrainingOptions.MaxSteps"/>, or fewer where <see cref="TrainingOptions.NumTrainEpochs"/> ends it.</summary>
    public int Steps => sampler.Steps(options);

    /// <summary>Tokens that the run reads.</summary>
    public double Tokens => Steps / StepsPerEpoch * TokensPerEpoch;

    /// <summary>
    /// Floating-point operations of a step on average: two for each weight and token forward, as many for the gradient of its input, as
    /// many for that of a trained weight, a forward pass more with gradient checkpointing; attention over half the keys, and two and a
    /// half times that backward.
    /// </summary>
    public double FlopsPerStep
    {
        get
        {
            double weights = Llama.ExpectedTensors(config).Where(t => t.Shape.Count == 2 && (config.TieWordEmbeddings || t.Name != "model.embed_tokens.weight")).Sum(t => (double)t.Shape[0] * t.Shape[1]);
            double forward = 2 * (weights + (lora is null ? 0 : Trainable)), again = options.GradientCheckpointing ? forward : 0;
            double products = (forward * (lora is null ? 3 : 2) + (lora is null ? 0 : 2.0 * Trainable) + again) * TokensPerEpoch;
            double attention = lengths.Sum(n => 2.0 * n * n) * config.QueryWidth * config.NumHiddenLayers * (options.GradientCheckpointing ? 4.5 : 3.5);
            return (products + attention) / StepsPerEpoch;
        }
    }

    /// <summary>How long the run takes at a measured rate.</summary>
    public TimeSpan Duration(double tokensPerSecond) => TimeSpan.FromSeconds(Tokens / tokensPerSecond);

    /// <summary>How long the run takes, about, where a product of matrices makes so many floating-point operations a second, as <see cref="ProductRate"/> measures.</summary>
    public TimeSpan DurationAt(double flopsPerSecond) => TimeSpan.FromSeconds(Steps * FlopsPerStep / (flopsPerSecond * ShareOfProducts));

    /// <summary>Tokens of the largest pass that memory is there for; 0 where not even the weights fit.</summary>
    public long TokensThatFit()
    {
        long rest = availableBytes - (TotalBytes - ActivationBytes);
        long one = ActivationsOf(0, []), two = ActivationsOf(1024, Enumerable.Repeat(KvCache.PageTokens, 1024 / KvCache.PageTokens));
        // Each example may end in a page of keys and values that it does not fill.
        return Within(rest - ExamplesIn(Within(rest)) * sizeof(float) * TrainingMemory.Cache(config, [1]));

        long Within(long bytes) => bytes <= one ? 0 : (bytes - one) * 1024 / (two - one);
    }

    /// <summary>Refuses what cannot fit, with the numbers and with what would.</summary>
    /// <exception cref="EngineException">It does not fit.</exception>
    public void RequireMemory()
    {
        if (Fits) return;
        throw new EngineException(string.Create(
            CultureInfo.InvariantCulture,
            $"Training needs {Size(TotalBytes)}: weights {Size(WeightBytes)}, gradients {Size(GradientBytes)}, optimiser states {Size(OptimizerBytes)}, activations of {LargestBatchTokens:N0} tokens {Size(ActivationBytes)}, the process {Size(ProcessBytes)}. {Size(availableBytes)} are available.\n{Remedies()}"));
    }

    string Remedies()
    {
        List<string> remedies = [];
        int longest = lengths.Max();
        void Try(string change, TrainingPlan plan)
        {
            if (plan.Fits) remedies.Add($"{change} ({Size(plan.TotalBytes)})");
            else if (plan.TokensThatFit() is long tokens && tokens >= longest)
                remedies.Add(string.Create(CultureInfo.InvariantCulture, $"{change}{(change.Length > 0 ? " and " : "")}passes of at most {tokens:N0} tokens (max-tokens-per-batch {tokens})"));
        }
        TrainingOptions again = options with { GradientCheckpointing = true }, lean = again with { OptimizerStateBits = 8 };
        Try("", this);
        if (again != options) Try("gradient checkpointing", With(lora, frozenBytes, again));
        if (options.OptimizerStateBits > 8) Try("optimiser states of 8 bits", With(lora, frozenBytes, options with { OptimizerStateBits = 8 }));
        if (lean != options) Try("gradient checkpointing with optimiser states of 8 bits", With(lora, frozenBytes, lean));
        LoraOptions low = lora ?? new LoraOptions();
        long halves = 2 * Parameters, packed = DType.NF4.MatrixBytes(1, Parameters);
        if (lora is null) Try($"LoRA of rank {low.Rank} over weights of 16 bits", With(low, halves, options));
        if (lora is null || frozenBytes > Parameters)
        {
            Try("QLoRA", With(low, packed, options));
            Try("QLoRA with gradient checkpointing", With(low, packed, again));
        }
        if (remedies.Count > 0) return $"What fits: {string.Join("; ", remedies)}.";
        return With(low, packed, lean).TokensThatFit() is > 0 and long most
            ? string.Create(CultureInfo.InvariantCulture, $"The longest example has {longest:N0} tokens; with QLoRA, gradient checkpointing and optimiser states of 8 bits, examples of {most:N0} tokens fit. Cut them, or use a smaller model or more memory.")
            : "Not even QLoRA with gradient checkpointing fits. Use a smaller model or more memory.";
    }

    /// <summary>Examples that a pass of so many tokens has at most, at least one.</summary>
    int ExamplesIn(long tokens) => Math.Max(1, lengths.Order().TakeWhile(n => (tokens -= n) >= 0).Count());

    TrainingPlan With(LoraOptions? other, long frozen, TrainingOptions changed) => new(config, other, frozen, changed, lengths, availableBytes);

    long ActivationsOf(long tokens, IEnumerable<int> lengths)
    {
        bool decodes = lora is not null && frozenBytes < Parameters * sizeof(float);
        return sizeof(float) * (TrainingMemory.Activations(config, lora, decodes, options.GradientCheckpointing, tokens) + TrainingMemory.Cache(config, lengths));
    }

    static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / Gibibyte:N2} GiB");
}
