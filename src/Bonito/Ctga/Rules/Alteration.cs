using System.Collections.Frozen;
using System.Globalization;

namespace Bonito.Ctga.Rules;

/// <summary>Makes a clause false by changing one fact: a date, a number, a name or a word with an opposite.</summary>
internal sealed class Alteration(DocumentIndex index, Random random)
{
    const int MostYears = 75;

    static readonly FrozenDictionary<string, string> Opposites = Pairs(
        "largest/smallest north/south northern/southern east/west eastern/western northeast/southwest northwest/southeast " +
        "increase/decrease increased/decreased increases/decreases male/female higher/lower highest/lowest oldest/youngest public/private " +
        "earlier/later major/minor positive/negative high/low upper/lower internal/external inner/outer rural/urban maximum/minimum rich/poor " +
        "strong/weak hot/cold large/small always/rarely successful/unsuccessful common/rare primary/secondary active/passive majority/minority " +
        "modern/ancient domestic/foreign winter/summer simple/complex " +
        "won/lost supported/opposed accepted/rejected longest/shortest " +
        "first/last best/worst anterior/posterior superior/inferior thick/thin wide/narrow wealthy/poor");

    /// <summary>The clause with one fact changed to one that the passage does not state; null when it holds none that can be changed.</summary>
    public Clause? TryAlter(Clause clause, string passage)
    {
        List<(bool InOpening, Span Span)> places =
        [
            .. Spans.Find(clause.Rest).Concat(WordsWithOpposite(clause.Rest)).Select(s => (false, s)),
            .. Spans.Find(clause.Opening).Select(s => (true, s)),
        ];
        while (places.Count > 0)
        {
            int pick = random.Next(places.Count);
            (bool inOpening, Span span) = places[pick];
            places.RemoveAt(pick);
            Token[] tokens = inOpening ? clause.Opening : clause.Rest;
            if (Replacement(tokens, span, passage) is not { } other) continue;
            Token[] words = Tokens.Read(other);
            words[0] = words[0] with { Spaced = tokens[span.Start].Spaced };
            Token[] changed = [.. tokens[..span.Start], .. words, .. tokens[span.End..]];
            return inOpening ? clause with { Opening = changed } : clause with { Rest = changed };
        }
        return null;
    }

    // "from north to south" has no opposite.
    static IEnumerable<Span> WordsWithOpposite(Token[] tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
            if (tokens[i].IsLowerWord && Opposites.TryGetValue(tokens[i].Lower, out string? opposite) && !Array.Exists(tokens, t => t.Is(opposite)))
                yield return new Span(i, 1, SpanKind.Phrase);
    }

    string? Replacement(Token[] tokens, Span span, string passage)
    {
        string old = Tokens.Join(tokens.AsSpan(span.Start, span.Length));
        Pool pool = index.Spans(span.Kind);
        bool Fits(string item) => !passage.Contains(item, StringComparison.OrdinalIgnoreCase) && SameShape(item, old);
        return span.Kind switch
        {
            SpanKind.Phrase => Opposites[tokens[span.Start].Lower],
            SpanKind.Year => pool.Draw(random, i => Fits(i) && Math.Abs(Number(i) - Number(old)) < MostYears) ?? OtherYear(old, passage),
            SpanKind.Number => OtherNumber(tokens, span, old, passage),
            SpanKind.Place => pool.Draw(random, i => Fits(i) && Gazetteer.NounOf(i) == Gazetteer.NounOf(old)),
            SpanKind.Date or SpanKind.Period or SpanKind.Person or SpanKind.Organisation => pool.Draw(random, Fits),
            _ => null,
        };
    }

    static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    string? OtherYear(string old, string passage)
    {
        int other = Number(old) + (random.Next(2) == 0 ? -1 : 1) * random.Next(2, MostYears / 3);
        string text = other.ToString(CultureInfo.InvariantCulture);
        return other is < 1000 or > 2030 || passage.Contains(text, StringComparison.Ordinal) ? null : text;
    }

    string? OtherNumber(Token[] tokens, Span span, string old, string passage)
    {
        string first = tokens[span.Start].Text;
        int small = Array.IndexOf(Words.SmallNumbers, tokens[span.Start].Lower);
        int count = Words.SmallNumbers.Length;
        string? other = small >= 0 ? Words.SmallNumbers[(small + random.Next(1, count)) % count] :
            Spans.LooksLikeYear(first) ? OtherYear(first, passage) :
            char.IsAsciiDigit(first[^1]) ? OtherDigits(first) : null;
        if (other is null) return null;
        string replaced = other + old[first.Length..];
        return passage.Contains(replaced, StringComparison.OrdinalIgnoreCase) ? null : replaced;
    }

    // The same number of digits, so that the size stays plausible: "1,200" becomes "1,700".
    string OtherDigits(string digits)
    {
        int at = digits.AsSpan().IndexOfAnyInRange('1', '9');
        if (at < 0) return digits + "0";
        char other = (char)('1' + (digits[at] - '1' + random.Next(1, 9)) % 9);
        return digits[..at] + other + digits[(at + 1)..];
    }

    /// <summary>Whether two texts are written alike, so that the form gives no hint which one is right.</summary>
    public static bool SameShape(string one, string other) =>
        Shape(one) == Shape(other) && !one.Contains(other, StringComparison.OrdinalIgnoreCase) &&
        !other.Contains(one, StringComparison.OrdinalIgnoreCase);

    // A day has up to two digits, a year four.
    static (int Words, bool Comma, bool Capital, bool Digit, bool LastDigit, bool LastShort) Shape(string text)
    {
        bool digit = char.IsDigit(text[^1]);
        bool isShort = digit && text.Length - text.LastIndexOf(' ') - 1 <= 2;
        return (text.AsSpan().Count(' '), text.Contains(','), char.IsUpper(text[0]), char.IsDigit(text[0]), digit, isShort);
    }

    static FrozenDictionary<string, string> Pairs(string pairs)
    {
        Dictionary<string, string> opposites = [];
        foreach (string pair in pairs.Split(' '))
        {
            string[] words = pair.Split('/');
            opposites.TryAdd(words[0], words[1]);
            opposites.TryAdd(words[1], words[0]);
        }
        return opposites.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
