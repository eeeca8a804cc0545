using System.Globalization;

namespace Bonito.Adaptation.Reports;

/// <summary>A finite value at a step.</summary>
readonly record struct CurvePoint(int Step, double Value);

/// <summary>A curve as the page draws it: two lists of equal length, steps ascending.</summary>
sealed record Curve(IReadOnlyList<int> Steps, IReadOnlyList<double> Values)
{
    const int Digits = 5;

    /// <summary>Thinned to what a screen can show, with values of five significant digits; null without points.</summary>
    public static Curve? Of(IReadOnlyList<CurvePoint> points, int stretches)
    {
        IReadOnlyList<CurvePoint> kept = Thin(points, stretches);
        return kept.Count == 0 ? null : new Curve([.. kept.Select(p => p.Step)], [.. kept.Select(p => Rounded(p.Value))]);
    }

    /// <summary>
    /// Cuts the steps into stretches of equal length and keeps the lowest and the highest point of each, and the first and the
    /// last of all: a line through what is left covers the same pixels as one through everything.
    /// </summary>
    /// <param name="points">Steps ascending.</param>
    /// <param name="stretches">At most 2 points are left for each, and 2 more.</param>
    public static IReadOnlyList<CurvePoint> Thin(IReadOnlyList<CurvePoint> points, int stretches)
    {
        if (points.Count <= 2 * stretches) return points;
        long first = points[0].Step, length = points[^1].Step - first + 1;
        List<CurvePoint> kept = new(2 * stretches + 2) { points[0] };
        for (int start = 0; start < points.Count;)
        {
            long stretch = (points[start].Step - first) * stretches / length;
            int low = start, high = start, end = start;
            for (; end < points.Count && (points[end].Step - first) * stretches / length == stretch; end++)
            {
                if (points[end].Value < points[low].Value) low = end;
                if (points[end].Value > points[high].Value) high = end;
            }
            Keep(Math.Min(low, high));
            Keep(Math.Max(low, high));
            start = end;
        }
        Keep(points.Count - 1);
        return kept;

        void Keep(int index)
        {
            if (points[index].Step > kept[^1].Step) kept.Add(points[index]);
        }
    }

    /// <summary>
    /// The mean over the points around each: as many before it as behind it, so that a falling curve does not lag, but for the last
    /// ones, behind which there are no more.
    /// </summary>
    /// <param name="window">Points of a mean, 1 or more.</param>
    public static IReadOnlyList<CurvePoint> Smooth(IReadOnlyList<CurvePoint> points, int window)
    {
        double[] sums = new double[points.Count + 1];
        for (int i = 0; i < points.Count; i++) sums[i + 1] = sums[i] + points[i].Value;
        CurvePoint[] smooth = new CurvePoint[points.Count];
        for (int i = 0; i < smooth.Length; i++)
        {
            int reach = Math.Min(window / 2, i), start = i - reach, end = Math.Min(i + reach + 1, points.Count);
            smooth[i] = points[i] with { Value = (sums[end] - sums[start]) / (end - start) };
        }
        return smooth;
    }

    static double Rounded(double value) => double.Parse(value.ToString($"E{Digits - 1}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
