namespace Bonito.Ctga.Rules;

/// <summary>What a span of text names; only spans of one kind are exchanged for each other.</summary>
internal enum SpanKind
{
    Year,
    Date,
    Period,
    Number,
    Person,
    Place,
    Organisation,
    Name,
    Phrase,
    Reason,
}

/// <summary>Tokens <c>[Start, Start + Length)</c> that name something.</summary>
internal readonly record struct Span(int Start, int Length, SpanKind Kind)
{
    public int End => Start + Length;
}

/// <summary>Finds dates, numbers and names by their form.</summary>
internal static class Spans
{
    /// <summary>Whether the whole phrase is one name.</summary>
    public static bool IsName(ReadOnlySpan<Token> phrase, out SpanKind kind)
    {
        bool name = Names.TryRead(phrase, 0, out Span span) && span.Length == phrase.Length;
        kind = span.Kind;
        return name;
    }

    public static List<Span> Find(ReadOnlySpan<Token> tokens)
    {
        List<Span> spans = [];
        int i = 0;
        while (i < tokens.Length)
        {
            if (TryTime(tokens, i, out Span span) || TryNumber(tokens, i, out span) || Names.TryRead(tokens, i, out span))
            {
                spans.Add(span);
                i = span.End;
            }
            else i++;
        }
        return spans;
    }

    /// <summary>A date, a year or a period such as "the early 19th century" that starts here.</summary>
    public static bool TryTime(ReadOnlySpan<Token> tokens, int at, out Span span)
    {
        int length = DateLength(tokens, at);
        if (length > 0)
        {
            span = new Span(at, length, SpanKind.Date);
            return true;
        }
        if (IsYear(tokens, at))
        {
            span = new Span(at, 1, SpanKind.Year);
            return true;
        }
        length = PeriodLength(tokens, at);
        span = new Span(at, length, SpanKind.Period);
        return length > 0;
    }

    public static bool TryNumber(ReadOnlySpan<Token> tokens, int at, out Span span)
    {
        int length = 0;
        Token token = tokens[at];
        if (IsDigits(token.Text) || Words.NumberWords.Contains(token.Lower) && (at == 0 || token.IsLowerWord)) length = 1;
        if (length > 0 && at + 1 < tokens.Length && Words.Magnitudes.Contains(tokens[at + 1].Lower)) length = 2;
        if (length > 0 && at + length < tokens.Length && tokens[at + length].Text is "%" or "-") length = 0;
        span = new Span(at, length, SpanKind.Number);
        return length > 0;
    }

    public static bool IsDigits(string text)
    {
        foreach (char c in text)
            if (!char.IsAsciiDigit(c) && c is not (',' or '.' or '$')) return false;
        return char.IsAsciiDigit(text[^1]);
    }

    public static bool LooksLikeYear(string text) =>
        text.Length == 4 && (text[0] == '1' || text[0] == '2' && text[1] == '0') && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    // Four digits are a year only where no counted thing follows: "in 1500" but not "1500 people".
    static bool IsYear(ReadOnlySpan<Token> tokens, int at)
    {
        if (!LooksLikeYear(tokens[at].Text)) return false;
        if (at > 0 && !CanStandBeforeYear(tokens[at - 1])) return false;
        if (at + 1 == tokens.Length) return true;
        Token next = tokens[at + 1];
        if (next.Text is "-" or "\u2013" or "%" or "BC" or "BCE" or "CE" or "AD") return false;
        return !next.IsWord || Words.Prepositions.Contains(next.Lower) || Words.Conjunctions.Contains(next.Lower) ||
            Words.Be.Contains(next.Lower) || Words.Articles.Contains(next.Lower) || Words.Subordinators.Contains(next.Lower);
    }

    static bool CanStandBeforeYear(Token token) =>
        token.Text is not ("-" or "\u2013" or "about" or "approximately") && (!token.IsCapital || Words.Prepositions.Contains(token.Lower));

    static int DateLength(ReadOnlySpan<Token> tokens, int at)
    {
        bool Month(ReadOnlySpan<Token> t, int i) => i < t.Length && t[i].IsCapital && Words.Months.Contains(t[i].Lower);
        bool Day(ReadOnlySpan<Token> t, int i) => i < t.Length && t[i].Text.Length <= 2 && IsDigits(t[i].Text);
        bool Year(ReadOnlySpan<Token> t, int i) => i < t.Length && LooksLikeYear(t[i].Text);

        int end = Month(tokens, at) ? (Day(tokens, at + 1) ? at + 2 : at + 1) : Day(tokens, at) && Month(tokens, at + 1) ? at + 2 : at;
        if (end == at) return 0;
        if (Year(tokens, end)) return end + 1 - at;
        if (end < tokens.Length && tokens[end].Text == "," && Year(tokens, end + 1)) return end + 2 - at;
        return end - at >= 2 ? end - at : 0;
    }

    static int PeriodLength(ReadOnlySpan<Token> tokens, int at)
    {
        if (!tokens[at].Is("the")) return 0;
        int i = at + 1;
        if (i < tokens.Length && tokens[i].Lower is "early" or "late" or "mid") i++;
        if (i >= tokens.Length) return 0;
        string word = tokens[i].Text;
        if (word.Length == 5 && word[4] == 's' && LooksLikeYear(word[..4])) return i + 1 - at;
        bool ordinal = char.IsAsciiDigit(word[0]) && word.Length > 2 && word[^2..] is "th" or "st" or "nd" or "rd";
        return ordinal && i + 1 < tokens.Length && tokens[i + 1].Is("century") ? i + 2 - at : 0;
    }
}
