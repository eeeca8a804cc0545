namespace Bonito.Engine.Tokenizers;

/// <summary>Two neighbouring tokens of a word, by id.</summary>
internal readonly record struct Pair(int Left, int Right) : IComparable<Pair>
{
    public int CompareTo(Pair other) => Left != other.Left ? Left.CompareTo(other.Left) : Right.CompareTo(other.Right);

    // Spread over all bits: ids are small, and the generated hash code would crowd them into few buckets.
    public override int GetHashCode() => (int)((((ulong)(uint)Left << 32) | (uint)Right) * 0x9E3779B97F4A7C15 >> 32);
}
