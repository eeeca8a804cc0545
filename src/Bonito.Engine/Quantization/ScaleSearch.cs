using System.Runtime.Intrinsics;

namespace Bonito.Engine.Quantization;

/// <summary>
/// Finds the scale with which small integers describe values best. The integers that belong to a scale follow by rounding, and the
/// best scale for given integers follows by least squares; a sweep over slightly stretched and shrunk ranges tries the roundings,
/// and each is then given its best scale. Sums are taken in a fixed order, so that every processor finds the same.
/// </summary>
internal static class ScaleSearch
{
    /// <summary>Ranges tried on either side of the plain one, a tenth of a step apart.</summary>
    private const int Sweep = 10;
    private const float SweepStep = 0.1f;

    /// <summary>
    /// The scale and the minimum (neither negative) of value = scale * q - minimum with q from 0 to <paramref name="top"/> that
    /// minimise the weighted squared error.
    /// </summary>
    /// <param name="values">A multiple of 8 values.</param>
    /// <param name="weights">What an error counts, for each value; positive where any value is not zero.</param>
    public static (float Scale, float Minimum) Affine(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, int top)
    {
        float lowest = 0, highest = 0;
        foreach (float value in values)
        {
            lowest = MathF.Min(lowest, value);
            highest = MathF.Max(highest, value);
        }
        if (lowest == highest) return (0, 0);

        // Where least squares has no answer, the plain range.
        (float Scale, float Minimum) best = ((highest - lowest) / top, -lowest);
        double bestGain = double.NegativeInfinity;
        for (int i = -Sweep; i <= Sweep; i++)
        {
            float inverse = (top + i * SweepStep) / (highest - lowest);
            Sums sums = Sum(values, weights, inverse, lowest, 0, top);
            (double scale, double offset) = Solve(sums);
            // By how much the squared error is less than that of describing every value as zero.
            double gain = scale * sums.XQ + offset * sums.X;
            if (!(scale > 0) || gain <= bestGain) continue;
            bestGain = gain;
            best = ((float)scale, (float)-offset);
        }
        return best;
    }

    /// <summary>
    /// The scale (of either sign) of value = scale * q with q from -<paramref name="middle"/> to <paramref name="middle"/> - 1 that
    /// minimises the squared error, where errors count by the square of the value.
    /// </summary>
    /// <param name="values">A multiple of 8 values.</param>
    public static float Symmetric(ReadOnlySpan<float> values, int middle)
    {
        float extreme = 0;
        foreach (float value in values)
            if (MathF.Abs(value) > MathF.Abs(extreme)) extreme = value;
        if (extreme == 0) return 0;

        // Scaled to at most 1, so that squares of squares stay in range.
        Span<float> scaled = stackalloc float[values.Length], weights = stackalloc float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            scaled[i] = values[i] / extreme;
            weights[i] = scaled[i] * scaled[i];
        }
        float best = 0;
        double bestGain = double.NegativeInfinity;
        for (int i = -Sweep; i <= Sweep; i++)
        {
            Sums sums = Sum(scaled, weights, -(middle + i * SweepStep), 0, -middle, middle - 1);
            double gain = sums.QQ > 0 ? sums.XQ * sums.XQ / sums.QQ : 0;
            if (gain <= bestGain) continue;
            bestGain = gain;
            best = (float)(sums.XQ / sums.QQ);
        }
        return best * extreme;
    }

    /// <summary>The least squares of x = scale * q + offset with an offset of at most 0.</summary>
    private static (double Scale, double Offset) Solve(Sums s)
    {
        double determinant = s.W * s.QQ - s.Q * s.Q;
        if (determinant > 0)
        {
            double offset = (s.QQ * s.X - s.Q * s.XQ) / determinant;
            if (offset <= 0) return ((s.W * s.XQ - s.X * s.Q) / determinant, offset);
        }
        return s.QQ > 0 ? (s.XQ / s.QQ, 0) : (0, 0);
    }

    /// <summary>Weighted sums over the values x and their integers q.</summary>
    private readonly record struct Sums(double W, double X, double Q, double QQ, double XQ);

    /// <summary>Sums with q = (x - lowest) * inverse, rounded and kept between two bounds.</summary>
    private static Sums Sum(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, float inverse, float lowest, int least, int most)
    {
        Vector256<float> w = default, wx = default, wq = default, wqq = default, wxq = default;
        Vector256<float> inverses = Vector256.Create(inverse), origin = Vector256.Create(lowest), bottom = Vector256.Create((float)least), top = Vector256.Create((float)most);
        for (int i = 0; i < values.Length; i += Vector256<float>.Count)
        {
            Vector256<float> x = Vector256.Create(values[i..]), weight = Vector256.Create(weights[i..]);
            Vector256<float> q = Vector256.Min(Vector256.Max(Vector256.Round((x - origin) * inverses), bottom), top);
            w += weight;
            wx += weight * x;
            Vector256<float> weighted = weight * q;
            wq += weighted;
            wqq += weighted * q;
            wxq += weighted * x;
        }
        return new Sums(Total(w), Total(wx), Total(wq), Total(wqq), Total(wxq));
    }

    private static double Total(Vector256<float> lanes)
    {
        Vector128<float> four = lanes.GetLower() + lanes.GetUpper();
        return (double)four[0] + four[1] + four[2] + four[3];
    }
}
