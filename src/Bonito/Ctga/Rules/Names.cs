using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>Finds names of persons, places and organisations, and tells which is which where its lists are sure.</summary>
internal static class Names
{
    const int MostTokens = 7;

    static readonly FrozenSet<string> Connectors = Words.Set("of de von van der da del la di du");

    static readonly FrozenSet<string> Honorifics = Words.Set(
        "mr. mrs. dr. sir lord lady king queen prince princess president general captain colonel pope saint st. emperor professor " +
        "senator governor duke");

    static readonly FrozenSet<string> PlaceStarts = Words.Set("mount lake cape fort port san santa los isle");

    static readonly FrozenSet<string> PlaceEnds = Words.Set(
        "river lake mountain mountains city county island islands sea ocean street park bay valley province kingdom republic empire " +
        "peninsula strait desert coast forest hill hills district region town village canal gulf square avenue bridge");

    static readonly FrozenSet<string> BodyWords = Words.Set(
        "university college institute school company corporation inc. party association council committee ministry department bank church " +
        "museum army navy club league society union academy agency court congress senate parliament commission group records press " +
        "orchestra team foundation organization federation hospital airlines airways railway corps bureau house office");

    static readonly FrozenSet<string> EventWords = Words.Set(
        "war wars battle treaty act revolution festival cup prize award awards championship conference olympics games age period century " +
        "day convention agreement declaration constitution amendment theorem theory law bible testament assembly");

    /// <summary>
    /// Reads the name that starts here, with "the" where it has one.
    /// A single word that opens a sentence is taken for a name only if it is well known.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<Token> tokens, int at, out Span span)
    {
        span = default;
        int start = tokens[at].Is("the") && at + 1 < tokens.Length ? at + 1 : at;
        if (!IsNameWord(tokens, start) || start == at && at > 0 && IsNameWord(tokens, at - 1) && tokens[at].Spaced) return false;
        int end = start + 1;
        while (end < tokens.Length && end - start < MostTokens)
        {
            if (IsNameWord(tokens, end)) end++;
            else if (Connectors.Contains(tokens[end].Lower) && end + 1 < tokens.Length && IsNameWord(tokens, end + 1)) end += 2;
            else break;
        }
        if (start == 0 && end == 1 && !Gazetteer.IsPlace(tokens[..1])) return false;
        // A name that goes on, or a genitive: "Smith's".
        if (end < tokens.Length && (tokens[end].Text is "-" or "'" || tokens[end].IsCapital && tokens[end].Text.Length > 2)) return false;
        span = new Span(at, end - at, KindOf(tokens[start..end]));
        return true;
    }

    /// <summary>What a name without its article names; <see cref="SpanKind.Name"/> where it could be several things.</summary>
    public static SpanKind KindOf(ReadOnlySpan<Token> name)
    {
        if (Gazetteer.IsPlace(name)) return SpanKind.Place;
        if (name.Length == 1) return SpanKind.Name;
        string first = name[0].Lower, last = name[^1].Lower;
        bool body = false, happening = false;
        foreach (Token token in name)
        {
            body |= BodyWords.Contains(token.Lower);
            happening |= EventWords.Contains(token.Lower);
        }
        if (happening) return SpanKind.Name;
        if (PlaceEnds.Contains(last) || PlaceStarts.Contains(first)) return body ? SpanKind.Name : SpanKind.Place;
        if (body) return SpanKind.Organisation;
        bool person = (Honorifics.Contains(first) || Gazetteer.IsGivenName(first)) && name.Length <= 4 && !Gazetteer.IsPlace(name[^1..]);
        return person ? SpanKind.Person : SpanKind.Name;
    }

    static bool IsNameWord(ReadOnlySpan<Token> tokens, int at)
    {
        Token token = tokens[at];
        if (!token.IsCapital || token.Text.Contains('\'')) return false;
        if (at == 0 && Words.IsClosedClass(token.Lower)) return false;
        return !Words.Months.Contains(token.Lower);
    }
}
