using Bonito.Engine.Tensors;

namespace Bonito.Benchmarks;

/// <summary>
/// Times of one thing, each beside the limits of the machine measured just before it: on a host that is shared with others, clock and
/// memory change by a third from minute to minute, and only what was measured side by side can be compared.
/// </summary>
sealed class Timings
{
    readonly List<(double Seconds, double Peak, double Bandwidth)> times = [];

    /// <summary>Measures the limits, then the action.</summary>
    /// <param name="keep">False for a round that compiles and packs.</param>
    public void Add(WorkerPool pool, NativeBuffer memory, bool keep, Func<double> seconds)
    {
        double peak = Limits.FmaPeak(pool), bandwidth = Limits.ReadBandwidth(pool, memory), time = seconds();
        if (keep) times.Add((time, peak, bandwidth));
    }

    public double Seconds => Median(t => t.Seconds);

    /// <summary>Operations as G a second, and as a share of the fused multiply-add peak.</summary>
    public (double Rate, double Share, double Limit) Operations(double operations) =>
        (operations / Seconds * 1e-9, Median(t => operations / t.Seconds * 1e-9 / t.Peak), Median(t => t.Peak));

    /// <summary>Bytes as GB a second, and as a share of the read bandwidth.</summary>
    public (double Rate, double Share, double Limit) Bytes(double bytes) =>
        (bytes / Seconds * 1e-9, Median(t => bytes / t.Seconds * 1e-9 / t.Bandwidth), Median(t => t.Bandwidth));

    double Median(Func<(double Seconds, double Peak, double Bandwidth), double> value)
    {
        double[] sorted = [.. times.Select(value).Order()];
        return sorted[sorted.Length / 2];
    }
}
