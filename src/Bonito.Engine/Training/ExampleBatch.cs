using System.Runtime.InteropServices;
using Bonito.Engine.Models;

namespace Bonito.Engine.Training;

/// <summary>
/// The examples of one pass, one after another without padding, with what the model is asked for after each token and how much that
/// counts. Filled again and again: its lists keep their memory.
/// </summary>
sealed class ExampleBatch
{
    readonly List<TrainingExample> examples = [];
    readonly List<int> targets = [];
    readonly List<float> weights = [];
    float[] losses = [];

    public TokenBatch Tokens { get; } = new();

    /// <summary>[M]: the id that should follow each token.</summary>
    public ReadOnlySpan<int> Targets => CollectionsMarshal.AsSpan(targets);

    /// <summary>[M]: the label mask.</summary>
    public ReadOnlySpan<float> Weights => CollectionsMarshal.AsSpan(weights);

    /// <summary>[M]: receives weight * cross-entropy of each token.</summary>
    public Span<float> Losses => losses.AsSpan(0, Tokens.Rows);

    /// <param name="indices">Of the examples of this pass.</param>
    /// <param name="sourceWeight">How much source tokens count.</param>
    public void Fill(IReadOnlyList<TrainingExample> all, ReadOnlySpan<int> indices, float sourceWeight)
    {
        examples.Clear();
        Tokens.Clear();
        targets.Clear();
        weights.Clear();
        foreach (int index in indices)
        {
            TrainingExample e = all[index];
            Tokens.Add(examples.Count, 0, e.Ids.AsSpan(0, e.Length));
            examples.Add(e);
            for (int i = 0; i < e.Length; i++)
            {
                targets.Add(e.Ids[i + 1]);
                weights.Add(e.Weight(i, sourceWeight));
            }
        }
        if (losses.Length < Tokens.Rows) losses = new float[Tokens.Rows + Tokens.Rows / 4];
    }

    /// <summary>Sum of the losses of target tokens.</summary>
    public double TargetLoss()
    {
        double sum = 0;
        int row = 0;
        foreach (TrainingExample e in examples)
            for (int i = 0; i < e.Length; i++, row++)
                if (e.IsTarget(i)) sum += losses[row];
        return sum;
    }

    /// <summary>The first loss that is not finite: the place of its example in the batch and its token; null where all are finite.</summary>
    public (int Place, int Token, float Loss)? FirstNonFinite()
    {
        int row = 0;
        for (int place = 0; place < examples.Count; place++)
            for (int i = 0; i < examples[place].Length; i++, row++)
                if (!float.IsFinite(losses[row])) return (place, i, losses[row]);
        return null;
    }
}
