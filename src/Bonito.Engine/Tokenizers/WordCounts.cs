using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Bonito.Engine.Tokenizers;

/// <summary>Counts how often each word occurs in texts.</summary>
internal static class WordCounts
{
    /// <summary>Counts the words of all texts. The counts are sums, so neither order nor threads change them.</summary>
    public static Dictionary<string, long> Of(IEnumerable<string> texts, int threads)
    {
        var total = new Dictionary<string, long>(StringComparer.Ordinal);
        try
        {
            Parallel.ForEach(
                texts,
                new ParallelOptions { MaxDegreeOfParallelism = threads },
                () => new Dictionary<string, long>(StringComparer.Ordinal),
                (text, _, counts) =>
                {
                    Add(text, counts);
                    return counts;
                },
                counts =>
                {
                    lock (total)
                        Add(counts, total);
                });
        }
        catch (AggregateException e)
        {
            // The texts are read while they are counted; what reading throws is for the caller as it was thrown.
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }

        return total;
    }

    private static void Add(ReadOnlySpan<char> text, Dictionary<string, long> counts)
    {
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> words = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        while (text.Length > 0)
        {
            int length = WordScanner.Gpt2.FirstWordLength(text);
            CollectionsMarshal.GetValueRefOrAddDefault(words, text[..length], out _)++;
            text = text[length..];
        }
    }

    private static void Add(Dictionary<string, long> counts, Dictionary<string, long> total)
    {
        foreach ((string word, long count) in counts)
            CollectionsMarshal.GetValueRefOrAddDefault(total, word, out _) += count;
    }
}
