using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>
/// Trains a model: the only loop over steps. Checkpoints and metrics live in a run folder, and a run that is started again in it
/// goes on from the newest whole checkpoint with the same bits as if it had never stopped.
/// </summary>
public sealed class Trainer : IDisposable
{
    readonly Llama model;
    readonly WorkerPool pool;
    readonly IReadOnlyList<TrainingExample> examples;
    readonly IReadOnlyList<TrainingExample> validationExamples;
    readonly BatchSampler sampler;
    readonly AdamW optimizer;
    readonly KvCache cache;
    readonly GradientStep gradient;
    readonly Validation? validation;

    /// <param name="model">Has what to train (<see cref="Llama.Trainable"/>); nothing else of it changes.</param>
    /// <param name="examples">What to learn; none longer than the model's window.</param>
    /// <param name="validation">What the validation loss is measured on; may be empty.</param>
    /// <exception cref="EngineException">An example does not fit the model, the options do not work, or the memory is not there.</exception>
    public Trainer(Llama model, WorkerPool pool, TrainingOptions options, IReadOnlyList<TrainingExample> examples, IReadOnlyList<TrainingExample> validation)
    {
        options.Validate();
        if (model.Trainable.Count == 0) throw new EngineException("The model has nothing to train: load it for training, or add LoRA.");
        int longest = Math.Max(Longest(examples, model.Config), Longest(validation, model.Config));
        this.model = model;
        this.pool = pool;
        this.examples = examples;
        validationExamples = validation;
        sampler = new BatchSampler(examples.Select(e => e.Length), options);
        Options = options with { MaxSteps = sampler.Steps(options) };
        Plan = MakePlan();
        Plan.RequireMemory();
        int[] lengths = [.. validation.Select(e => e.Length)];
        int[] starts = BatchSampler.Cut([.. Enumerable.Range(0, lengths.Length)], lengths, options);
        optimizer = new AdamW(pool, model.Trainable, options.OptimizerStateBits);
        cache = new KvCache(model.Config, MicroKernel.Best, Math.Max(sampler.MaxExamples(), starts.Zip(starts.Skip(1), (a, b) => b - a).Max()), longest, keep: false);
        gradient = new GradientStep(model, pool, Options, examples, sampler, cache);
        if (validation.Count > 0) this.validation = new Validation(model, pool, validation, starts, cache, gradient.Arena);
    }

    /// <summary>The options in force: <see cref="TrainingOptions.MaxSteps"/> is what the run makes, also where epochs end it.</summary>
    public TrainingOptions Options { get; }

    /// <summary>What the run takes; its available memory counts what the model holds already.</summary>
    public TrainingPlan Plan { get; }

    /// <summary>Steps of one pass over the examples.</summary>
    public int StepsPerEpoch => (int)Math.Max(1, sampler.BatchesPerEpoch / Options.GradientAccumulationSteps);

    /// <summary>Memory of activations and their gradients, taken when the trainer is made.</summary>
    public long ActivationBytes => gradient.Arena.Capacity * sizeof(float);

    /// <summary>Trains until the last step, going on where the run folder's newest whole checkpoint ends.</summary>
    /// <param name="folder">The run folder: <c>metrics.jsonl</c> and <c>checkpoints/</c>.</param>
    /// <param name="cancellation">Looked at between steps; a checkpoint is written before the run ends.</param>
    /// <exception cref="EngineException">
    /// A loss, a gradient or a weight is not finite (nothing of that step is saved), or the folder cannot be used.
    /// </exception>
    public TrainingResult Run(string folder, TrainingObserver observer, CancellationToken cancellation)
    {
        TrainingCheckpoints checkpoints = new(folder, Options, Subject());
        TrainingState state = checkpoints.Restore(model, optimizer, observer.Notice);
        int saved = state.Step;
        using MetricsLog log = new(Path.Combine(folder, "metrics.jsonl"), state.Step);
        while (state.Step < Options.MaxSteps && !cancellation.IsCancellationRequested)
        {
            int step = state.Step + 1;
            bool last = step == Options.MaxSteps;
            TrainingMetrics metrics = Step(step, state, checkpoints);
            state = state with { Step = step, Tokens = metrics.Tokens, Seconds = metrics.Seconds };
            if (validation != null && (last || step % Options.EvaluationSteps == 0))
            {
                metrics = metrics with { ValidationLoss = Validate(step, checkpoints) };
                if (state.BestValidationLoss is not { } best || metrics.ValidationLoss < best) state = state with { BestStep = step, BestValidationLoss = metrics.ValidationLoss };
            }
            if (Options.SampleSteps > 0 && (last || step % Options.SampleSteps == 0)) observer.Sample?.Invoke(step);
            log.Write(metrics);
            if (last || step % Options.SaveSteps == 0 || state.BestStep == step) Save();
            observer.Step?.Invoke(metrics);
        }
        if (saved < state.Step) Save();
        return new TrainingResult(state.Step, state.Step == Options.MaxSteps, state.BestStep, state.BestValidationLoss);

        void Save()
        {
            if (model.Trainable.FirstOrDefault(p => !IsFinite(p)) is { } broken) throw NotFinite(state.Step, $"{broken.Name} holds values that are not finite after the step", checkpoints);
            log.FlushToDisk();
            checkpoints.Save(model, optimizer, state, observer.Notice);
            saved = state.Step;
        }
    }

