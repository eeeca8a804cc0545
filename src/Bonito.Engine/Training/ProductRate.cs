using System.Diagnostics;
using Bonito.Engine.Kernels;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>How fast this machine multiplies matrices just now: for projecting how long a run will take before its first step.</summary>
public static unsafe class ProductRate
{
    // About the shape of a layer of a small model: products of wider ones are as fast for each operation.
    const int Rows = 512, Inputs = 768, Outputs = 768;

    /// <summary>Floating-point operations a second, two for each multiplication and addition; the median of some tenths of a second.</summary>
    public static double Measure(WorkerPool pool)
    {
        using Gemm gemm = new(pool);
        using NativeBuffer x = new((long)Rows * Inputs), w = new((long)Outputs * Inputs), y = new((long)Rows * Outputs);
        List<double> seconds = [];
        long begin = Stopwatch.GetTimestamp();
        while (seconds.Count < 5 || Stopwatch.GetElapsedTime(begin).TotalSeconds < 0.3)
        {
            long start = Stopwatch.GetTimestamp();
            gemm.Multiply(new Operand(x.Data, Inputs), new Operand(w.Data, Inputs), Rows, Outputs, Inputs, y.Data, Outputs);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        seconds.Sort();
        return 2.0 * Rows * Inputs * Outputs / seconds[seconds.Count / 2];
    }
}
