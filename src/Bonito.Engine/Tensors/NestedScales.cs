namespace Bonito.Engine.Tensors;

/// <summary>
/// Scales of blocks of values, stored in 8 bits themselves: scale b is Map[Codes[b]] * Maxima[b / <see cref="Group"/>] + Mean, rounded
/// after each of the two operations. It is a view: whoever owns the matrix owns the memory.
/// </summary>
/// <param name="map">The 256 numbers from -1 to 1 that the codes stand for.</param>
/// <param name="codes">One for each block.</param>
/// <param name="maxima">One for each group of blocks: the largest magnitude of their scales less the mean.</param>
/// <param name="mean">Of all scales.</param>
public readonly unsafe struct NestedScales(float* map, byte* codes, float* maxima, float mean)
{
    /// <summary>Scales of one maximum.</summary>
    public const int Group = 256;

    public float* Map { get; } = map;

    public byte* Codes { get; } = codes;

    public float* Maxima { get; } = maxima;

    public float Mean { get; } = mean;

    public float this[long block] => Map[Codes[block]] * Maxima[block / Group] + Mean;
}
