using System.Diagnostics;
using Bonito.Engine.Autograd;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>One line of <c>metrics.jsonl</c>.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">Mean cross-entropy over the weighted tokens of the step, in nats.</param>
/// <param name="TargetLoss">The same over target tokens alone.</param>
/// <param name="ValidationLoss">Mean over the target tokens of the validation examples; null where none was made at this step.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="Tokens">Tokens read since the run began.</param>
/// <param name="TokensPerSecond">Of this step.</param>
/// <param name="Seconds">Since the run began, training only, over all its resumptions.</param>
public sealed record TrainingMetrics(int Step, double Loss, double TargetLoss, double? ValidationLoss, double LearningRate, double GradientNorm, long Tokens, double TokensPerSecond, double Seconds);

/// <summary>
/// Trains a model: the only loop over steps. Checkpoints and metrics live in a run folder, and a run that is started again in it
/// goes on from the newest checkpoint with the same bits as if it had never stopped.
/// </summary>
public sealed class Trainer : IDisposable
{
    readonly Llama model;
    readonly TrainingOptions options;
    readonly IReadOnlyList<TrainingExample> examples;
    readonly IReadOnlyList<TrainingExample> validation;
    readonly BatchSampler sampler;
    readonly AdamW optimizer;
    readonly Ops ops;
    readonly Ops inference;
    readonly KvCache cache;
    readonly TokenBatch batch = new();
    readonly List<int> targets = [];
    readonly List<float> weights = [];
    readonly List<bool> isTarget = [];
    float[] losses = [];

    /// <param name="model">Made with gradients.</param>
    /// <param name="examples">What to learn; none longer than the model's window.</param>
    /// <param name="validation">What the validation loss is measured on; may be empty.</param>
    /// <exception cref="EngineException">An example does not fit the model, or the options do not work.</exception>
    public Trainer(Llama model, WorkerPool pool, TrainingOptions options, IReadOnlyList<TrainingExample> examples, IReadOnlyList<TrainingExample> validation)
    {
        options.Validate();
        this.model = model;
        this.options = options;
        this.examples = examples;
        this.validation = validation;
        int longest = 1;
        foreach (TrainingExample e in examples.Concat(validation))
        {
            if (e.Length < 1) throw new EngineException($"A training example has {e.Ids.Length} tokens; at least 2 are needed.");
            longest = Math.Max(longest, e.Length);
        }
        if (longest > model.Config.MaxPositionEmbeddings)
            throw new EngineException($"A training example has {longest} tokens; the model's window is {model.Config.MaxPositionEmbeddings}. Cut the examples or widen the window.");
        sampler = new BatchSampler(examples.Select(e => e.Length), options.BatchSize, options.Seed);
        optimizer = new AdamW(pool, model.Trainable);
        ops = new Ops(pool, new Tape());
        inference = new Ops(pool);
        cache = new KvCache(model.Config, ops.Gemm.Kernel, options.BatchSize, longest);
    }

    /// <summary>Steps of one pass over the examples.</summary>
    public int StepsPerEpoch => Math.Max(1, sampler.BatchesPerEpoch / options.GradientAccumulationSteps);

    /// <summary>Trains until <see cref="TrainingOptions.MaxSteps"/>, going on where the run folder's newest checkpoint ends.</summary>
    /// <param name="folder">The run folder: <c>metrics.jsonl</c> and <c>checkpoints/</c>.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellation">Looked at between steps; a checkpoint is written before the run ends.</param>
    /// <returns>The last step made.</returns>
    /// <exception cref="EngineException">The loss is not finite, or the folder cannot be used.</exception>
    public int Run(string folder, Action<TrainingMetrics>? progress, CancellationToken cancellation)
    {
        TrainingCheckpoint checkpoints = new(folder, options);
        TrainingState state = checkpoints.Restore(model, optimizer);
        using MetricsLog log = new(Path.Combine(folder, "metrics.jsonl"), state.Step);
        while (state.Step < options.MaxSteps && !cancellation.IsCancellationRequested)
        {
            long start = Stopwatch.GetTimestamp();
            int step = state.Step + 1;
            (double loss, double targetLoss, long tokens) = Accumulate(step);
            double norm = optimizer.Step(step, options);
            if (!double.IsFinite(loss) || !double.IsFinite(norm))
                throw new EngineException($"Step {step}: the loss is {loss} and the gradient's norm {norm}. The weights before this step are kept in the newest checkpoint under {folder}. Lower the learning rate or look at the examples {Describe(step)}.");
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            state = new TrainingState(step, state.Tokens + tokens, state.Seconds + seconds);
            bool last = step == options.MaxSteps;
            double? validationLoss = validation.Count > 0 && (last || step % options.EvaluationSteps == 0) ? Validate() : null;
            TrainingMetrics metrics = new(step, loss, targetLoss, validationLoss, options.LearningRateAt(step), norm, state.Tokens, tokens / seconds, state.Seconds);
            log.Write(metrics);
            if (last || step % options.SaveSteps == 0) checkpoints.Save(model, optimizer, state);
            progress?.Invoke(metrics);
        }
        if (state.Step < options.MaxSteps && state.Step % options.SaveSteps != 0) checkpoints.Save(model, optimizer, state);
        return state.Step;
    }

