using System.Globalization;

namespace Bonito.Adaptation.Reports;

/// <summary>How the report shows numbers.</summary>
static class Figures
{
    /// <summary>Rounded, thousands apart.</summary>
    public static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"950", "12.3 k", "4.56 M", "1.23 G": three digits.</summary>
    public static string Compact(double value) => Scaled(value, ["", " k", " M", " G", " T"]);

    /// <summary>"950 B", "12.3 kB", "4.56 GB"; powers of 1000.</summary>
    public static string Bytes(double value) => Scaled(value, [" B", " kB", " MB", " GB", " TB"]);

    /// <summary>Four significant digits, for a loss or a perplexity.</summary>
    public static string Value(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    /// <summary>"12 s", "1 min 23 s", "1 h 02 min", "3 d 04 h".</summary>
    public static string Duration(double seconds)
    {
        long whole = (long)Math.Round(seconds);
        return whole switch
        {
            < 60 => $"{whole} s",
            < 3600 => $"{whole / 60} min {whole % 60:00} s",
            < 86400 => $"{whole / 3600} h {whole / 60 % 60:00} min",
            _ => $"{whole / 86400} d {whole / 3600 % 24:00} h",
        };
    }

    static string Scaled(double value, string[] units)
    {
        int unit = 0;
        for (; value >= 999.5 && unit < units.Length - 1; unit++) value /= 1000;
        string format = unit == 0 || value >= 99.95 ? "F0" : value >= 9.995 ? "F1" : "F2";
        return value.ToString(format, CultureInfo.InvariantCulture) + units[unit];
    }
}
