namespace Bonito.Engine.Tokenizers;

/// <summary>
/// Learns a byte-level BPE vocabulary: starting from bytes, the most frequent pair of neighbouring tokens becomes a
/// token, until the vocabulary is full or no pair is frequent enough.
/// </summary>
/// <remarks>
/// The result depends on the texts as a multiset and on nothing else: of pairs that are equally frequent the one with the
/// lower left id, then the lower right id, is merged first.
/// </remarks>
public static class BpeTrainer
{
    /// <summary>Trains a tokenizer.</summary>
    /// <param name="texts">The corpus; words do not reach across the strings. Read once, from one thread at a time.</param>
    /// <param name="vocabularySize">Tokens to have, special tokens and the 256 bytes included; fewer when the texts run out of pairs.</param>
    /// <param name="specialTokens">Get the ids 0, 1, ... and are never learned from text. After them come the bytes, then the merges.</param>
    /// <param name="beginning">The special token that begins every sequence, if one does: <see cref="Tokenizer.Beginning"/> of the result, here and for others who read its file.</param>
    /// <param name="minFrequency">A pair that occurs less often is not merged.</param>
    /// <param name="threads">How many threads count words; all processors when null. Does not change the result.</param>
    /// <exception cref="EngineException">The vocabulary size or the special tokens are not possible.</exception>
    public static Tokenizer Train(
        IEnumerable<string> texts, int vocabularySize, IReadOnlyList<string> specialTokens, string? beginning = null, int minFrequency = 2, int? threads = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minFrequency, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads ?? 1, 1);
        Check(vocabularySize, specialTokens);
        AddedToken[] added = [.. specialTokens.Select((content, id) => new AddedToken(id, content, Special: true))];
        AddedToken? first = beginning is null
            ? null
            : added.FirstOrDefault(token => token.Content == beginning) ?? throw new EngineException($"The beginning of a sequence, '{beginning}', is not one of the special tokens: {string.Join(", ", specialTokens)}.");

        var tokens = new List<string>(vocabularySize);
        tokens.AddRange(specialTokens);
        tokens.AddRange(ByteAlphabet.Ordered.Select(character => character.ToString()));
        var ids = tokens.Select((token, id) => (token, id)).ToDictionary(StringComparer.Ordinal);
        int[] byteIds = [.. Enumerable.Range(0, 256).Select(value => ids[ByteAlphabet.ToCharacter((byte)value).ToString()])];

        var pairs = new PairTable(WordCounts.Of(texts, threads ?? Environment.ProcessorCount), byteIds);
        var queue = new PairQueue(pairs);
        var merges = new List<Merge>();
        while (tokens.Count < vocabularySize && queue.TryDequeue(out Pair pair, out long count) && count >= minFrequency)
        {
            string joined = tokens[pair.Left] + tokens[pair.Right];
            if (!ids.TryAdd(joined, tokens.Count))
            {
                // Merges join a text in one way only, so they spell no token twice: this is a special token.
                pairs.Remove(pair);
                continue;
            }

            merges.Add(new Merge(pair, tokens.Count));
            queue.Enqueue(pairs.Merge(pair, tokens.Count));
            tokens.Add(joined);
        }

        return new Tokenizer(new TokenizerFile(
            "trained here", ids, merges, Ranks: null, added,
            StandardSettings.WithTemplate(StandardSettings.Gpt2, first, null), StandardSettings.Model()));
    }

    private static void Check(int vocabularySize, IReadOnlyList<string> specialTokens)
    {
        int least = specialTokens.Count + 256;
        if (vocabularySize < least || vocabularySize > TokenizerFile.IdLimit)
        {
            throw new EngineException(
                $"Cannot train a tokenizer with a vocabulary of {vocabularySize}: it takes {least} " +
                $"({specialTokens.Count} special tokens and 256 bytes) to {TokenizerFile.IdLimit}.");
        }

        var seen = new HashSet<string>(ByteAlphabet.Ordered.Select(character => character.ToString()), StringComparer.Ordinal);
        foreach (string token in specialTokens)
        {
            if (token.Length == 0 || !seen.Add(token))
            {
                throw new EngineException(
                    $"Cannot train a tokenizer with the special token \"{token}\": it is empty, a single character that " +
                    "stands for a byte, or there twice.");
            }
        }
    }
}
