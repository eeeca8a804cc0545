using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>Well-known names, in lower case, words of one name joined by "_". It need not be complete: an unknown name is only less often used.</summary>
internal static class Gazetteer
{
    static readonly FrozenSet<string> Continents = Words.Set(
        "africa asia europe antarctica north_america south_america");

    static readonly FrozenSet<string> Countries = Words.Set(
        "afghanistan albania algeria angola argentina armenia australia austria azerbaijan bangladesh belarus belgium bolivia bosnia botswana " +
        "brazil britain bulgaria burma cambodia cameroon canada chile china colombia croatia cuba cyprus denmark ecuador egypt england " +
        "eritrea estonia ethiopia finland france germany ghana greece guatemala haiti honduras hungary iceland india indonesia iran iraq " +
        "ireland israel italy jamaica japan kazakhstan kenya kuwait laos latvia lebanon liberia libya lithuania luxembourg malaysia mali malta " +
        "mexico moldova mongolia morocco mozambique myanmar namibia nepal netherlands nicaragua nigeria norway pakistan panama paraguay persia " +
        "peru philippines poland portugal prussia romania russia rwanda scotland senegal serbia singapore slovakia slovenia somalia spain sudan " +
        "sweden switzerland syria taiwan tanzania thailand tunisia turkey uganda ukraine uruguay uzbekistan venezuela vietnam wales yemen " +
        "yugoslavia zambia zimbabwe new_zealand south_africa north_korea south_korea united_states united_kingdom soviet_union saudi_arabia " +
        "sri_lanka el_salvador costa_rica great_britain west_germany east_germany czech_republic ottoman_empire roman_empire");

    static readonly FrozenSet<string> States = Words.Set(
        "alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho illinois indiana iowa kansas kentucky " +
        "louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon " +
        "pennsylvania tennessee texas utah vermont virginia wisconsin wyoming new_jersey new_mexico new_hampshire north_carolina " +
        "south_carolina north_dakota south_dakota west_virginia rhode_island");

    static readonly FrozenSet<string> Cities = Words.Set(
        "amsterdam athens atlanta baghdad barcelona beijing berlin bombay boston brussels budapest cairo calcutta cambridge chicago cleveland " +
        "constantinople copenhagen dallas delhi denver detroit dublin edinburgh frankfurt geneva glasgow hamburg havana houston istanbul " +
        "jerusalem lisbon liverpool london madrid manchester melbourne miami milan montreal moscow munich naples oxford paris philadelphia " +
        "pittsburgh prague rome seattle shanghai stockholm sydney tehran tokyo toronto vancouver venice vienna warsaw zurich new_york " +
        "new_orleans new_delhi hong_kong los_angeles san_francisco san_diego washington_d.c. st._louis st._petersburg buenos_aires");

    static readonly FrozenSet<string> Regions = Words.Set(
        "america arabia bavaria brooklyn georgia greenland hollywood manhattan ontario palestine quebec siberia sicily puerto_rico " +
        "middle_east northern_ireland new_england western_australia western_europe eastern_europe new_south_wales washington jordan");

    static readonly FrozenSet<string> GivenNames = Words.Set(
        "aaron abraham adam adolf agnes alan albert alberto alex alexander alexandre alfred alice allen amanda amy andre andrea andrew andy " +
        "angela ann anna anne anthony antonio arnold arthur august augustus ayn barack barbara benjamin ben bernard bertrand betty bill billy " +
        "bob bobby boris brian bruce carl carlos caroline catherine charles charlie charlotte chris christian christopher claude clara clement " +
        "constantine craig cyril daniel david dave deborah dennis diana dick donald dorothy douglas edgar edmund edward edwin elizabeth ellen " +
        "emil emily emma enrico eric ernest ernst erwin eugene eva ferdinand fidel frances francis francisco franco frank franklin franz fred " +
        "frederick friedrich gary george georg gerald gilbert giovanni giuseppe gordon grace graham gregory guillaume gustav hans harold " +
        "harriet harry hector heinrich helen henri henry herbert herman hermann howard hugh hugo humphrey ian igor immanuel irene isaac ivan " +
        "jack jackie jacob jacques james jane jay jean jeff jefferson jennifer jeremy jerry jesse jim jimmy joan joe johann johannes john " +
        "johnny jonathan jorge jose joseph josef joshua juan judith julia julian julius karen karl kate katherine keith ken kenneth kevin kurt " +
        "larry laura laurence lawrence leo leon leonard leonardo leonid leopold lewis linda lisa louis louise lucy ludwig luigi luis luther " +
        "marcus margaret maria marie marilyn mario mark martha martin mary matthew maurice max maximilian michael michel miguel mikhail mike " +
        "milton mohammed muhammad nancy napoleon nathan nathaniel neil nelson nicholas nick nikita nikola nikolai noam norman oliver oscar " +
        "otto pablo patricia patrick paul pedro percy peter philip philippe phil pierre rachel ralph raymond rebecca rene richard rick robert " +
        "roberto robin roger roland ronald rosa rose roy rudolf rudolph russell ruth ryan sally sam samuel sandra sara sarah scott sean " +
        "sebastian sergei sigmund simon sophia stanley stefan stephen steve steven stuart susan sylvia ted theodore theresa thomas tim timothy " +
        "tom tommy tony ulysses victor vincent vladimir walter warren wilhelm william winston wolfgang woodrow yuri");

    public static bool IsGivenName(string lower) => GivenNames.Contains(lower);

    public static bool IsPlace(ReadOnlySpan<Token> name) => NounOfKey(Key(name)) is not null;

    public static bool IsCountry(ReadOnlySpan<Token> name) => Countries.Contains(Key(name));

    /// <summary>"country", "city", ... for a well-known place, "place" where the name alone does not tell; null for other names.</summary>
    public static string? NounOf(ReadOnlySpan<Token> name) => NounOfKey(Key(name));

    public static string? NounOf(string name) =>
        NounOfKey((name.StartsWith("the ", StringComparison.OrdinalIgnoreCase) ? name[4..] : name).ToLowerInvariant().Replace(' ', '_'));

    static string? NounOfKey(string key) =>
        Countries.Contains(key) ? "country" : States.Contains(key) ? "state" : Cities.Contains(key) ? "city" :
        Continents.Contains(key) ? "continent" : Regions.Contains(key) ? "place" : null;

    static string Key(ReadOnlySpan<Token> name) => name.Length switch
    {
        1 => name[0].Lower,
        2 => name[0].Lower + "_" + name[1].Lower,
        3 => name[0].Lower + "_" + name[1].Lower + "_" + name[2].Lower,
        _ => "",
    };
}
