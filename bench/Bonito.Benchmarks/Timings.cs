using Bonito.Engine.Tensors;

namespace Bonito.Benchmarks;

/// <summary>The limits of the machine, measured again beside everything that is compared with them.</summary>
/// <param name="memory">Much larger than the last-level cache.</param>
sealed class Machine(WorkerPool pool, NativeBuffer memory)
{
    // On a host that is shared, a neighbour can halve the clock for minutes. A time taken then says nothing of the code.
    const double Whole = 0.9;
    const int Attempts = 8;

    double bestPeak, bestBandwidth;

    /// <summary>Measures the limits and then the action, again while the limits are a tenth below the best that was seen.</summary>
    public Timing Time(Func<double> seconds)
    {
        for (int attempt = 1; ; attempt++)
        {
            Timing timing = new(Limits.FmaPeak(pool), Limits.ReadBandwidth(pool, memory), seconds());
            bestPeak = Math.Max(bestPeak, timing.Peak);
            bestBandwidth = Math.Max(bestBandwidth, timing.Bandwidth);
            if (attempt == Attempts || (timing.Peak >= Whole * bestPeak && timing.Bandwidth >= Whole * bestBandwidth)) return timing;
        }
    }
}

/// <param name="Peak">Fused multiply-adds, GFLOPS.</param>
/// <param name="Bandwidth">GB/s.</param>
/// <param name="Seconds">Of what was measured beside them.</param>
readonly record struct Timing(double Peak, double Bandwidth, double Seconds);

/// <summary>Timings of one thing. Medians: of its speed, of the limit, and of the one over the other.</summary>
sealed class Timings
{
    readonly List<Timing> timings = [];

    public double Seconds => Median(t => t.Seconds);

    public void Add(Timing timing) => timings.Add(timing);

    /// <summary>Operations as G a second, and as a share of the fused multiply-add peak.</summary>
    public (double Rate, double Share, double Limit) Operations(double operations) =>
        (operations / Seconds * 1e-9, Median(t => operations / t.Seconds * 1e-9 / t.Peak), Median(t => t.Peak));

    /// <summary>Bytes as GB a second, and as a share of the read bandwidth.</summary>
    public (double Rate, double Share, double Limit) Bytes(double bytes) =>
        (bytes / Seconds * 1e-9, Median(t => bytes / t.Seconds * 1e-9 / t.Bandwidth), Median(t => t.Bandwidth));

    double Median(Func<Timing, double> value)
    {
        double[] sorted = [.. timings.Select(value).Order()];
        return sorted[sorted.Length / 2];
    }
}
