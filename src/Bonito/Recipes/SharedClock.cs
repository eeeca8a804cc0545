using System.Diagnostics;

namespace Bonito.Recipes;

/// <summary>
/// Splits the time that passes evenly between the tasks in flight, so that the seconds of all tasks add up to the time in which
/// there were any.
/// </summary>
/// <param name="now">The time, in seconds; null takes the system's.</param>
sealed class SharedClock(Func<double>? now = null)
{
    readonly Func<double> now = now ?? (() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);
    double last;
    double share;
    int inFlight;

    /// <summary>Tasks begin.</summary>
    /// <returns>What <see cref="Leave"/> wants to know when they end.</returns>
    public double Enter(int tasks)
    {
        Advance();
        inFlight += tasks;
        return share;
    }

    /// <summary>A task ends: its seconds.</summary>
    public double Leave(double entered)
    {
        Advance();
        inFlight--;
        return share - entered;
    }

    void Advance()
    {
        double time = now();
        if (inFlight > 0) share += (time - last) / inFlight;
        last = time;
    }
}
