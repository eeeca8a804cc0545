using System.Globalization;

namespace Bonito.Cli;

/// <summary>How numbers are shown to people.</summary>
static class Figures
{
    /// <summary>Rounded, thousands apart.</summary>
    public static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"1 task", "2 tasks".</summary>
    public static string Count(int number, string thing) => $"{Number(number)} {thing}{(number == 1 ? "" : "s")}";

    /// <summary>"512 B", "1.5 MB", "14.5 GB"; powers of 1000.</summary>
    public static string Bytes(double number)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        int unit = 0;
        for (; number >= 999.5 && unit < units.Length - 1; unit++) number /= 1000;
        return $"{number.ToString(unit == 0 ? "F0" : "F1", CultureInfo.InvariantCulture)} {units[unit]}";
    }

    /// <summary>"0.15 GiB", "26.98 GiB"; for memory, of which parts are to add up.</summary>
    public static string Gibibytes(long bytes) => (bytes / (double)(1L << 30)).ToString("N2", CultureInfo.InvariantCulture) + " GiB";

    /// <summary>Below a minute "12.3 s", then "1:23" and "1:02:03".</summary>
    public static string Duration(double seconds)
    {
        if (seconds < 60) return string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} s");
        long whole = (long)seconds;
        return whole < 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{whole / 60}:{whole % 60:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{whole / 3600}:{whole / 60 % 60:00}:{whole % 60:00}");
    }
}
