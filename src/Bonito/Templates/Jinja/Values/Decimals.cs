using System.Globalization;
using System.Numerics;

namespace Bonito.Templates.Jinja.Values;

/// <summary>Doubles rounded at a decimal place, exactly: halves go to the even digit, and what only looks like a half does not.</summary>
internal static class Decimals
{
    /// <summary>Python's <c>round</c> of a float.</summary>
    public static double Round(double value, long places)
    {
        if (!double.IsFinite(value) || places > 330) return value;
        if (places < -310) return Math.CopySign(0, value);
        BigInteger scaled = Scaled(Math.Abs(value), (int)places);
        double rounded = double.Parse($"{scaled}E{-places}", CultureInfo.InvariantCulture);
        return double.IsInfinity(rounded)
            ? throw new Rendering.RenderFailure("the rounded number is too large for a float.")
            : Math.CopySign(rounded, value);
    }

    /// <summary>Python's <c>round</c> of a whole number.</summary>
    public static long Round(long value, long places)
    {
        if (places >= 0) return value;
        if (places < -19) return 0;
        BigInteger unit = BigInteger.Pow(10, (int)-places), rounded = DivideToEven(BigInteger.Abs(value), unit) * unit * Math.Sign(value);
        return rounded >= long.MinValue && rounded <= long.MaxValue ? (long)rounded : throw new Rendering.RenderFailure("the rounded number does not fit 64 bits.");
    }

    /// <summary>The digits of <paramref name="value"/> times ten to the power of <paramref name="places"/>, rounded.</summary>
    /// <param name="value">Finite, not negative.</param>
    public static BigInteger Scaled(double value, int places)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52 & 0x7ff);
        long fraction = bits & 0xfffffffffffff;
        BigInteger numerator = exponent == 0 ? fraction : fraction | 1L << 52, denominator = 1;
        int power = Math.Max(exponent, 1) - 1075;
        if (power > 0) numerator <<= power;
        else denominator <<= -power;
        if (places > 0) numerator *= BigInteger.Pow(10, places);
        else denominator *= BigInteger.Pow(10, -places);
        return DivideToEven(numerator, denominator);
    }

    static BigInteger DivideToEven(BigInteger numerator, BigInteger denominator)
    {
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        int half = (remainder * 2).CompareTo(denominator);
        return half > 0 || half == 0 && !quotient.IsEven ? quotient + 1 : quotient;
    }

    /// <summary>With a fixed number of decimal places, as <c>%.2f</c>.</summary>
    /// <param name="value">Finite, not negative.</param>
    public static string Fixed(double value, int places)
    {
        string digits = Scaled(value, places).ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
        return places == 0 ? digits : $"{digits[..^places]}.{digits[^places..]}";
    }

    /// <summary>The first digits and the power of ten of the first: what <c>%e</c> prints.</summary>
    /// <param name="value">Finite, not negative.</param>
    /// <param name="count">At least 1.</param>
    public static (string Digits, int Exponent) Significant(double value, int count)
    {
        if (value == 0) return (new string('0', count), 0);
        int exponent = (int)Math.Floor(Math.Log10(value));
        string digits = "";
        // The logarithm can be off by one, and rounding can add a digit.
        for (int attempt = 0; attempt < 3 && digits.Length != count; attempt++)
        {
            digits = Scaled(value, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
            if (digits.Length > count) exponent++;
            else if (digits.Length < count) exponent--;
        }
        return (digits, exponent);
    }
}
