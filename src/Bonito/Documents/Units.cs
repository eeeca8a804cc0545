namespace Bonito.Documents;

/// <summary>What lies before a unit, hence how willingly a document is cut there.</summary>
enum Seam
{
    Section,
    Block,
    Item,
    Sentence,
    Line,
    Space,
    Character,
}

/// <summary>A piece of a document that fits into a context: a heading, a sentence, a line of code, or a part of an oversized one.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">Past its last character that is not white space.</param>
/// <param name="Tokens">Its length with the white space before it: lengths of neighbours add up.</param>
/// <param name="Seam">What lies before it.</param>
/// <param name="InWhole">Whether a cut before it tears a list, table or code that would fit into one context.</param>
/// <param name="AfterLead">Whether a cut before it tears it from its heading or from "the following:".</param>
readonly record struct Unit(int Start, int End, int Tokens, Seam Seam, bool InWhole, bool AfterLead);

/// <summary>Takes a text apart into units of at most so many tokens, counting each stretch of text once or twice.</summary>
sealed class UnitSplitter(string text, int maxTokens, TokenCounter count)
{
    /// <summary>
    /// Anything longer is split without counting it whole: no vocabulary has so long tokens, and counters may take
    /// more than linear time on one endless word.
    /// </summary>
    public const int LongestToken = 16;

    /// <summary>Oversized sentences become pieces of this share of a context, so that short neighbours can join one.</summary>
    const int PiecesPerContext = 8;

    readonly int _maxTokens = maxTokens;
    readonly List<Unit> _units = [];
    int _hardLength = maxTokens;
    bool _afterLead;

    /// <summary>The units in order; only white space lies between them and around them.</summary>
    public List<Unit> Split()
    {
        foreach (Block block in Blocks.Split(text))
        {
            int first = _units.Count;
            for (int p = 0; p < block.Parts.Count; p++)
            {
                int end = p + 1 < block.Parts.Count ? block.Parts[p + 1] : block.End;
                Seam seam = p > 0 ? (block.Kind == BlockKind.List ? Seam.Item : Seam.Sentence)
                    : block.Kind == BlockKind.Heading ? Seam.Section : Seam.Block;
                AddPart(block, block.Parts[p], end, seam);
            }

            if (block.Kind is BlockKind.List or BlockKind.Lines) MarkWhole(first);
            _afterLead = block.LeadsOn;
        }

        return _units;
    }

    void AddPart(Block block, int start, int end, Seam seam)
    {
        if (block.Kind is BlockKind.Heading or BlockKind.Lines)
        {
            AddSentence(start, end, seam);
            return;
        }

        int sentence = -1;
        foreach (int next in Sentences.Starts(text, start, end))
        {
            if (sentence >= 0)
            {
                AddSentence(sentence, next, seam);
                seam = Seam.Sentence;
            }

            sentence = next;
        }

        AddSentence(sentence, end, seam);
    }

    /// <summary>Adds a sentence whole, or in pieces if it alone is longer than a context.</summary>
    void AddSentence(int start, int end, Seam seam)
    {
        end = TrimEnd(start, end);
        if (TryCount(start, end, out int tokens)) Add(start, end, tokens, seam);
        else AddPieces(start, end, seam);
    }

    void AddPieces(int start, int end, Seam seam)
    {
        int pieceTokens = Math.Max(1, _maxTokens / PiecesPerContext);
        int pieceStart = start, pieceEnd = start, sum = 0;
        for (int at = start; at < end;)
        {
            int next = NextWord(at, end, out bool crossesLine);
            int wordEnd = TrimEnd(at, next);
            bool fits = TryCount(at, wordEnd, out int tokens);
            if (!fits || sum + tokens > pieceTokens) Close(Seam.Space);
            if (fits)
            {
                if (sum == 0) pieceStart = at;
                pieceEnd = wordEnd;
                sum += tokens;
            }
            else
            {
                AddHard(at, wordEnd, seam);
                seam = Seam.Space;
            }

            if (crossesLine && sum >= pieceTokens / 2) Close(Seam.Line);
            at = next;
        }

        Close(Seam.Space);

        void Close(Seam nextSeam)
        {
            if (sum == 0) return;
            Add(pieceStart, pieceEnd, sum, seam);
            seam = nextSeam;
            sum = 0;
        }
    }

    /// <summary>Cuts a word that is longer than a context between characters, as a reader sees them.</summary>
    void AddHard(int start, int end, Seam seam)
    {
        while (start < end)
        {
            List<int> ends = Graphemes.Ends(text, start, end, start + _hardLength);
            int low = 0, high = ends.Count - 1;
            while (low < high)
            {
                int middle = (low + high + 1) / 2;
                if (Count(start, ends[middle]) <= _maxTokens) low = middle;
                else high = middle - 1;
            }

            int cut = ends[low];
            _hardLength = Math.Max(_maxTokens, 2 * (cut - start));
            Add(start, cut, Count(start, cut), seam);
            seam = Seam.Character;
            start = cut;
        }
    }

    void Add(int start, int end, int tokens, Seam seam)
    {
        _units.Add(new Unit(start, end, tokens, seam, InWhole: false, _afterLead && _units.Count > 0));
        _afterLead = false;
    }

    /// <summary>Marks the units of a list, table or code from the given one on, if together they fit into a context.</summary>
    void MarkWhole(int first)
    {
        long sum = 0;
        for (int u = first; u < _units.Count; u++) sum += _units[u].Tokens;
        if (sum > _maxTokens) return;
        for (int u = first + 1; u < _units.Count; u++) _units[u] = _units[u] with { InWhole = true };
    }

    /// <summary>
    /// The tokens of a stretch, false if it does not fit into a context. It is counted without the white space before
    /// it, as at the start of a context, and with it, as inside one; the greater number holds.
    /// </summary>
    bool TryCount(int start, int end, out int tokens)
    {
        tokens = 0;
        long longest = (long)_maxTokens * LongestToken;
        if (end - start > longest) return false;

        tokens = Count(start, end);
        if (tokens > _maxTokens) return false;

        int gap = start;
        while (gap > 0 && char.IsWhiteSpace(text[gap - 1])) gap--;
        if (start - gap > longest) tokens = _maxTokens + 1;
        else if (gap < start) tokens = Math.Max(tokens, Count(gap, end));
        return true;
    }

    /// <summary>At least one, so that no context can have more units than tokens.</summary>
    int Count(int start, int end) => Math.Max(1, count(text.AsSpan(start, end - start)));

    /// <summary>Where the next word starts: after white space or a comma of the scripts that have none.</summary>
    int NextWord(int start, int end, out bool crossesLine)
    {
        crossesLine = false;
        for (int at = start + 1; at < end; at++)
        {
            char before = text[at - 1];
            bool space = char.IsWhiteSpace(before);
            crossesLine |= before is '\n' or '\r';
            if (char.IsWhiteSpace(text[at]) || !(space || before is '，' or '、' or '；' or '：')) continue;
            if (Graphemes.EndsBefore(text, at)) return at;
            // A mark that combines with a space takes that space along.
            if (space && at - 1 > start && Graphemes.EndsBefore(text, at - 1)) return at - 1;
        }

        return end;
    }

    int TrimEnd(int start, int end)
    {
        while (end > start + 1 && char.IsWhiteSpace(text[end - 1])) end--;
        return end;
    }
}
