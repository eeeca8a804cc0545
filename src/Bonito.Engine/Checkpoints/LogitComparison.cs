using Bonito.Engine.Autograd;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>How far two models that should be one and the same differ, on given texts.</summary>
/// <param name="Tokens">After how many tokens the logits were compared.</param>
/// <param name="LargestLogit">The largest magnitude of the first model's logits, to judge the difference by.</param>
/// <param name="LargestDifference">The largest difference of a logit.</param>
/// <param name="SameTop">Share of the tokens after which both models think the same token the likeliest.</param>
public sealed record LogitComparison(int Tokens, double LargestLogit, double LargestDifference, double SameTop)
{
    /// <summary>Rows whose logits exist at once.</summary>
    private const int BlockRows = 64;

    /// <summary>Runs both models over sequences of token ids, such as an adapter beside its base and the two merged.</summary>
    /// <param name="sequences">None longer than the models' window, none empty.</param>
    /// <exception cref="EngineException">The models have different vocabularies, there is nothing to compare, or an id is outside the vocabulary.</exception>
    public static LogitComparison Run(Llama first, Llama second, WorkerPool pool, IReadOnlyList<int[]> sequences, CancellationToken cancellation = default)
    {
        if (first.Config.VocabSize != second.Config.VocabSize)
            throw new EngineException($"The models have vocabularies of {first.Config.VocabSize} and {second.Config.VocabSize}: their logits cannot be compared.");
        if (!sequences.Any(sequence => sequence.Length > 0)) throw new EngineException("There are no tokens to compare two models on.");
        using Ops ops = new(pool), otherOps = new(pool);
        int tokens = 0, same = 0;
        double largest = 0, difference = 0;
        foreach (int[] sequence in sequences.Where(sequence => sequence.Length > 0))
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor hidden = Hidden(first, ops, sequence), otherHidden = Hidden(second, otherOps, sequence);
            for (int start = 0; start < sequence.Length; start += BlockRows)
            {
                Tensor logits = Logits(first, ops, hidden, start), others = Logits(second, otherOps, otherHidden, start);
                for (int row = 0; row < logits.Rows; row++, tokens++)
                {
                    Span<float> one = logits.Row(row), other = others.Row(row);
                    int top = 0, otherTop = 0;
                    for (int i = 0; i < one.Length; i++)
                    {
                        largest = Larger(largest, Math.Abs(one[i]));
                        difference = Larger(difference, Math.Abs((double)one[i] - other[i]));
                        if (one[i] > one[top]) top = i;
                        if (other[i] > other[otherTop]) otherTop = i;
                    }
                    if (top == otherTop) same++;
                }
            }
        }
        return new LogitComparison(tokens, largest, difference, (double)same / tokens);
    }

    private static Tensor Hidden(Llama model, Ops ops, int[] sequence)
    {
        ops.Arena.Reset();
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, 1, sequence.Length);
        TokenBatch batch = new();
        batch.Add(0, 0, sequence);
        return model.Forward(ops, batch, cache);
    }

    private static Tensor Logits(Llama model, Ops ops, Tensor hidden, int start) =>
        model.Logits(ops, ops.Rows(hidden, [.. Enumerable.Range(start, Math.Min(BlockRows, hidden.Rows - start))]));

    /// <summary>NaN is larger than all: a model that computes no numbers must not look like one that agrees.</summary>
    private static double Larger(double a, double b) => double.IsNaN(b) || b > a ? b : a;
}
