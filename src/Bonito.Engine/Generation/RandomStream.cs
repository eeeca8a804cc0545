namespace Bonito.Engine.Generation;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, 2014): a counter that advances by the golden ratio, and a mixer. It starts where seed, key
/// and sample number, mixed one after another, lead to: the stream of a sample depends on these three and nothing else.
/// </summary>
public struct RandomStream
{
    const ulong GoldenRatio = 0x9E3779B97F4A7C15;

    ulong state;

    public RandomStream(int seed, string key, int sample)
    {
        Absorb((uint)seed);
        foreach (char c in key) Absorb(c);
        Absorb((uint)sample);
    }

    public ulong Next() => Mix(state += GoldenRatio);

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    void Absorb(ulong value) => state = Mix((state + GoldenRatio) ^ value);

    static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
