namespace Bonito.Engine.Tests.Kernels;

/// <summary>Comparisons of whole tensors that name the first element that differs.</summary>
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
        for (int i = 0; i < expected.Length; i++)
            if (!(Math.Abs(actual[i] - expected[i]) <= absolute + relative * Math.Abs(expected[i])))
                Assert.Fail($"{what}: value {i} of {expected.Length} is {actual[i]:R}, expected {expected[i]:R} within {absolute} + {relative} of it");
    }

    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double absolute, double relative, string what)
    {
        double[] wide = new double[expected.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = expected[i];
        Close(wide, actual, absolute, relative, what);
    }
}
