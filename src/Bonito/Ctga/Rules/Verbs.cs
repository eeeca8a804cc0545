using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

[Flags]
internal enum VerbForms
{
    None = 0,
    Base = 1,
    ThirdPerson = 2,
    Past = 4,
    Participle = 8,
}

/// <summary>A verb and its forms.</summary>
internal sealed record Verb(string Base, string Past, string Participle, string ThirdPerson);

/// <summary>Common English verbs: which are forms of what, and which questions they bear.</summary>
internal static class Verbs
{
    // Regular verbs whose last consonant doubles stand here with their forms.
    const string Irregular =
        "be/was/been become/became/become begin/began/begun bring/brought/brought build/built/built buy/bought/bought " +
        "catch/caught/caught choose/chose/chosen come/came/come cost/cost/cost cut/cut/cut deal/dealt/dealt draw/drew/drawn " +
        "drive/drove/driven eat/ate/eaten fall/fell/fallen feel/felt/felt fight/fought/fought find/found/found fly/flew/flown " +
        "get/got/gotten give/gave/given go/went/gone grow/grew/grown have/had/had hear/heard/heard hit/hit/hit hold/held/held keep/kept/kept " +
        "know/knew/known lead/led/led leave/left/left lie/lay/lain lose/lost/lost make/made/made mean/meant/meant meet/met/met " +
        "pay/paid/paid put/put/put rise/rose/risen run/ran/run say/said/said see/saw/seen sell/sold/sold send/sent/sent " +
        "set/set/set show/showed/shown sing/sang/sung sit/sat/sat speak/spoke/spoken spend/spent/spent spread/spread/spread " +
        "stand/stood/stood steal/stole/stolen take/took/taken teach/taught/taught tell/told/told think/thought/thought " +
        "understand/understood/understood win/won/won write/wrote/written break/broke/broken bear/bore/borne beat/beat/beaten " +
        "overthrow/overthrew/overthrown undergo/underwent/undergone withdraw/withdrew/withdrawn arise/arose/arisen sink/sank/sunk " +
        "swim/swam/swum dig/dug/dug rebuild/rebuilt/rebuilt wear/wore/worn hide/hid/hidden feed/fed/fed seek/sought/sought shoot/shot/shot split/split/split " +
        "refer/referred/referred occur/occurred/occurred transfer/transferred/transferred plan/planned/planned stop/stopped/stopped " +
        "commit/committed/committed permit/permitted/permitted admit/admitted/admitted ban/banned/banned " +
        "control/controlled/controlled travel/traveled/traveled prefer/preferred/preferred submit/submitted/submitted";

    const string Regular =
        "achieve acquire act add address adopt affect allow announce appear apply appoint approve argue arrive assert assist assume attach attack " +
        "attempt attend attract award base believe belong border call carry cause celebrate change claim close collapse collect combine " +
        "compete complete compose comprise conclude conduct connect conquer consider consist constitute contain continue contribute convert convince cover " +
        "create criticize cross damage decide declare decline decrease defeat defend define deliver demand demonstrate deny depend deposit " +
        "derive describe design destroy determine develop devote die differ direct disappear discover discuss display divide dominate " +
        "earn edit elect eliminate emerge emphasize employ enable encourage end enjoy enter establish estimate evolve examine exclude " +
        "exhibit exist expand experience explain explore export express extend face fail feature finish fire flow focus follow force form " +
        "found function fund gain generate govern graduate guarantee handle happen help host identify ignore illustrate implement imply " +
        "import impose improve include incorporate increase indicate influence inherit inhibit inspire install introduce invade invent invest " +
        "involve issue join kill lack land last launch limit link list live locate look maintain manage manufacture mark marry measure " +
        "merge migrate motivate move name need note observe obtain offer open operate oppose order organize originate own paint pass " +
        "perform persuade play point possess practice predict present prevent produce promote propose protect prove provide publish purchase " +
        "pursue raise range reach reject receive recognize recommend record recover reduce reflect refuse regard regulate reign reject relate release " +
        "rely remain remove rename repeal replace report represent require rescue resemble resign resist respond result retain retire return reveal " +
        "reverse rule score secrete secure separate serve settle share shape sign signal span specialize sponsor start state stimulate stretch store study " +
        "succeed suffer suggest supply support surrender surround survive suspend sustain target tend trace train transform transmit transport " +
        "treat trigger try turn unify unite use vary view visit vote want warn work yield absorb activate adapt advocate affirm alter " +
        "analyze bind block conserve conduct consume dissolve distribute enhance ensure exceed exert expel facilitate filter inform initiate " +
        "innervate insist integrate interpret lower line penetrate preserve process react regain release renounce resolve restore restrict " +
        "restructure reproduce ship specify synthesize terminate translate utilize";