    /// <summary>Mean cross-entropy over the target tokens of the validation examples, in nats.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public double Validate() => validation?.Loss() ?? throw new InvalidOperationException("There are no validation examples.");

    /// <summary>Loads the weights of a checkpoint of the run, such as <see cref="TrainingResult.BestStep"/>, into the model.</summary>
    /// <exception cref="EngineException">There is none of that step, or it is damaged.</exception>
    public void LoadWeights(string folder, int step) => new TrainingCheckpoints(folder, Options, Subject()).LoadWeights(model, step);

    public void Dispose()
    {
        optimizer.Dispose();
        gradient.Dispose();
        validation?.Dispose();
        cache.Dispose();
    }

    static int Longest(IReadOnlyList<TrainingExample> examples, LlamaConfig config)
    {
        int longest = 1;
        foreach ((int i, TrainingExample e) in examples.Index())
        {
            string name = e.Id ?? $"number {i}";
            if (e.Length < 1) throw new EngineException($"The training example {name} has {e.Ids.Length} tokens; at least 2 are needed.");
            if (e.Mask is { } mask && mask.Count != e.Ids.Length) throw new EngineException($"The training example {name} has {e.Ids.Length} tokens and a mask of {mask.Count}.");
            if (e.TargetTokens() == 0) throw new EngineException($"The training example {name} has no target token: its {e.Ids.Length} tokens are all source.");
            if (e.Length > config.MaxPositionEmbeddings)
                throw new EngineException($"The training example {name} has {e.Length} tokens; the model's window is {config.MaxPositionEmbeddings}. Cut the examples or widen the window.");
            longest = Math.Max(longest, e.Length);
        }
        return longest;
    }

    TrainingMetrics Step(int step, TrainingState before, TrainingCheckpoints checkpoints)
    {
        long start = Stopwatch.GetTimestamp();
        StepLoss loss = gradient.Run(step);
        if (loss.Trouble != null) throw NotFinite(step, loss.Trouble, checkpoints);
        // Weights stay as they are where the norm is not finite.
        double norm = optimizer.Step(step, Options);
        if (!double.IsFinite(norm)) throw NotFinite(step, gradient.DescribeGradient(step), checkpoints);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new TrainingMetrics(
            step, sampler.EpochsIn((long)step * Options.GradientAccumulationSteps), loss.Loss, loss.TargetLoss, null, Options.LearningRateAt(step), norm,
            before.Tokens + loss.Tokens, loss.Tokens / seconds, before.Seconds + seconds, Environment.WorkingSet);
    }

    double Validate(int step, TrainingCheckpoints checkpoints)
    {
        double loss = Validate();
        return double.IsFinite(loss) ? loss : throw NotFinite(step, $"the validation loss after the step is {loss}", checkpoints);
    }

    EngineException NotFinite(int step, string trouble, TrainingCheckpoints checkpoints) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Step {step} (learning rate {Options.LearningRateAt(step):G3}): {trouble}. Nothing of this step was saved. {(checkpoints.Newest is { } kept ? $"The last good checkpoint is kept: {kept}." : "There is no checkpoint yet.")} Lower the learning rate, warm up longer or look at the rows, and begin another run folder."));

    unsafe bool IsFinite(Parameter p) => double.IsFinite(SquaredNorm.Of(pool, p.Tensor.Data, p.Tensor.Count));

    /// <summary>
    /// Bytes of weights and gradients that a model holds. Weights in a mapped file are not held: their pages are among those that the
    /// system has left. NF4 is made in memory.
    /// </summary>
    internal static long HeldBytes(Llama model)
    {
        long trained = model.Trainable.Sum(p => p.Tensor.Count) * sizeof(float);
        long held = model.Parameters.Where(p => !p.InCheckpoint || p.Stored.Type == DType.NF4).Sum(p => p.Stored.Bytes);
        // Gradients, and the adapter's own weights.
        return held + (model.Adapter is null ? trained : 2 * trained);
    }

    TrainingPlan MakePlan()
    {
        long frozen = model.Adapter == null ? 0 : model.Parameters.Sum(p => p.Stored.Bytes);
        return new TrainingPlan(model.Config, model.Adapter?.Options, frozen, Options, [.. examples.Select(e => e.Length)], AvailableMemory.Bytes() + HeldBytes(model));
    }

    /// <summary>What a run must share with the one that it goes on from, besides options: the data, and what of which model is trained.</summary>
    Dictionary<string, string> Subject()
    {
        IEnumerable<string> formats = model.Parameters.GroupBy(p => p.Stored.Type).Select(group => $"{group.Count()} in {group.Key}");
        return new Dictionary<string, string>
        {
            ["examples"] = Checksum(examples),
            ["validation-examples"] = Checksum(validationExamples),
            ["model"] = $"{model.ParameterCount} weights, tensors: {string.Join(", ", formats)}",
            ["lora"] = JsonSerializer.Serialize(model.Adapter?.Options),
        };
    }

    static string Checksum(IReadOnlyList<TrainingExample> examples)
    {
        XxHash64 hash = new();
        Span<int> head = stackalloc int[2];
        foreach (TrainingExample e in examples)
        {
            (head[0], head[1]) = (e.Ids.Length, e.TargetStart);
            hash.Append(MemoryMarshal.AsBytes(head));
            hash.Append(MemoryMarshal.AsBytes(e.Ids.AsSpan()));
            foreach (bool target in e.Mask ?? []) hash.Append(target ? [1] : [0]);
        }
        return $"{examples.Count} of checksum {hash}";
    }
}
