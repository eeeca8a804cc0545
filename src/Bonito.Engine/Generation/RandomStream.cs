namespace Bonito.Engine.Generation;

/// <summary>
/// Random numbers by <see cref="SplitMix64"/>. They start where seed, key and sample number, mixed one after another, lead to: the stream
/// of a sample depends on these three and nothing else.
/// </summary>
public struct RandomStream
{
    ulong state;

    public RandomStream(int seed, string key, int sample)
    {
        Absorb((uint)seed);
        foreach (char c in key) Absorb(c);
        Absorb((uint)sample);
    }

    public ulong Next() => SplitMix64.Mix(state += SplitMix64.GoldenRatio);

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    void Absorb(ulong value) => state = SplitMix64.Mix((state + SplitMix64.GoldenRatio) ^ value);
}
