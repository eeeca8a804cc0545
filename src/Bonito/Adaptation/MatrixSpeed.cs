using System.Diagnostics;
using Bonito.Engine.Kernels;
using Bonito.Engine.Tensors;

namespace Bonito.Adaptation;

/// <summary>How fast this machine multiplies matrices, which is most of training.</summary>
static unsafe class MatrixSpeed
{
    const int Size = 768;
    const int Tries = 4;

    /// <summary>What training reaches of the speed of one product: norms, attention and the optimiser take their time too.</summary>
    const double TrainingShare = 0.6;

    /// <summary>Floating-point operations a second that training will do, about.</summary>
    public static double OfTraining(WorkerPool pool)
    {
        using Gemm gemm = new(pool);
        using NativeBuffer values = new(3L * Size * Size);
        float* a = values.Data, b = a + Size * Size, c = b + Size * Size;
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < Tries; i++)
        {
            long start = Stopwatch.GetTimestamp();
            gemm.Multiply(new Operand(a, Size), new Operand(b, Size), Size, Size, Size, c, Size);
            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            if (taken < best) best = taken;
        }
        return TrainingShare * 2.0 * Size * Size * Size / best.TotalSeconds;
    }
}
