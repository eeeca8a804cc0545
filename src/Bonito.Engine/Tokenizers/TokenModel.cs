using System.Runtime.InteropServices;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// One of the two ways to turn text into tokens and back: <see cref="ByteLevelModel"/> and <see cref="PieceModel"/>. Safe
/// to use from several threads.
/// </summary>
internal abstract class TokenModel
{
    private readonly WordCache cache = new();

    /// <summary>Whether decoded text loses the one space that it begins with, since encoding put it there.</summary>
    public abstract bool StripsLeadingSpace { get; }

    /// <summary>Appends the ids of text between added tokens.</summary>
    /// <param name="text">Normalised text, not empty.</param>
    /// <param name="first">Whether the whole text begins with it.</param>
    public abstract void Encode(ReadOnlySpan<char> text, bool first, List<int> destination);

    /// <summary>The bytes that a token of the vocabulary stands for in decoded text.</summary>
    public abstract byte[] BytesOf(string token);

    /// <summary>Appends the ids of a word, whatever stands beside it.</summary>
    protected abstract void EncodeUncached(ReadOnlySpan<char> word, List<int> destination);

    protected void EncodeWord(ReadOnlySpan<char> word, List<int> destination)
    {
        if (word.Length > WordCache.LongestWord)
        {
            EncodeUncached(word, destination);
            return;
        }

        ReadOnlySpan<int> ids = cache.Find(word, out int slot);
        if (ids.IsEmpty)
        {
            int before = destination.Count;
            EncodeUncached(word, destination);
            cache.Store(slot, word, CollectionsMarshal.AsSpan(destination)[before..]);
        }
        else if (ids.Length == 1)
        {
            destination.Add(ids[0]);
        }
        else
        {
            destination.AddRange(ids);
        }
    }
}
