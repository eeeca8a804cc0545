using System.Runtime.Intrinsics;

namespace Bonito.Engine.Quantization;

/// <summary>What the formats share when they turn small integers into floats.</summary>
internal static class BlockVectors
{
    /// <summary>16 values: q * scale - minimum, with one rounding after each of the two operations.</summary>
    public static void Store(Vector128<sbyte> q, float scale, float minimum, Span<float> destination)
    {
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(q);
        Store(low, scale, minimum, destination[..8]);
        Store(high, scale, minimum, destination[8..16]);
    }

    /// <summary>32 values of one scale.</summary>
    public static void Store(Vector256<sbyte> q, float scale, float minimum, Span<float> destination)
    {
        Store(q.GetLower(), scale, minimum, destination[..16]);
        Store(q.GetUpper(), scale, minimum, destination[16..32]);
    }

    private static void Store(Vector128<short> q, float scale, float minimum, Span<float> destination)
    {
        (Vector128<int> low, Vector128<int> high) = Vector128.Widen(q);
        Vector128<float> scales = Vector128.Create(scale), minima = Vector128.Create(minimum);
        (Vector128.ConvertToSingle(low) * scales - minima).CopyTo(destination);
        (Vector128.ConvertToSingle(high) * scales - minima).CopyTo(destination[4..]);
    }
}