    /// <summary>Bases whose base or third person is as often a noun: taken as verbs only before an article or the like.</summary>
    static readonly FrozenSet<string> NounLike = Words.Set(
        "act address attack attempt award base border call cause change claim close collapse control cost cover cross cut damage deal decline " +
        "decrease defeat demand deposit design display drive end estimate experience export face fall fight fire flow focus force form " +
        "function fund gain guarantee help hit host import increase influence issue join lack land last lead launch limit line link list look lower mark " +
        "mean measure move name need note offer open order own paint pass pay plan play point practice present process produce promise purchase raise range " +
        "reach record release report result return reverse rise rule run say score see separate set shape share ship show signal sign span sponsor " +
        "spread stand start state stop store stretch study supply support surrender target trace train transfer transport travel treat " +
        "trigger try turn use view visit vote want wear win work yield make break draw feed filter put thought found left felt saw lay can will may");

    /// <summary>Verbs of which a person or body is the doer: their passive agent answers "Who".</summary>
    public static readonly FrozenSet<string> Agentive = Words.Set(
        "write direct compose paint design build found establish discover invent develop introduce propose publish edit sing appoint elect " +
        "defeat win create lead command govern organize sponsor describe name coin perform produce record release kill conquer invade sign " +
        "purchase buy acquire adopt approve own translate teach host conduct launch announce found award draw commission criticize");

    /// <summary>Verbs whose object answers "What did X do".</summary>
    public static readonly FrozenSet<string> WithObject = Words.Set(
        "acquire affect allow attack build buy cause cover create defeat define describe design destroy determine develop discover establish " +
        "examine explain express form found generate increase influence introduce invent launch maintain measure own paint possess predict " +
        "prevent produce promote propose protect provide publish purchase reach receive reduce reflect regulate replace represent require " +
        "secrete stimulate study suggest supply support trigger use win write activate absorb enable encourage exhibit contain include " +
        "transport transmit store release resemble facilitate form lose carry convert control block filter surround adopt enhance inhibit");

    /// <summary>Verbs that usually need a person as the doer.</summary>
    public static readonly FrozenSet<string> Personal = Words.Set(
        "write direct compose paint invent marry die graduate study teach argue resign retire sing travel believe suggest propose publish discover");

    static readonly FrozenDictionary<string, (Verb Verb, VerbForms Forms)> ByForm = Index();

    public static Verb Have { get; } = ByForm["have"].Verb;

    public static bool TryFind(string lower, out Verb verb, out VerbForms forms)
    {
        bool found = ByForm.TryGetValue(lower, out (Verb Verb, VerbForms Forms) entry);
        (verb, forms) = entry;
        return found;
    }

    public static bool IsNounLike(Verb verb) => NounLike.Contains(verb.Base) || NounLike.Contains(verb.Past);

    public static bool IsParticiple(string lower) =>
        lower.Length > 4 && lower.EndsWith("ed", StringComparison.Ordinal) ||
        ByForm.TryGetValue(lower, out (Verb Verb, VerbForms Forms) entry) && entry.Forms.HasFlag(VerbForms.Participle);

    /// <summary>The simple past of a participle, or null for an irregular verb that is not in the table.</summary>
    public static string? PastOf(string participle) =>
        ByForm.TryGetValue(participle, out (Verb Verb, VerbForms Forms) entry) && entry.Forms.HasFlag(VerbForms.Participle) ? entry.Verb.Past :
        participle.EndsWith("ed", StringComparison.Ordinal) ? participle : null;

    static FrozenDictionary<string, (Verb, VerbForms)> Index()
    {
        Dictionary<string, (Verb, VerbForms)> index = [];
        foreach (string entry in Irregular.Split(' '))
        {
            string[] forms = entry.Split('/');
            AddVerb(index, new Verb(forms[0], forms[1], forms[2], ThirdPersonOf(forms[0])));
        }
        foreach (string verb in Regular.Split(' '))
            if (!index.ContainsKey(verb))
                AddVerb(index, new Verb(verb, RegularPastOf(verb), RegularPastOf(verb), ThirdPersonOf(verb)));
        return index.ToFrozenDictionary(StringComparer.Ordinal);
    }

    // "found" is far more often the past of "find" and "lay" of "lie" than bases: the first verb to claim a form keeps it.
    static void AddVerb(Dictionary<string, (Verb, VerbForms)> index, Verb verb)
    {
        Add(verb.Past, VerbForms.Past);
        Add(verb.Participle, VerbForms.Participle);
        Add(verb.ThirdPerson, VerbForms.ThirdPerson);
        Add(verb.Base, VerbForms.Base);

        void Add(string form, VerbForms kind)
        {
            if (!index.TryGetValue(form, out (Verb Verb, VerbForms Forms) entry)) index[form] = (verb, kind);
            else if (entry.Verb == verb) index[form] = (verb, entry.Forms | kind);
        }
    }

    static bool EndsInConsonantY(string verb) => verb[^1] == 'y' && !"aeiou".Contains(verb[^2]);

    static string RegularPastOf(string verb) =>
        verb[^1] == 'e' ? verb + "d" : EndsInConsonantY(verb) ? verb[..^1] + "ied" : verb + "ed";

    static string ThirdPersonOf(string verb) =>
        verb == "have" ? "has" :
        EndsInConsonantY(verb) ? verb[..^1] + "ies" :
        verb[^1] is 's' or 'x' or 'z' or 'o' || verb.EndsWith("ch", StringComparison.Ordinal) || verb.EndsWith("sh", StringComparison.Ordinal)
            ? verb + "es" : verb + "s";
}
