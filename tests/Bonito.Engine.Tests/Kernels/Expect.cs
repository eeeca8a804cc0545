namespace Bonito.Engine.Tests.Kernels;

/// <summary>Comparisons of whole tensors that name an element that differs.</summary>
static class Expect
{
    /// <summary>Equal as bits: 0 and -0 differ, a NaN equals itself.</summary>
    public static void SameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {expected.Length} values expected, got {actual.Length}");
        for (int i = 0; i < expected.Length; i++)
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                Assert.Fail($"{what}: value {i} of {expected.Length} is {actual[i]:R}, expected {expected[i]:R}, bit for bit");
    }

    /// <summary>|actual - expected| at most absolute + relative * |expected| for every element; NaN is never close.</summary>
    public static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double absolute, double relative, string what)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {expected.Length} values expected, got {actual.Length}");
        int worst = -1;
        double excess = 1;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(actual[i] - expected[i]), ratio = difference / (absolute + relative * Math.Abs(expected[i]));
            // Written so that NaN counts as worse than anything.
            if (difference == 0 || ratio <= excess) continue;
            worst = i;
            excess = double.IsNaN(ratio) ? double.PositiveInfinity : ratio;
        }
        if (worst >= 0)
            Assert.Fail($"{what}: value {worst} of {expected.Length} is {actual[worst]:R}, expected {expected[worst]:R}; the difference is {excess:G3} times {absolute:G3} + {relative:G3} of it");
    }

    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double absolute, double relative, string what)
    {
        double[] wide = new double[expected.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = expected[i];
        Close(wide, actual, absolute, relative, what);
    }
}
