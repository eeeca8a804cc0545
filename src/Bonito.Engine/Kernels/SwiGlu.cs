using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>y = gate * sigmoid(gate) * up, element by element (Shazeer, "GLU Variants Improve Transformer", 2020). No aliasing.</summary>
public static unsafe class SwiGlu
{
    const int Piece = 8192;

    public static void Forward(WorkerPool pool, float* gate, float* up, long count, float* y) =>
        pool.For((int)((count + Piece - 1) / Piece), new ForwardJob((nint)gate, (nint)up, count, (nint)y));

    /// <summary>With s = sigmoid(gate): dgate += dy * up * s * (1 + gate * (1 - s)); dup += dy * gate * s.</summary>
    public static void Backward(WorkerPool pool, float* gate, float* up, float* dy, long count, float* dgate, float* dup) =>
        pool.For((int)((count + Piece - 1) / Piece), new BackwardJob((nint)gate, (nint)up, (nint)dy, count, (nint)dgate, (nint)dup));

    /// <summary>The formula in double precision.</summary>
    public static float Reference(float gate, float up) => (float)(gate / (1 + Math.Exp(-gate)) * up);

    static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));

    readonly struct ForwardJob(nint gate, nint up, long count, nint y) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            long end = Math.Min(count, (index + 1L) * Piece);
            for (long i = (long)index * Piece; i < end; i += Lanes)
            {
                int left = (int)(end - i);
                Vector512<float> g = Load((float*)gate + i, left);
                Store(g * Sigmoid(g) * Load((float*)up + i, left), (float*)y + i, left);
            }
        }
    }

    readonly struct BackwardJob(nint gate, nint up, nint dy, long count, nint dgate, nint dup) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            long end = Math.Min(count, (index + 1L) * Piece);
            for (long i = (long)index * Piece; i < end; i += Lanes)
            {
                int left = (int)(end - i);
                Vector512<float> g = Load((float*)gate + i, left), d = Load((float*)dy + i, left);
                Vector512<float> s = Sigmoid(g);
                Vector512<float> forGate = d * Load((float*)up + i, left) * s * (Vector512<float>.One + g * (Vector512<float>.One - s));
                Store(Load((float*)dgate + i, left) + forGate, (float*)dgate + i, left);
                Store(Load((float*)dup + i, left) + d * g * s, (float*)dup + i, left);
            }
        }
    }
}
