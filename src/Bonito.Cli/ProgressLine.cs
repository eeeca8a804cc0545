using System.Diagnostics;

namespace Bonito.Cli;

/// <summary>
/// One line on standard error that is rewritten in place on a terminal. Where there is none, lines to keep are printed, and one a minute
/// besides, so that a log shows that something goes on.
/// </summary>
sealed class ProgressLine(bool enabled) : IDisposable
{
    static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    readonly bool terminal = enabled && !Console.IsErrorRedirected;
    int shown;
    long printed = Stopwatch.GetTimestamp();

    /// <param name="keep">Leave the line standing and start a new one.</param>
    public void Show(string text, bool keep = false)
    {
        if (!enabled) return;
        if (!terminal)
        {
            if (!keep && Stopwatch.GetElapsedTime(printed) < Pace) return;
            Console.Error.WriteLine(text);
            printed = Stopwatch.GetTimestamp();
            return;
        }
        int width = Math.Max(20, Console.WindowWidth - 1);
        string cut = text.Length > width ? text[..width] : text;
        Console.Error.Write("\r" + cut.PadRight(shown));
        shown = cut.Length;
        if (!keep) return;
        Console.Error.WriteLine();
        shown = 0;
    }

    public void Clear()
    {
        if (terminal && shown > 0) Console.Error.Write("\r" + new string(' ', shown) + "\r");
        shown = 0;
    }

    public void Dispose() => Clear();
}
