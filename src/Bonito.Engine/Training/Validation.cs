using Bonito.Engine.Autograd;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>The loss of examples that are not trained on.</summary>
sealed class Validation : IDisposable
{
    readonly Llama model;
    readonly IReadOnlyList<TrainingExample> examples;
    readonly int[] order;
    readonly int[] starts;
    readonly KvCache cache;
    readonly Ops ops;
    readonly ExampleBatch batch = new();

    /// <param name="cache">With a slot for each example of the largest batch.</param>
    /// <param name="arena">Of the training passes: validation comes between them and takes no memory of its own.</param>
    public Validation(Llama model, WorkerPool pool, IReadOnlyList<TrainingExample> examples, int[] starts, KvCache cache, Arena arena)
    {
        this.model = model;
        this.examples = examples;
        this.starts = starts;
        this.cache = cache;
        order = [.. Enumerable.Range(0, examples.Count)];
        ops = new Ops(pool, arena: arena);
    }

    /// <summary>Mean cross-entropy over the target tokens, in nats.</summary>
    public double Loss()
    {
        double loss = 0, count = 0;
        for (int i = 0; i + 1 < starts.Length; i++)
        {
            batch.Fill(examples, order.AsSpan(starts[i]..starts[i + 1]), sourceWeight: 0);
            ops.Arena.Reset();
            Tensor hidden = model.Forward(ops, batch.Tokens, cache);
            loss += ops.CrossEntropy(hidden, model.Head, batch.Targets, batch.Weights, 1);
            foreach (float weight in batch.Weights) count += weight;
        }
        return loss / count;
    }

    public void Dispose() => ops.Dispose();
}