    /// <summary>Mean cross-entropy over the target tokens of the validation examples, in nats.</summary>
    public double Validate()
    {
        double loss = 0, count = 0;
        for (int first = 0; first < validation.Count; first += options.BatchSize)
        {
            Fill(Enumerable.Range(first, Math.Min(options.BatchSize, validation.Count - first)).Select(i => validation[i]), sourceWeight: 0);
            inference.Arena.Reset();
            Tensor hidden = model.Forward(inference, batch, cache);
            loss += inference.CrossEntropy(hidden, model.Head, Span(targets), Span(weights), 1);
            count += weights.Sum();
        }
        return loss / count;
    }

    public void Dispose()
    {
        optimizer.Dispose();
        ops.Dispose();
        inference.Dispose();
        cache.Dispose();
    }

    static ReadOnlySpan<T> Span<T>(List<T> list) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list);

    /// <summary>Adds up the gradients of a step's batches, each token weighted alike whichever batch it is in.</summary>
    (double Loss, double TargetLoss, long Tokens) Accumulate(int step)
    {
        double total = 0, totalTargets = 0;
        foreach (TrainingExample e in Enumerable.Range(0, options.GradientAccumulationSteps).SelectMany(pass => PassExamples(step, pass)))
            for (int i = 0; i < e.Length; i++)
            {
                total += e.Weight(i, options.SourceLossWeight);
                if (e.IsTarget(i)) totalTargets++;
            }
        model.ZeroGradients();
        double loss = 0, targetLoss = 0;
        long tokens = 0;
        for (int pass = 0; pass < options.GradientAccumulationSteps; pass++)
        {
            Fill(PassExamples(step, pass), options.SourceLossWeight);
            ops.Arena.Reset();
            Tensor hidden = model.Forward(ops, batch, cache);
            loss += ops.CrossEntropy(hidden, model.Head, Span(targets), Span(weights), (float)(1 / total), losses);
            ops.Tape!.Backward();
            for (int i = 0; i < batch.Rows; i++)
                if (isTarget[i]) targetLoss += losses[i];
            tokens += batch.Rows;
        }
        return (loss / total, targetLoss / totalTargets, tokens);
    }

    void Fill(IEnumerable<TrainingExample> chosen, float sourceWeight)
    {
        batch.Clear();
        targets.Clear();
        weights.Clear();
        isTarget.Clear();
        int slot = 0;
        foreach (TrainingExample e in chosen)
        {
            batch.Add(slot++, 0, e.Ids.AsSpan(0, e.Length));
            for (int i = 0; i < e.Length; i++)
            {
                targets.Add(e.Ids[i + 1]);
                weights.Add(e.Weight(i, sourceWeight));
                isTarget.Add(e.IsTarget(i));
            }
        }
        if (losses.Length < batch.Rows) losses = new float[batch.Rows];
    }

    List<TrainingExample> PassExamples(int step, int pass)
    {
        List<TrainingExample> chosen = [];
        foreach (int index in sampler.Batch((long)(step - 1) * options.GradientAccumulationSteps + pass)) chosen.Add(examples[index]);
        return chosen;
    }

    string Describe(int step)
    {
        List<int> indices = [];
        for (int pass = 0; pass < options.GradientAccumulationSteps; pass++)
            indices.AddRange(sampler.Batch((long)(step - 1) * options.GradientAccumulationSteps + pass));
        return string.Join(", ", indices);
    }
}
