using Bonito.Engine.Kernels;

namespace Bonito.Engine.Generation;

/// <summary>
/// Draws a token from logits. Tokens are ranked by probability, equal ones by id, lower first; sums run in a fixed order, so the
/// same logits and random stream give the same token everywhere. It owns scratch memory: one for each thread.
/// </summary>
/// <param name="vocabulary">Logits at most.</param>
public sealed unsafe class Sampler(int vocabulary)
{
    // Each as its rank: see Rank.
    readonly ulong[] candidates = new ulong[vocabulary];

    /// <param name="logits">[vocabulary]; overwritten.</param>
    /// <param name="random">Advanced by one, not at all where the choice is greedy.</param>
    /// <exception cref="EngineException">The logits are not finite.</exception>
    public int Sample(Span<float> logits, SamplingOptions options, ref RandomStream random)
    {
        fixed (float* weights = logits)
        {
            int count = logits.Length;
            float max = VectorMath.Max(weights, count);
            if (!float.IsFinite(max)) throw new EngineException($"The model computed {max} where the next token's logits should be: its weights are damaged or do not belong to this architecture.");
            if (options.Temperature == 0) return logits.IndexOf(max);
            float scale = 1 / options.Temperature;
            double mass = VectorMath.ExpSum(weights, count, scale, max * scale);
            ulong least = 0;
            if (options.TopK > 0)
            {
                int gathered = Gather(weights, count, 0), kept = Math.Min(options.TopK, gathered);
                least = Select(gathered, kept, byWeight: false, out _);
                mass = 0;
                for (int i = 0; i < kept; i++) mass += Weight(candidates[i]);
                if (options.TopP < 1) least = Select(kept, options.TopP * mass, byWeight: true, out mass);
            }
            else if (options.TopP < 1)
            {
                // Tokens below the cutoff weigh less than 1 - p together, so the nucleus is complete without them; 0.99 leaves
                // room for the rounding of the sum.
                int gathered = Gather(weights, count, (float)(0.99 * (1 - options.TopP) * mass / count));
                least = Select(gathered, options.TopP * mass, byWeight: true, out mass);
            }
            return Pick(weights, count, least, random.NextDouble() * mass);
        }
    }

    /// <summary>Walks through the tokens that rank no lower than <paramref name="least"/>, by id, until their weights exceed the threshold.</summary>
    static int Pick(float* weights, int count, ulong least, double threshold)
    {
        double sum = 0;
        int pick = 0;
        for (int i = 0; i < count; i++)
        {
            if (weights[i] == 0 || Rank(weights[i], i) < least) continue;
            pick = i;
            sum += weights[i];
            if (sum > threshold) break;
        }
        // Where rounding left the sum of all at the threshold, it is the last of them.
        return pick;
    }

    /// <summary>Lists the tokens that weigh at least the cutoff, those of no weight left out.</summary>
    int Gather(float* weights, int count, float cutoff)
    {
        cutoff = Math.Max(cutoff, float.Epsilon);
        int gathered = 0;
        for (int i = 0; i < count; i++)
            if (weights[i] >= cutoff) candidates[gathered++] = Rank(weights[i], i);
        return gathered;
    }

    /// <summary>
    /// Moves the highest of the first <paramref name="count"/> candidates that together reach the target to the front, as few as
    /// do, and returns the lowest of them. Quickselect (Hoare, 1961): only the side on which the target is reached is looked at again.
    /// </summary>
    /// <param name="target">A number of candidates, or their weight.</param>
    /// <param name="reached">What the chosen amount to.</param>
    ulong Select(int count, double target, bool byWeight, out double reached)
    {
        Span<ulong> open = candidates.AsSpan(0, count);
        ulong least = 0;
        reached = 0;
        while (!open.IsEmpty)
        {
            (int place, double above) = Partition(open, byWeight);
            if (reached + above >= target && place > 0)
            {
                open = open[..place];
                continue;
            }
            least = open[place];
            reached += above + (byWeight ? Weight(least) : 1);
            if (reached >= target) break;
            open = open[(place + 1)..];
        }
        return least;
    }

    /// <summary>Puts a pivot to its place, the higher ones before it; returns the place and what the higher ones amount to.</summary>
    static (int Place, double Above) Partition(Span<ulong> ranks, bool byWeight)
    {
        int end = ranks.Length - 1;
        // The median of three: ids of similar weight often stand in order.
        ulong a = ranks[0], b = ranks[end / 2], c = ranks[end];
        ulong pivot = Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
        int at = pivot == a ? 0 : pivot == b ? end / 2 : end;
        (ranks[at], ranks[end]) = (ranks[end], pivot);
        int place = 0;
        double above = 0;
        for (int i = 0; i < end; i++)
        {
            ulong rank = ranks[i];
            if (rank < pivot) continue;
            above += byWeight ? Weight(rank) : 1;
            ranks[i] = ranks[place];
            ranks[place++] = rank;
        }
        (ranks[place], ranks[end]) = (pivot, ranks[place]);
        return (place, above);
    }

    /// <summary>One number that is higher for a likelier token, and of equals for the lower id: positive floats are ordered as their bits.</summary>
    static ulong Rank(float weight, int id) => (ulong)BitConverter.SingleToUInt32Bits(weight) << 32 | ~(uint)id;

    static float Weight(ulong rank) => BitConverter.UInt32BitsToSingle((uint)(rank >> 32));
}
