using Bonito.Adaptation.Reports;
using FsCheck;
using FsCheck.Fluent;

namespace Bonito.Tests.Adaptation.Reports;

public sealed class CurveTests
{
    [Fact]
    public void Thinning_keeps_the_lowest_and_the_highest_point_of_every_stretch_and_both_ends()
    {
        const int Stretches = 20;
        Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat[]>(), ArbMap.Default.ArbFor<PositiveInt>(), (values, gap) =>
        {
            CurvePoint[] points = [.. Enumerable.Range(0, 50 + values.Length * 7).Select(i => new CurvePoint(1 + i * (1 + gap.Get % 9), values.Length == 0 ? i % 13 : values[i % values.Length].Get + i % 5))];
            IReadOnlyList<CurvePoint> thin = Curve.Thin(points, Stretches);
            Assert.Equal(points[0], thin[0]);
            Assert.Equal(points[^1], thin[^1]);
            Assert.True(thin.Count <= 2 * Stretches + 2);
            Assert.Equal(thin.Select(p => p.Step).Order().Distinct(), thin.Select(p => p.Step));
            Assert.Subset(points.ToHashSet(), thin.ToHashSet());
            long length = points[^1].Step - points[0].Step + 1;
            foreach (IGrouping<long, CurvePoint> stretch in points.GroupBy(p => (long)(p.Step - points[0].Step) * Stretches / length))
            {
                double[] left = [.. thin.Where(p => (long)(p.Step - points[0].Step) * Stretches / length == stretch.Key).Select(p => p.Value)];
                Assert.Equal((stretch.Min(p => p.Value), stretch.Max(p => p.Value)), (left.Min(), left.Max()));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_single_spike_among_a_hundred_thousand_steps_is_kept()
    {
        CurvePoint[] points = [.. Enumerable.Range(1, 100_000).Select(step => new CurvePoint(step, step == 61_237 ? 9e3 : step == 61_239 ? -9e3 : 1))];
        IReadOnlyList<CurvePoint> thin = Curve.Thin(points, 400);
        Assert.Contains(points[61_236], thin);
        Assert.Contains(points[61_238], thin);
    }

    [Fact]
    public void Few_points_are_left_as_they_are()
    {
        CurvePoint[] points = [new(3, 1), new(4, 2), new(90_000, 1)];
        Assert.Same(points, Curve.Thin(points, 2));
        Assert.Empty(Curve.Thin([], 400));
        Assert.Null(Curve.Of([], 400));
    }

    [Fact]
    public void Values_have_five_significant_digits()
    {
        Curve curve = Curve.Of([new(1, 1.23456789), new(2, -0.000123456789), new(3, 123456789), new(4, 0)], 400)!;
        Assert.Equal([1.2346, -0.00012346, 123460000, 0], curve.Values);
        Assert.Equal([1, 2, 3, 4], curve.Steps);
    }

    [Fact]
    public void Smoothing_takes_as_many_points_before_as_behind_and_does_not_lag()
    {
        CurvePoint[] line = [.. Enumerable.Range(0, 50).Select(i => new CurvePoint(i + 1, 100 - 2 * i))];
        IReadOnlyList<CurvePoint> smooth = Curve.Smooth(line, 11);
        // On a straight line the mean around a point is the point, but for the last five, behind which points are missing.
        Assert.Equal(line[..45], smooth.Take(45));
        Assert.Equal((line[44..].Average(p => p.Value), 50), (smooth[^1].Value, smooth[^1].Step));
    }
}
