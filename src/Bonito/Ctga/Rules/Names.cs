using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>Finds names of persons, places and organisations, and tells which is which where its lists are sure.</summary>
internal static class Names
{
    const int MostTokens = 6;

    static readonly FrozenSet<string> Connectors = Words.Set("of de von van der da del la di du");

    static readonly FrozenSet<string> Honorifics = Words.Set(
        "mr. mrs. dr. sir lord lady king queen prince princess president general captain colonel pope saint st. emperor professor senator governor duke");

    static readonly FrozenSet<string> PlaceStarts = Words.Set("mount lake cape fort port san santa los isle");

    static readonly FrozenSet<string> PlaceEnds = Words.Set(
        "river lake mountain mountains city county island islands sea ocean street park bay valley province kingdom republic empire " +
        "peninsula strait desert coast forest hill hills district region town village canal gulf square avenue bridge");

    static readonly FrozenSet<string> BodyWords = Words.Set(
        "university college institute school company corporation inc. party association council committee ministry department bank church " +
        "museum army navy club league society union academy agency court congress senate parliament commission group records press " +
        "orchestra team foundation organization federation hospital airlines airways railway corps bureau house office");

    static readonly FrozenSet<string> EventWords = Words.Set(
        "war wars battle treaty act revolution festival cup prize award awards championship conference olympics games age period century day " +
        "convention agreement declaration constitution amendment theorem theory law bible testament");

    static readonly FrozenSet<string> GivenNames = Words.Set(
        "aaron abraham adam adolf agnes alan albert alberto alex alexander alexandre alfred alice allen amanda amy andre andrea andrew andy angela " +
        "ann anna anne anthony antonio arnold arthur august augustus ayn barack barbara benjamin ben bernard bertrand betty bill billy bob bobby boris " +
        "brian bruce carl carlos caroline catherine charles charlie charlotte chris christian christopher claude clara clement constantine craig cyril " +
        "daniel david dave deborah dennis diana dick donald dorothy douglas edgar edmund edward edwin elizabeth ellen emil emily emma enrico eric " +
        "ernest ernst erwin eugene eva ferdinand fidel florence francis francisco franco frank franklin franz fred frederick friedrich gary " +
        "george georg gerald gilbert giovanni giuseppe gordon grace graham gregory guillaume gustav hans harold harriet harry hector heinrich helen " +
        "henri henry herbert herman hermann howard hugh hugo humphrey ian igor immanuel irene isaac ivan jack jackie jacob jacques james jane jay jean jeff " +
        "jefferson jennifer jeremy jerry jesse jim jimmy joan joe johann johannes john johnny jonathan jorge jose joseph josef joshua juan judith " +
        "julia julian julius karen karl kate katherine keith ken kenneth kevin kurt larry laura laurence lawrence leo leon leonard leonardo leonid " +
        "leopold lewis linda lisa louis louise lucy ludwig luigi luis luther marcus margaret maria marie marilyn mario mark martha martin mary matthew " +
        "maurice max maximilian michael michel miguel mikhail mike milton mohammed muhammad nancy napoleon nathan nathaniel neil nelson nicholas nick nikita " +
        "nikola nikolai noam norman oliver oscar otto pablo patricia patrick paul pedro percy peter philip philippe phil pierre rachel ralph " +
        "raymond rebecca rene richard rick robert roberto robin roger roland ronald rosa rose roy rudolf rudolph russell ruth ryan sally sam samuel sandra " +
        "sara sarah scott sean sebastian sergei sigmund simon sophia stanley stefan stephen steve steven stuart susan sylvia ted theodore theresa thomas " +
        "tim timothy tom tommy tony ulysses victor victoria vincent vladimir walter warren wilhelm will william winston wolfgang woodrow yuri");

