namespace Bonito.Engine.Models;

/// <summary>
/// Consecutive tokens of one sequence inside a batch: rows <see cref="FirstRow"/> to <see cref="FirstRow"/> + <see cref="Count"/> - 1,
/// at positions <see cref="Past"/>, <see cref="Past"/> + 1, ... Their predecessors are in the cache.
/// </summary>
/// <param name="Slot">The sequence's place in the <see cref="KvCache"/>.</param>
public readonly record struct Segment(int FirstRow, int Count, int Past, int Slot);

/// <summary>
/// Tokens of several sequences, one after another without padding: prompts, single next tokens, or the examples of a training
/// step. Attention does not cross segments.
/// </summary>
public sealed class TokenBatch
{
    readonly List<int> ids = [];
    readonly List<int> positions = [];
    readonly List<Segment> segments = [];

    /// <summary>Number of tokens, M.</summary>
    public int Rows => ids.Count;

    public ReadOnlySpan<int> Ids => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids);

    /// <summary>Position of each token in its sequence, from 0.</summary>
    public ReadOnlySpan<int> Positions => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(positions);

    public ReadOnlySpan<Segment> Segments => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(segments);

    /// <summary>Adds the next tokens of a sequence.</summary>
    /// <param name="slot">Its place in the cache; at most one segment of a batch may use it.</param>
    /// <param name="past">Tokens of it that the cache holds already.</param>
    public void Add(int slot, int past, ReadOnlySpan<int> tokens)
    {
        segments.Add(new Segment(ids.Count, tokens.Length, past, slot));
        for (int i = 0; i < tokens.Length; i++)
        {
            ids.Add(tokens[i]);
            positions.Add(past + i);
        }
    }

    public void Clear()
    {
        ids.Clear();
        positions.Clear();
        segments.Clear();
    }
}
