using System.Numerics;

namespace Bonito.Engine.Generation.Constraints;

/// <summary>A set of token ids, a bit for each.</summary>
/// <param name="vocabulary">Ids are below it.</param>
sealed class TokenMask(int vocabulary)
{
    const int Bits = 64;

    readonly ulong[] words = new ulong[(vocabulary + Bits - 1) / Bits];

    public bool IsEmpty => !words.AsSpan().ContainsAnyExcept(0UL);

    public bool Contains(int id) => (words[id / Bits] >> id % Bits & 1) != 0;

    public void Add(int id) => words[id / Bits] |= 1UL << id % Bits;

    public void Clear() => words.AsSpan().Clear();

    public void CopyFrom(TokenMask other) => other.words.CopyTo(words, 0);

    /// <summary>Makes all others impossible.</summary>
    /// <param name="logits">[vocabulary]</param>
    public void Apply(Span<float> logits)
    {
        for (int word = 0; word < words.Length; word++)
        {
            ulong excluded = ~words[word];
            if (excluded == 0) continue;
            Span<float> part = logits[(word * Bits)..Math.Min(logits.Length, (word + 1) * Bits)];
            if (excluded == ulong.MaxValue)
            {
                part.Fill(float.NegativeInfinity);
                continue;
            }
            for (; excluded != 0; excluded &= excluded - 1)
            {
                int bit = BitOperations.TrailingZeroCount(excluded);
                if (bit >= part.Length) break;
                part[bit] = float.NegativeInfinity;
            }
        }
    }
}
