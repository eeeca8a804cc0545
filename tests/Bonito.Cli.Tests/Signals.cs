using System.Diagnostics;
using System.Globalization;

namespace Bonito.Cli.Tests;

/// <summary>Sends signals to processes, as a terminal or a service manager does.</summary>
static class Signals
{
    public static void SkipWhereImpossible(string signal, int number)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        Assert.SkipWhen(IsIgnored(number), $"SIG{signal} is ignored by this process, so its children ignore it too");
    }

    public static void Send(Process process, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Whether this process ignores a signal (proc(5)): a shell that starts it in the background makes it so.</summary>
    static bool IsIgnored(int signal)
    {
        if (!OperatingSystem.IsLinux()) return false;
        string mask = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim();
        return (Convert.ToUInt64(mask, 16) >> (signal - 1) & 1) == 1;
    }
}
