using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

/// <summary>A model of some thousand weights, a dozen examples, and a run folder.</summary>
sealed class SmallRun : IDisposable
{
    public static readonly LlamaConfig Config = new()
    {
        VocabSize = 50,
        HiddenSize = 32,
        IntermediateSize = 48,
        NumHiddenLayers = 2,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        MaxPositionEmbeddings = 64,
        TieWordEmbeddings = true,
    };

    public static readonly TrainingOptions Options = new() { MaxSteps = 20, BatchSize = 3, LearningRate = 3e-3f, SaveSteps = 5, EvaluationSteps = 100 };

    readonly string folder;
    readonly WorkerPool pool;

    public SmallRun(string folder, TrainingOptions options, int threads = 1, IReadOnlyList<TrainingExample>? examples = null, LlamaConfig? config = null, LoraOptions? lora = null)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        pool = new WorkerPool(threads);
        Model = new Llama(config ?? Config, gradients: lora is null);
        Model.Initialise(1);
        if (lora is not null) Model.AddLora(lora, 2);
        Trainer = new Trainer(Model, pool, options, examples ?? Examples(12), Examples(3));
    }

    public Llama Model { get; }

    public Trainer Trainer { get; }

    /// <summary>What the run said besides its metrics.</summary>
    public List<string> Notices { get; } = [];

    public static TrainingExample[] Examples(int count)
    {
        Random random = new(11);
        return [.. Enumerable.Range(0, count).Select(i => new TrainingExample([.. Enumerable.Range(0, 8 + 5 * (i % 7)).Select(_ => random.Next(Config.VocabSize))], 4) { Id = $"rows.jsonl:{i + 1}" })];
    }

    /// <param name="stopAfter">The step after which to stop in good order.</param>
    public TrainingResult Train(int? stopAfter = null, Action<TrainingMetrics>? step = null, Action<int>? sample = null)
    {
        using CancellationTokenSource stop = new();
        TrainingObserver observer = new(
            Step: m =>
            {
                step?.Invoke(m);
                if (m.Step == stopAfter) stop.Cancel();
            },
            Sample: sample,
            Notice: Notices.Add);
        return Trainer.Run(folder, observer, stop.Token);
    }

    /// <summary>What is trained.</summary>
    public float[] Weights() => [.. Model.Trainable.SelectMany(p => p.Tensor.Values.ToArray())];

    public void Dispose()
    {
        Trainer.Dispose();
        Model.Dispose();
        pool.Dispose();
    }
}
