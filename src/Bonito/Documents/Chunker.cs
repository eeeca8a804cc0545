namespace Bonito.Documents;

/// <summary>Counts the tokens of a text as the model that will read the contexts does. Must not depend on earlier calls.</summary>
public delegate int TokenCounter(ReadOnlySpan<char> text);

/// <summary>
/// Cuts documents into contexts. Cuts fall where they harm least: before headings, then between paragraphs, list items,
/// sentences, and only inside a sentence that alone is longer than a context at a line end, a space, or a character.
/// Headings stay with what follows them; lists, tables and fenced code stay whole if they fit.
/// </summary>
/// <remarks>
/// The cuts are those of least total cost (dynamic programming over sentences), so a context that would be too short
/// joins a neighbour or takes sentences from it. Time is linear in the document.
/// </remarks>
public sealed class Chunker
{
    readonly ChunkOptions _options;
    readonly TokenCounter _count;

    /// <exception cref="BonitoException">The options contradict each other.</exception>
    public Chunker(ChunkOptions options, TokenCounter count)
    {
        options.Validate();
        _options = options;
        _count = count;
    }

    /// <summary>
    /// The contexts of a document in order; none if it is blank. Without overlap their spans follow each other without
    /// gap from the document's first character to its last; with overlap a span reaches back into the one before.
    /// </summary>
    public IReadOnlyList<Context> Chunk(Document document)
    {
        string text = document.Text;
        List<Unit> units = new UnitSplitter(text, _options.MaxTokens, _count).Split();
        List<int> starts = Starts(text, units);

        var contexts = new List<Context>(starts.Count);
        for (int c = 0; c < starts.Count; c++)
        {
            int end = c + 1 < starts.Count ? starts[c + 1] : units.Count;
            int start = c == 0 ? 0 : Overlapped(text, units, starts[c - 1], starts[c], end);
            int charStart = start == 0 ? 0 : units[start].Start;
            int charEnd = end == units.Count ? text.Length : units[end].Start;
            contexts.Add(new Context(document.Name, c, charStart, charEnd, text[charStart..charEnd].Trim()));
        }

        return contexts;
    }

    /// <summary>The units at which contexts start.</summary>
    List<int> Starts(string text, List<Unit> units)
    {
        if (units.Count == 0) return [];
        bool mayFit = text.Length <= (long)_options.MaxTokens * UnitSplitter.LongestToken;
        if (mayFit && Count(text, units, 0, units.Count) <= _options.MaxTokens) return [0];

        int budget = _options.MaxTokens - _options.OverlapTokens;
        while (true)
        {
            List<int> starts = ContextCuts.Find(units, budget, _options.MinTokens);
            int longest = 0;
            for (int c = 0; c < starts.Count; c++)
            {
                int end = c + 1 < starts.Count ? starts[c + 1] : units.Count;
                if (end - starts[c] > 1) longest = Math.Max(longest, Count(text, units, starts[c], end));
            }

            if (longest <= _options.MaxTokens) return starts;
            // Tokenizers that merge across spaces may count a whole as longer than its parts: leave room for that.
            budget = Math.Max(1, Math.Min(budget - 1, (int)((long)budget * _options.MaxTokens / longest)));
        }
    }

    /// <summary>How far back a context that owns the units [start, end) may reach, in whole sentences.</summary>
    int Overlapped(string text, List<Unit> units, int previous, int start, int end)
    {
        int first = start;
        for (long tokens = 0; first - 1 > previous; first--)
        {
            tokens += units[first - 1].Tokens;
            if (tokens > _options.OverlapTokens) break;
        }

        // The sum is within the budget; the count of the whole decides.
        while (first < start && Count(text, units, first, end) > _options.MaxTokens) first++;
        return first;
    }

    int Count(string text, List<Unit> units, int from, int to) =>
        _count(text.AsSpan(units[from].Start, units[to - 1].End - units[from].Start));
}
