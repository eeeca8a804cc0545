using System.Runtime.CompilerServices;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>
/// Softmax cross-entropy of rows of logits: loss = log(sum e^z) - z[target], weighted per row. Fused: the logits are replaced
/// by their gradient, so that no second matrix of that size exists.
/// </summary>
public static unsafe class CrossEntropy
{
    /// <summary>
    /// losses[row] = weight[row] * loss, and, where <paramref name="gradient"/>, logits[row] = weight[row] * scale * (softmax - one hot).
    /// Rows of weight 0 have loss 0 and gradient 0.
    /// </summary>
    /// <param name="logits">[rows, vocabulary], overwritten.</param>
    /// <param name="targets">[rows], below vocabulary.</param>
    /// <param name="weights">[rows]: 1 where the target counts, 0 where the label mask hides it.</param>
    /// <param name="losses">[rows]</param>
    public static void Run(WorkerPool pool, float* logits, int* targets, float* weights, int rows, int vocabulary, float scale, bool gradient, float* losses) =>
        pool.For(rows, new RowJob((nint)logits, (nint)targets, (nint)weights, vocabulary, scale, gradient, (nint)losses));

    /// <summary>Loss and gradient of one row in double precision.</summary>
    public static double Reference(ReadOnlySpan<float> logits, int target, Span<double> gradient)
    {
        double max = double.NegativeInfinity, sum = 0;
        foreach (float z in logits) max = Math.Max(max, z);
        foreach (float z in logits) sum += Math.Exp(z - max);
        for (int i = 0; i < logits.Length; i++) gradient[i] = Math.Exp(logits[i] - max) / sum - (i == target ? 1 : 0);
        return Math.Log(sum) + max - logits[target];
    }

    readonly struct RowJob(nint logits, nint targets, nint weights, int vocabulary, float scale, bool gradient, nint losses) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            float* z = (float*)logits + (long)index * vocabulary;
            float weight = ((float*)weights)[index];
            if (weight == 0)
            {
                ((float*)losses)[index] = 0;
                if (gradient) new Span<float>(z, vocabulary).Clear();
                return;
            }
            int target = ((int*)targets)[index];
            float max = Max(z, vocabulary);
            float wanted = z[target] - max;
            float sum = ExpSum(z, vocabulary, 1, max);
            ((float*)losses)[index] = weight * (MathF.Log(sum) - wanted);
            if (!gradient) return;
            Scale(z, vocabulary, weight * scale / sum);
            z[target] -= weight * scale;
        }
    }
}
