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
            long end = Math.Min(count, (index + 1L) * Piece);
            Vector512<float> rate = Vector512.Create(step.LearningRate / step.Correction1);
            Vector512<float> keep = Vector512.Create(1 - step.LearningRate * step.WeightDecay);
            float root = 1 / MathF.Sqrt(step.Correction2);
            for (long i = (long)index * Piece; i < end; i += Lanes)
            {
                int left = (int)(end - i);
                Vector512<float> g = Load((float*)gradient + i, left) * step.GradientScale;
                Vector512<float> first = Load((float*)m + i, left) * step.Beta1 + g * (1 - step.Beta1);
                Vector512<float> second = Load((float*)v + i, left) * step.Beta2 + g * g * (1 - step.Beta2);
                Vector512<float> w = Load((float*)weight + i, left) * keep;
                w -= rate * first / (Vector512.Sqrt(second) * root + Vector512.Create(step.Epsilon));
                Store(first, (float*)m + i, left);
                Store(second, (float*)v + i, left);
                Store(w, (float*)weight + i, left);
            }
        }
    }
}
