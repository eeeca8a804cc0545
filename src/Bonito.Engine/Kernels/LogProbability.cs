using System.Runtime.CompilerServices;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>Log-probabilities of chosen ids under rows of logits: z[id] - log(sum e^z), in the arithmetic of <see cref="CrossEntropy"/>.</summary>
public static unsafe class LogProbability
{
    /// <summary>results[j] = log softmax(logits[row])[ids[j]] for firsts[row] &lt;= j &lt; firsts[row + 1].</summary>
    /// <param name="logits">[rows, vocabulary], overwritten.</param>
    /// <param name="firsts">[rows + 1], ascending: where each row's ids begin.</param>
    /// <param name="ids">Below vocabulary.</param>
    /// <param name="results">As many as ids; aliases nothing.</param>
    public static void Run(WorkerPool pool, float* logits, int* firsts, int* ids, int rows, int vocabulary, float* results) =>
        pool.For(rows, new RowJob((nint)logits, (nint)firsts, (nint)ids, vocabulary, (nint)results));

    /// <summary>One id of one row in double precision.</summary>
    public static double Reference(ReadOnlySpan<float> logits, int id)
    {
        double max = double.NegativeInfinity, sum = 0;
        foreach (float z in logits) max = Math.Max(max, z);
        foreach (float z in logits) sum += Math.Exp(z - max);
        return logits[id] - max - Math.Log(sum);
    }

    readonly struct RowJob(nint logits, nint firsts, nint ids, int vocabulary, nint results) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            float* z = (float*)logits + (long)index * vocabulary;
            int first = ((int*)firsts)[index], end = ((int*)firsts)[index + 1];
            float max = Max(z, vocabulary);
            for (int j = first; j < end; j++) ((float*)results)[j] = z[((int*)ids)[j]] - max;
            float logSum = MathF.Log(ExpSum(z, vocabulary, 1, max));
            for (int j = first; j < end; j++) ((float*)results)[j] -= logSum;
        }
    }
}
