using System.Diagnostics;
using System.Globalization;
using Bonito.Engine.Kernels;
using Bonito.Engine.Tensors;

namespace Bonito.Benchmarks;

/// <summary>
/// What a training step does besides products, on tensors that no cache holds: bytes that must be read and written, a second, as a share of what
/// a loop that reads, or reads and writes back, reaches just before. Medians of rounds.
/// </summary>
static unsafe class OptimizerBenchmark
{
    const int Rounds = 9;

    public static void Run()
    {
        using WorkerPool pool = new();
        using NativeBuffer memory = new(1 << 26);
        Console.WriteLine($"{pool.Threads} threads; medians of {Rounds}");
        Console.WriteLine("| what | values | ms | GB/s | % of bandwidth |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (int count in (int[])[7_000_000, 160_000_000]) Optimizer(pool, memory, count);
        foreach ((int rows, int width) in ((int, int)[])[(32768, 256), (8192, 2048)]) Norm(pool, memory, rows, width);
        foreach ((int rows, int vocabulary) in ((int, int)[])[(4096, 8192), (1024, 32000)]) Loss(pool, memory, rows, vocabulary);
    }

    static void Optimizer(WorkerPool pool, NativeBuffer memory, int count)
    {
        AdamWStep step = new(1e-4f, 0.9f, 0.95f, 1e-8f, 0.1f, 0.5f, 0.3f, 0.9f);
        int blocks = (count + AdamWUpdate8.Block - 1) / AdamWUpdate8.Block;
        using NativeBuffer gradient = Filled(count), weight = Filled(count);
        double[] sums = new double[SquaredNorm.Pieces(count)];
        Measure(pool, memory, "squared norm of the gradient", count, 4, writes: false, () => SquaredNorm.Of(pool, gradient.Data, count, sums));
        using (NativeBuffer m = new(count), v = new(count))
            Measure(pool, memory, "AdamW, moments of 32 bits", count, 28, writes: true, () => AdamWUpdate.Apply(pool, gradient.Data, count, step, weight.Data, m.Data, v.Data));
        using (NativeBuffer m = new(blocks * 64L), v = new(blocks * 64L), maxima = new(2L * blocks))
            Measure(pool, memory, "AdamW, moments of 8 bits", count, 16, writes: true, () => AdamWUpdate8.Apply(pool, gradient.Data, count, step, weight.Data, (byte*)m.Data, maxima.Data, (byte*)v.Data, maxima.Data + blocks));
    }

    static void Norm(WorkerPool pool, NativeBuffer memory, int rows, int width)
    {
        long count = (long)rows * width;
        using NativeBuffer x = Filled(count), y = new(count), dx = new(count), weight = Filled(width), dw = new(width), inverse = new(rows);
        string size = string.Create(CultureInfo.InvariantCulture, $"[{rows}, {width}]");
        Measure(pool, memory, $"RMS norm {size}", count, 8, writes: true, () => RmsNorm.Forward(pool, x.Data, weight.Data, rows, width, 1e-5f, y.Data, inverse.Data));
        Measure(pool, memory, $"RMS norm backward {size}", count, 16, writes: true, () => RmsNorm.Backward(pool, x.Data, weight.Data, inverse.Data, y.Data, rows, width, dx.Data, dw.Data));
    }

    static void Loss(WorkerPool pool, NativeBuffer memory, int rows, int vocabulary)
    {
        using NativeBuffer logits = Filled((long)rows * vocabulary), weights = Filled(rows), losses = new(rows);
        new Span<float>(weights.Data, rows).Fill(1);
        int[] targets = [.. Enumerable.Range(0, rows).Select(i => i * 7 % vocabulary)];
        fixed (int* pinned = targets)
        {
            int* target = pinned;
            Measure(pool, memory, $"cross-entropy and gradient [{rows}, {vocabulary}]", (long)rows * vocabulary, 8, writes: true,
                () => CrossEntropy.Run(pool, logits.Data, target, weights.Data, rows, vocabulary, 1e-3f, true, losses.Data));
        }
    }

    /// <param name="bytes">That a value must be read and written at least.</param>
    static void Measure(WorkerPool pool, NativeBuffer memory, string what, long count, int bytes, bool writes, Action action)
    {
        Timings timings = new();
        for (int round = 0; round <= Rounds; round++)
        {
            double limit = writes ? Limits.UpdateBandwidth(pool, memory) : Limits.ReadBandwidth(pool, memory);
            long start = Stopwatch.GetTimestamp();
            action();
            // The first round compiles the kernel.
            if (round > 0) timings.Add(new Timing(1, limit, Stopwatch.GetElapsedTime(start).TotalSeconds));
        }
        (double rate, double share, double bandwidth) = timings.Bytes((double)count * bytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {count / 1e6:F1}M | {timings.Seconds * 1e3:F1} | {rate:F1} | {share:P0} of {bandwidth:F1} |"));
    }

    static NativeBuffer Filled(long count)
    {
        NativeBuffer buffer = new(count);
        Random random = new(1);
        for (long i = 0; i < count; i++) buffer.Data[i] = i < 1 << 20 ? random.NextSingle() - 0.5f : buffer.Data[i - (1 << 20)];
        return buffer;
    }
}
