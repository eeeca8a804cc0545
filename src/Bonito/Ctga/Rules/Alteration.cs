using System.Collections.Frozen;
using System.Globalization;

namespace Bonito.Ctga.Rules;

/// <summary>Makes a clause false by changing one fact: a date, a number, a name or a word with an opposite.</summary>
internal sealed class Alteration(DocumentIndex index, Random random)
{
    static readonly FrozenDictionary<string, string> Opposites = Pairs(
        "largest/smallest north/south northern/southern east/west eastern/western northeast/southwest northwest/southeast increase/decrease " +
        "increased/decreased increases/decreases male/female higher/lower highest/lowest oldest/youngest public/private earlier/later major/minor " +
        "positive/negative high/low upper/lower internal/external inner/outer rural/urban maximum/minimum rich/poor " +
        "strong/weak hot/cold large/small always/rarely successful/unsuccessful common/rare primary/secondary active/passive majority/minority " +
        "modern/ancient domestic/foreign winter/summer simple/complex won/lost supported/opposed accepted/rejected longest/shortest " +
        "first/last best/worst anterior/posterior superior/inferior thick/thin wide/narrow wealthy/poor");

    /// <summary>The clause with one fact changed to one that the passage does not state; null when it holds none that can be changed.</summary>
    public Clause? TryAlter(Clause clause, string passage)
    {
        List<(bool Opening, Span Span)> places = [];
        foreach (Span span in Spans.Find(clause.Rest)) places.Add((false, span));
        foreach (Span span in Spans.Find(clause.Opening)) places.Add((true, span));
        for (int i = 0; i < clause.Rest.Length; i++)
            if (clause.Rest[i].IsLowerWord && Opposites.ContainsKey(clause.Rest[i].Lower)) places.Add((false, new Span(i, 1, SpanKind.Phrase)));
        while (places.Count > 0)
        {
            int pick = random.Next(places.Count);
            (bool inOpening, Span span) = places[pick];
            places.RemoveAt(pick);
            Token[] tokens = inOpening ? clause.Opening : clause.Rest;
            if (Replacement(tokens, span, passage) is not { } other) continue;
            Token[] changed = [.. tokens[..span.Start], .. Tokens.Read(other).Select((t, i) => i == 0 ? t with { Spaced = tokens[span.Start].Spaced } : t), .. tokens[span.End..]];
            return inOpening ? clause with { Opening = changed } : clause with { Rest = changed };
        }
        return null;
    }

    string? Replacement(Token[] tokens, Span span, string passage)
    {
        string old = Tokens.Join(tokens.AsSpan(span.Start, span.Length));
        bool Passes(string item) => !passage.Contains(item, StringComparison.OrdinalIgnoreCase) && SameShape(item, old);
        return span.Kind switch
        {
            SpanKind.Phrase => Opposites[tokens[span.Start].Lower],
            SpanKind.Year => index.Spans(SpanKind.Year).Draw(random, i => Passes(i) && Math.Abs(int.Parse(i, CultureInfo.InvariantCulture) - int.Parse(old, CultureInfo.InvariantCulture)) < 80) ?? OtherYear(old, passage),
            SpanKind.Number => OtherNumber(tokens, span, old, passage),
            SpanKind.Date or SpanKind.Period or SpanKind.Person or SpanKind.Place or SpanKind.Organisation => index.Spans(span.Kind).Draw(random, Passes),
            _ => null,
        };
    }

    string? OtherYear(string old, string passage)
    {
        int year = int.Parse(old, CultureInfo.InvariantCulture);
        int other = year + (random.Next(2) == 0 ? -1 : 1) * random.Next(2, 25);
        string text = other.ToString(CultureInfo.InvariantCulture);
        return other is < 1000 or > 2030 || passage.Contains(text, StringComparison.Ordinal) ? null : text;
    }

    string? OtherNumber(Token[] tokens, Span span, string old, string passage)
    {
        string first = tokens[span.Start].Text;
        int small = Array.IndexOf(Words.SmallNumbers, tokens[span.Start].Lower);
        string? other = small >= 0 ? Words.SmallNumbers[(small + random.Next(1, Words.SmallNumbers.Length)) % Words.SmallNumbers.Length] :
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
        one.Contains(',') == other.Contains(',') && char.IsDigit(one[0]) == char.IsDigit(other[0]) && char.IsUpper(one[0]) == char.IsUpper(other[0]) &&
        one.AsSpan().Count(' ') == other.AsSpan().Count(' ') && char.IsDigit(one[^1]) == char.IsDigit(other[^1]) && LastWord(one) == LastWord(other) && !one.Contains(other, StringComparison.OrdinalIgnoreCase) && !other.Contains(one, StringComparison.OrdinalIgnoreCase);

    // 1 to 31 is a day, four digits a year.
    static int LastWord(string text) => char.IsDigit(text[^1]) && text.Length - text.LastIndexOf(' ') - 1 <= 2 ? 1 : 2;

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
