namespace Bonito.Engine;

/// <summary>SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): a counter and a mixer of its bits.</summary>
static class SplitMix64
{
    /// <summary>What the counter advances by: 2^64 divided by the golden ratio, made odd.</summary>
    public const ulong GoldenRatio = 0x9E3779B97F4A7C15;

    /// <summary>The number that stands at a counter: neighbouring counters give unlike numbers.</summary>
    public static ulong Mix(ulong counter)
    {
        unchecked
        {
            counter = (counter ^ (counter >> 30)) * 0xBF58476D1CE4E5B9;
            counter = (counter ^ (counter >> 27)) * 0x94D049BB133111EB;
            return counter ^ (counter >> 31);
        }
    }

    /// <summary>The number after a counter; unlike that of <see cref="Mix"/>, it is not zero for zero.</summary>
    public static ulong Next(ulong counter) => Mix(unchecked(counter + GoldenRatio));
}