    static readonly FrozenSet<string> Places = Words.Set(
        "afghanistan africa alabama alaska albania algeria america amsterdam angola antarctica arabia argentina arizona arkansas armenia asia athens atlanta " +
        "australia austria azerbaijan baghdad bangladesh barcelona bavaria beijing belarus belgium berlin bolivia bombay bosnia boston botswana brazil britain brooklyn " +
        "brussels budapest bulgaria burma cairo calcutta california cambodia cambridge cameroon canada canton chicago chile china cleveland colombia " +
        "colorado connecticut constantinople copenhagen croatia cuba cyprus dallas delaware delhi denmark denver detroit dublin ecuador edinburgh egypt england " +
        "eritrea estonia ethiopia europe finland florence florida france frankfurt geneva georgia germany ghana glasgow greece greenland guatemala haiti hamburg " +
        "havana hawaii hollywood honduras houston hungary iceland idaho illinois india indiana indonesia iowa iran iraq ireland israel istanbul italy " +
        "jamaica japan jerusalem jordan kansas kazakhstan kentucky kenya korea kuwait laos latvia lebanon liberia libya lisbon lithuania liverpool london louisiana " +
        "luxembourg madrid maine malaysia mali malta manchester manhattan maryland massachusetts melbourne mexico miami michigan milan minnesota mississippi " +
        "missouri moldova mongolia montana montreal morocco moscow mozambique munich myanmar namibia naples nebraska nepal netherlands nevada nicaragua nigeria " +
        "norway ohio oklahoma ontario oregon oxford pakistan palestine panama paraguay paris pennsylvania persia peru philadelphia philippines pittsburgh " +
        "poland portugal prague prussia quebec rome romania russia rwanda scotland seattle senegal serbia shanghai siberia sicily singapore slovakia " +
        "slovenia somalia spain stockholm sudan sweden switzerland sydney syria taiwan tanzania tennessee texas thailand tokyo toronto tunisia " +
        "turkey uganda ukraine uruguay utah uzbekistan vancouver venezuela venice vermont vienna vietnam virginia wales warsaw washington wisconsin wyoming yemen " +
        "yugoslavia zambia zimbabwe zurich");

    static readonly FrozenSet<string> PlacePairs = Words.Set(
        "new_york new_zealand new_jersey new_mexico new_hampshire new_orleans new_england new_delhi north_carolina south_carolina north_dakota south_dakota " +
        "west_virginia south_africa south_america north_america north_korea south_korea united_states united_kingdom soviet_union saudi_arabia " +
        "sri_lanka hong_kong los_angeles san_francisco el_salvador costa_rica puerto_rico great_britain middle_east rhode_island northern_ireland " +
        "new_south wales_australia washington_d.c. st._louis st._petersburg western_australia west_germany east_germany western_europe eastern_europe");

    /// <summary>Reads the name that starts here; a single word that opens a sentence is never taken for one.</summary>
    public static bool TryRead(ReadOnlySpan<Token> tokens, int at, out Span span)
    {
        span = default;
        if (!IsNameWord(tokens, at) || at > 0 && IsNameWord(tokens, at - 1) && tokens[at].Spaced) return false;
        int end = at + 1;
        while (end < tokens.Length && end - at < MostTokens)
        {
            if (IsNameWord(tokens, end)) end++;
            else if (Connectors.Contains(tokens[end].Lower) && end + 1 < tokens.Length && IsNameWord(tokens, end + 1)) end += 2;
            else break;
        }
        if (at == 0 && end == 1 && !Places.Contains(tokens[0].Lower)) return false;
        if (end < tokens.Length && (tokens[end].Text is "-" or "'" || IsNameWord(tokens, end))) return false;
        if (end < tokens.Length && tokens[end].Text.Length > 2 && tokens[end].IsCapital) return false;
        span = new Span(at, end - at, KindOf(tokens[at..end]));
        return true;
    }

    public static SpanKind KindOf(ReadOnlySpan<Token> name)
    {
        string first = name[0].Lower, last = name[^1].Lower;
        bool body = false, happening = false;
        foreach (Token token in name)
        {
            body |= BodyWords.Contains(token.Lower);
            happening |= EventWords.Contains(token.Lower);
        }
        if (happening) return SpanKind.Name;
        if (name.Length == 1) return Places.Contains(first) ? SpanKind.Place : SpanKind.Name;
        if (PlaceEnds.Contains(last) || PlaceStarts.Contains(first) && name.Length > 1) return body ? SpanKind.Name : SpanKind.Place;
        if (body) return SpanKind.Organisation;
        if (name.Length == 2 && PlacePairs.Contains(first + "_" + last)) return SpanKind.Place;
        bool titled = Honorifics.Contains(first) && name.Length <= 4;
        bool given = GivenNames.Contains(first) && name.Length <= 4 && !Places.Contains(last);
        return titled || given ? SpanKind.Person : SpanKind.Name;
    }

    static bool IsNameWord(ReadOnlySpan<Token> tokens, int at)
    {
        Token token = tokens[at];
        if (!token.IsCapital || token.Text.Contains('\'')) return false;
        if (at == 0 && (Words.Determiners.Contains(token.Lower) || Words.Prepositions.Contains(token.Lower) || Words.Pronouns.Contains(token.Lower) ||
            Words.Subordinators.Contains(token.Lower) || Words.Conjunctions.Contains(token.Lower))) return false;
        return !Words.Months.Contains(token.Lower);
    }
}
