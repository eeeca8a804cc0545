using System.Runtime.CompilerServices;

namespace Bonito.Engine.Models;

/// <summary>A few token ids, compared by value.</summary>
[CollectionBuilder(typeof(TokenIds), nameof(Create))]
public readonly struct TokenIds : IEquatable<TokenIds>
{
    readonly int[]? ids;

    TokenIds(int[] ids) => this.ids = ids;

    public ReadOnlySpan<int> Ids => ids;

    /// <summary>The first of them; null where there is none.</summary>
    public int? First => ids is [int first, ..] ? first : null;

    public static TokenIds Create(ReadOnlySpan<int> ids) => new(ids.ToArray());

    public static bool operator ==(TokenIds a, TokenIds b) => a.Equals(b);

    public static bool operator !=(TokenIds a, TokenIds b) => !a.Equals(b);

    public bool Contains(int token) => Ids.Contains(token);

    public ReadOnlySpan<int>.Enumerator GetEnumerator() => Ids.GetEnumerator();

    public bool Equals(TokenIds other) => Ids.SequenceEqual(other.Ids);

    public override bool Equals(object? obj) => obj is TokenIds other && Equals(other);

    public override int GetHashCode()
    {
        HashCode hash = new();
        foreach (int id in Ids) hash.Add(id);
        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", ids ?? [])}]";
}
