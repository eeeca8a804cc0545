using System.Globalization;
using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Syntax;

namespace Bonito.Templates.Jinja.Values;

/// <summary>Arithmetic with Python's rules on 64-bit whole numbers and doubles; true and false count as 1 and 0.</summary>
internal static class Numbers
{
    /// <summary>The value as a whole number, for indices and counts; floats are refused, as in Python.</summary>
    /// <param name="what">What the number is, for the failure.</param>
    public static long Integer(object? value, string what) => value switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        Undefined undefined => throw undefined.Failure(),
        _ => throw new RenderFailure($"{what} must be a whole number, got a {Kind.Of(value)}."),
    };

    /// <summary>As <see cref="Integer"/>, cut to what fits an int.</summary>
    public static int Size(object? value, string what) => (int)Math.Clamp(Integer(value, what), int.MinValue, int.MaxValue);

    public static object Arithmetic(ArithmeticOperator op, object left, object right)
    {
        if (left is double || right is double) return OnDoubles(op, Double(left), Double(right));
        long a = Integer(left, ""), b = Integer(right, "");
        switch (op)
        {
            case ArithmeticOperator.Add: return Narrow((Int128)a + b);
            case ArithmeticOperator.Subtract: return Narrow((Int128)a - b);
            case ArithmeticOperator.Multiply: return Narrow((Int128)a * b);
            case ArithmeticOperator.Divide: return b == 0 ? throw DivisionByZero() : Quotient(a, b);
            case ArithmeticOperator.FloorDivide: return b == 0 ? throw DivisionByZero() : Narrow(FloorDivide(a, b));
            case ArithmeticOperator.Modulo: return b == 0 ? throw DivisionByZero() : (long)(a - FloorDivide(a, b) * b);
            default: return b < 0 ? OnDoubles(op, a, b) : (object)Power(a, b);
        }
    }

    static Int128 FloorDivide(Int128 a, Int128 b)
    {
        Int128 quotient = a / b;
        return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
    }

    // Two roundings to double would differ from the one rounding of Python for numbers that doubles cannot hold.
    static double Quotient(long a, long b)
    {
        const long exact = 1L << 53;
        return Int128.Abs(a) <= exact && Int128.Abs(b) <= exact
            ? (double)a / b
            : throw new RenderFailure($"{a} / {b}: division is exact for numbers up to 2**53 only; use // or smaller numbers.");
    }

    static double OnDoubles(ArithmeticOperator op, double a, double b)
    {
        switch (op)
        {
            case ArithmeticOperator.Add: return a + b;
            case ArithmeticOperator.Subtract: return a - b;
            case ArithmeticOperator.Multiply: return a * b;
            case ArithmeticOperator.Divide: return b == 0 ? throw DivisionByZero() : a / b;
            case ArithmeticOperator.FloorDivide: return b == 0 ? throw DivisionByZero() : DivideFully(a, b).Quotient;
            case ArithmeticOperator.Modulo: return b == 0 ? throw DivisionByZero() : DivideFully(a, b).Remainder;
            default:
                if (a == 0 && b < 0) throw new RenderFailure("0 cannot be raised to a negative power.");
                if (a < 0 && double.IsFinite(b) && b != Math.Floor(b)) throw new RenderFailure("a negative number to a fractional power is a complex number, which is not supported.");
                double power = Math.Pow(a, b);
                return double.IsInfinity(power) && double.IsFinite(a) && double.IsFinite(b) ? throw new RenderFailure("the power is too large for a float.") : power;
        }
    }

    // Python's division with remainder: the remainder has the divisor's sign, the quotient is whole.
    static (double Quotient, double Remainder) DivideFully(double a, double b)
    {
        double remainder = a % b, quotient = (a - remainder) / b;
        if (remainder != 0)
        {
            if (b < 0 != remainder < 0) (remainder, quotient) = (remainder + b, quotient - 1);
        }
        else remainder = Math.CopySign(0, b);
        if (quotient == 0) return (Math.CopySign(0, a / b), remainder);
        double floor = Math.Floor(quotient);
        return (quotient - floor > 0.5 ? floor + 1 : floor, remainder);
    }

    static long Power(long a, long b)
    {
        if (a is 0 or 1 || b == 0) return b == 0 ? 1L : a;
        if (a == -1) return b % 2 == 0 ? 1L : -1L;
        Int128 power = 1;
        for (long i = 0; i < b; i++) Narrow(power *= a);
        return (long)power;
    }

    public static object Negate(object value) => value is double number ? -number : (object)Narrow(-(Int128)Integer(value, "the operand of '-'"));

    public static double Double(object value) => value switch { double number => number, bool flag => flag ? 1 : 0, _ => (long)value };

    static long Narrow(Int128 value) => value >= long.MinValue && value <= long.MaxValue
        ? (long)value
        : throw new RenderFailure("the number does not fit 64 bits; larger whole numbers are not supported.");

    static RenderFailure DivisionByZero() => new("division by zero.");

    /// <summary>A double as a whole number, its fraction cut off.</summary>
    public static long Truncate(double value)
    {
        if (!double.IsFinite(value)) throw new RenderFailure($"{Print(value)} is no whole number.");
        return Narrow(Math.Abs(value) < 1e30 ? (Int128)Math.Truncate(value) : Int128.MaxValue);
    }

    /// <summary>The shortest digits that read back as the same number, as Python prints it.</summary>
    public static string Print(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        string sign = shortest[0] == '-' ? "-" : "";
        int mark = shortest.IndexOf('E', StringComparison.Ordinal);
        ReadOnlySpan<char> mantissa = shortest.AsSpan(sign.Length, (mark < 0 ? shortest.Length : mark) - sign.Length);
        int point = mantissa.IndexOf('.');
        string all = mantissa.ToString().Replace(".", "", StringComparison.Ordinal);
        string digits = all.TrimStart('0');
        // The power of ten of the first digit that is not zero.
        int exponent = (point < 0 ? mantissa.Length : point) - 1 - (all.Length - digits.Length)
            + (mark < 0 ? 0 : int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        digits = digits.TrimEnd('0');
        if (digits.Length == 0) return sign + "0.0";
        if (exponent is < -4 or >= 16)
        {
            string fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        if (digits.Length <= exponent + 1) return $"{sign}{digits.PadRight(exponent + 1, '0')}.0";
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
