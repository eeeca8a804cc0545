using System.Diagnostics;
using System.Globalization;
using Bonito.Engine.Kernels;
using Bonito.Engine.Tensors;

namespace Bonito.Benchmarks;

/// <summary>
/// Linear layers with packed weights of each format, by rows of activations: operations (two for a multiply-add) against the
/// fused multiply-add peak, and weights read against the read bandwidth. The weights are many layers, so that no cache holds them.
/// </summary>
static unsafe class LinearBenchmark
{
    const int Outputs = 5632, Inputs = 2048, Rounds = 7;
    const long Weights = 200_000_000;

    static readonly int[] Rows = [1, 2, 4, 8, 16, 32, 128, 512];

    public static void Run(string[] formats)
    {
        using WorkerPool pool = new();
        using Gemm gemm = new(pool);
        using QuantizedGemm quantized = new(pool);
        using NativeBuffer memory = new(1 << 28);
        new Span<float>(memory.Data, 1 << 28).Fill(1);
        Console.WriteLine($"{pool.Threads} threads, {gemm.Kernel} kernels, [{Outputs}, {Inputs}] weights; medians of {Rounds}");
        Console.WriteLine("| weights | rows | G operations/s | % of FMA peak | GB/s | % of bandwidth |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (DType type in Enum.GetValues<DType>().Except([DType.NF4]))
            if (formats.Length == 0 || formats.Contains(type.ToString())) Measure(pool, gemm, quantized, memory, type);
    }

    static void Measure(WorkerPool pool, Gemm gemm, QuantizedGemm quantized, NativeBuffer memory, DType type)
    {
        int layers = (int)Math.Min(16, Math.Max(2, Weights / ((long)Outputs * Inputs)));
        using NativeBuffer stored = RandomWeights.Make(type, Outputs, Inputs, 1);
        PackedMatrix[] packed = [.. Enumerable.Range(0, layers).Select(_ => PackedMatrix.Pack(pool, gemm.Kernel, new StoredMatrix(type, (byte*)stored.Data, Outputs, Inputs)))];
        using NativeBuffer x = RandomWeights.Make(DType.F32, Rows[^1], Inputs, 2), y = new((long)Rows[^1] * Outputs);
        Machine machine = new(pool, memory);
        Timings[] timings = [.. Rows.Select(_ => new Timings())];
        for (int round = 0; round <= Rounds; round++)
            for (int r = 0; r < Rows.Length; r++)
            {
                int m = Rows[r], count = m >= 128 ? 4 : layers;
                Timing timing = machine.Time(() =>
                {
                    long start = Stopwatch.GetTimestamp();
                    for (int i = 0; i < count; i++)
                        if (type.IsQuantized()) quantized.Multiply(x.Data, m, new PackedTargets(packed[i], y.Data));
                        else gemm.MultiplyPacked(new Operand(x.Data, Inputs), m, new PackedTargets(packed[i], y.Data));
                    return Stopwatch.GetElapsedTime(start).TotalSeconds / count;
                });
                if (round > 0) timings[r].Add(timing);
            }
        for (int r = 0; r < Rows.Length; r++)
        {
            (double operations, double ofPeak, double peak) = timings[r].Operations(2.0 * Rows[r] * Outputs * Inputs);
            (double read, double ofBandwidth, double bandwidth) = timings[r].Bytes(Outputs * type.RowBytes(Inputs));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {type} | {Rows[r]} | {operations:F0} | {ofPeak:P0} of {peak:F0} | {read:F1} | {ofBandwidth:P0} of {bandwidth:F1} |"));
        }
        foreach (PackedMatrix p in packed) p.Dispose();
    }
}
