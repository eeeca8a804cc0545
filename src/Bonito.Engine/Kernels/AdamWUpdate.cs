using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>What one AdamW step needs besides the tensors.</summary>
/// <param name="LearningRate">Of this step.</param>
/// <param name="Correction1">1 - beta1^step.</param>
/// <param name="Correction2">1 - beta2^step.</param>
/// <param name="GradientScale">Factor on the gradient, from clipping.</param>
public readonly record struct AdamWStep(float LearningRate, float Beta1, float Beta2, float Epsilon, float WeightDecay, float Correction1, float Correction2, float GradientScale);

/// <summary>
/// AdamW (Loshchilov and Hutter, 2019), decoupled weight decay: w -= lr * decay * w, then
/// w -= lr * (m / c1) / (sqrt(v / c2) + epsilon), with the moments m and v updated first.
/// </summary>
public static unsafe class AdamWUpdate
{
    const int Piece = 16384;

    public static void Apply(WorkerPool pool, float* gradient, long count, AdamWStep step, float* weight, float* m, float* v) =>
        pool.For((int)((count + Piece - 1) / Piece), new UpdateJob((nint)gradient, count, step, (nint)weight, (nint)m, (nint)v));

    /// <summary>One element in double precision.</summary>
    public static void Reference(double gradient, AdamWStep step, ref double weight, ref double m, ref double v)
    {
        gradient *= step.GradientScale;
        m = step.Beta1 * m + (1 - step.Beta1) * gradient;
        v = step.Beta2 * v + (1 - step.Beta2) * gradient * gradient;
        weight -= step.LearningRate * step.WeightDecay * weight;
        weight -= step.LearningRate * (m / step.Correction1) / (Math.Sqrt(v / step.Correction2) + step.Epsilon);
    }

    readonly struct UpdateJob(nint gradient, long count, AdamWStep step, nint weight, nint m, nint v) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            long at = (long)index * Piece;
            int length = (int)Math.Min(Piece, count - at), i = 0;
            float* g = (float*)gradient + at, w = (float*)weight + at, first = (float*)m + at, second = (float*)v + at;
            Vector512<float> rate = Vector512.Create(step.LearningRate / step.Correction1);
            Vector512<float> keep = Vector512.Create(1 - step.LearningRate * step.WeightDecay), root = Vector512.Create(1 / MathF.Sqrt(step.Correction2));
            for (; i <= length - Lanes; i += Lanes)
            {
                Vector512<float> a = Vector512.Load(first + i), b = Vector512.Load(second + i);
                Vector512<float> updated = Update(Vector512.Load(g + i), Vector512.Load(w + i), ref a, ref b, rate, keep, root);
                a.Store(first + i);
                b.Store(second + i);
                updated.Store(w + i);
            }
            if (i < length)
            {
                int left = length - i;
                Vector512<float> a = Load(first + i, left), b = Load(second + i, left);
                Vector512<float> updated = Update(Load(g + i, left), Load(w + i, left), ref a, ref b, rate, keep, root);
                Store(a, first + i, left);
                Store(b, second + i, left);
                Store(updated, w + i, left);
            }
        }

        /// <returns>The weights; the moments are updated in place.</returns>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector512<float> Update(Vector512<float> g, Vector512<float> w, ref Vector512<float> first, ref Vector512<float> second, Vector512<float> rate, Vector512<float> keep, Vector512<float> root)
        {
            g *= step.GradientScale;
            first = first * step.Beta1 + g * (1 - step.Beta1);
            second = second * step.Beta2 + g * g * (1 - step.Beta2);
            return w * keep - rate * first / (Vector512.Sqrt(second) * root + Vector512.Create(step.Epsilon));
        }
    }
}
