using Bonito.Engine.Kernels;

namespace Bonito.Engine.Generation;

/// <summary>
/// Draws a token from logits. Tokens are ranked by probability, equal ones by id, lower first; sums run in a fixed order, so the
/// same logits and random stream give the same token everywhere. It owns scratch memory: one for each thread.
/// </summary>
/// <param name="vocabulary">Logits at most.</param>
public sealed unsafe class Sampler(int vocabulary)
{
    // A candidate is one number: the bits of its weight (positive floats are ordered as their bits), then its id inverted.
    // The first `heap` entries are a binary heap with the best at 0; taken ones follow it, the best last.
    readonly ulong[] candidates = new ulong[vocabulary];
    int heap;
    int last;

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
            double total = VectorMath.ExpSum(weights, count, scale, max * scale);
            double draw = random.NextDouble();
            if (options.TopK == 0 && options.TopP == 1) return PickOfAll(weights, count, draw * total);

            double mass;
            int chosen;
            if (options.TopK == 0)
            {
                // Tokens below the cutoff weigh less than 1 - p together, so the nucleus is complete without them; 0.99 leaves
                // room for the rounding of the sum.
                Gather(weights, count, (float)(0.99 * (1 - options.TopP) * total / count));
                mass = Take(count, options.TopP * total, out chosen);
            }
            else
            {
                Gather(weights, count, 0);
                mass = Take(options.TopK, double.PositiveInfinity, out chosen);
                mass = Shorten(options.TopP * mass, ref chosen);
            }
            return PickOfChosen(chosen, draw * mass);
        }
    }

    static int PickOfAll(float* weights, int count, double threshold)
    {
        double sum = 0;
        int pick = 0;
        for (int i = 0; i < count; i++)
        {
            if (weights[i] == 0) continue;
            pick = i;
            sum += weights[i];
            if (sum > threshold) break;
        }
        return pick;
    }

    int PickOfChosen(int chosen, double threshold)
    {
        double sum = 0;
        for (int i = 0; i < chosen - 1; i++)
        {
            sum += Weight(Chosen(i));
            if (sum > threshold) return Id(Chosen(i));
        }
        return Id(Chosen(chosen - 1));
    }

    /// <summary>Makes a heap of the tokens that weigh at least the cutoff, those of no weight left out.</summary>
    void Gather(float* weights, int count, float cutoff)
    {
        cutoff = Math.Max(cutoff, float.Epsilon);
        heap = 0;
        for (int i = 0; i < count; i++)
            if (weights[i] >= cutoff) candidates[heap++] = (ulong)BitConverter.SingleToUInt32Bits(weights[i]) << 32 | ~(uint)i;
        last = heap - 1;
        for (int i = heap / 2 - 1; i >= 0; i--) SiftDown(i);
    }

    /// <summary>Takes the best until there are <paramref name="limit"/> or their weights reach the target; returns their weight.</summary>
    double Take(int limit, double target, out int chosen)
    {
        double mass = 0;
        for (chosen = 0; chosen < limit && mass < target && heap > 0; chosen++)
        {
            ulong best = candidates[0];
            candidates[0] = candidates[--heap];
            SiftDown(0);
            candidates[heap] = best;
            mass += Weight(best);
        }
        return mass;
    }

    /// <summary>Keeps the first of the chosen whose weights together reach the target; returns their weight.</summary>
    double Shorten(double target, ref int chosen)
    {
        double mass = 0;
        for (int i = 0; i < chosen; i++)
        {
            mass += Weight(Chosen(i));
            if (mass >= target) chosen = i + 1;
        }
        return mass;
    }

    ulong Chosen(int rank) => candidates[last - rank];

    static float Weight(ulong candidate) => BitConverter.UInt32BitsToSingle((uint)(candidate >> 32));

    static int Id(ulong candidate) => (int)~(uint)candidate;

    void SiftDown(int at)
    {
        ulong moved = candidates[at];
        for (int child = 2 * at + 1; child < heap; child = 2 * at + 1)
        {
            if (child + 1 < heap && candidates[child + 1] > candidates[child]) child++;
            if (candidates[child] <= moved) break;
            candidates[at] = candidates[child];
            at = child;
        }
        candidates[at] = moved;
    }
}
