using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>Closed classes of English words, all in lower case.</summary>
internal static class Words
{
    public static readonly FrozenSet<string> Articles = Set("the a an");

    public static readonly FrozenSet<string> Determiners = Set(
        "the a an each every some many most several all both few various numerous certain different other its his her their any no");

    public static readonly FrozenSet<string> Prepositions = Set(
        "of in on at by for from to with into onto about after before during between among through throughout under over " +
        "against within without near along across around behind below above since until toward towards upon off per via as than like");

    public static readonly FrozenSet<string> Pronouns = Set(
        "i you he she it we they me him them us this these those such here there who whom which what whose where when why how " +
        "myself himself herself itself themselves ourselves one ones former latter my your our another same " +
        "let let's something anything nothing everyone someone anyone everything");

    /// <summary>Words that point outside a sentence, so that it cannot stand alone.</summary>
    public static readonly FrozenSet<string> Pointers = Set(
        "i you he she it we they me him them us this these those such here there my your our former latter same another " +
        "above below following herein thereby hereby other others similar similarly likewise instead otherwise so too next previous");

    public static readonly FrozenSet<string> Possessives = Set("its his her their");

    public static readonly FrozenSet<string> Negations = Set(
        "not never no nor neither none nothing nobody cannot hardly scarcely barely without");

    public static readonly FrozenSet<string> Subordinators = Set(
        "when while although if because since as though once unless whereas where whether that which who whom whose what why how until " +
        "than lest whenever wherever whatever");

    /// <summary>Words that open a clause on which the next "and" may depend.</summary>
    public static readonly FrozenSet<string> Complementizers = Set("that which who whom whose whether if how what where when because");

    public static readonly FrozenSet<string> Conjunctions = Set("and or but nor yet so");

    public static readonly FrozenSet<string> Be = Set("is are was were");

    public static readonly FrozenSet<string> Have = Set("has have had");

    public static readonly FrozenSet<string> Modals = Set("can could will would may might must should");

    /// <summary>Adverbs that stand between an auxiliary and its verb.</summary>
    public static readonly FrozenSet<string> MidAdverbs = Set(
        "also originally often usually generally commonly typically sometimes first initially officially formally largely mainly " +
        "primarily mostly eventually finally later widely previously currently now still once traditionally frequently probably " +
        "always already together perhaps recently subsequently briefly heavily closely directly easily formerly normally partly entirely completely " +
        "successfully strongly greatly further both best most well highly again soon then thus");

    /// <summary>Adverbs that only link a sentence to the one before; leaving them out changes nothing.</summary>
    public static readonly FrozenSet<string> Links = Set(
        "also therefore thus then however moreover furthermore additionally consequently finally nevertheless nonetheless " +
        "meanwhile hence accordingly indeed too again instead similarly today historically traditionally");

    public static readonly FrozenSet<string> LinkPhrases = new[]
    {
        "after all", "for example", "for instance", "in addition", "in fact", "as a result", "in contrast", "by contrast", "in general", "in particular",
        "of course", "in short", "in essence", "in sum", "in brief", "in conclusion", "in reality", "in practice", "in theory", "in effect",
        "on the other hand", "as a consequence", "in turn", "in other words", "as such",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static readonly FrozenSet<string> Openers = Set(
        "in on at during after before since by from under for within throughout between until around over among across with");

    public static readonly FrozenSet<string> Months = Set(
        "january february march april may june july august september october november december");

    public static readonly string[] SmallNumbers =
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

    public static readonly FrozenSet<string> NumberWords = Set(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen " +
        "twenty thirty forty fifty sixty seventy eighty ninety hundred thousand");

    public static readonly FrozenSet<string> Magnitudes = Set("hundred thousand million billion trillion");

    public static readonly FrozenSet<string> Approximations = Set("about approximately around nearly almost roughly some");

    public static readonly FrozenSet<string> IrregularPlurals = Set(
        "people men women children bacteria data media criteria phenomena feet teeth mice fish species sheep police cattle nuclei " +
        "stimuli fungi alumni larvae hypotheses analyses");

    public static readonly FrozenSet<string> Humans = Set(
        "man men woman women child children people person king queen president minister emperor empress writer author poet painter " +
        "composer singer actor actress director player footballer politician scientist physicist chemist biologist philosopher " +
        "psychologist sociologist economist historian researcher researchers scholar scholars student students teacher teachers " +
        "worker workers farmer farmers soldier soldiers officer captain bishop pope priest prince princess duke earl " +
        "mother father son daughter brother sister wife husband parent parents patient patients doctor doctors nurse leader leaders " +
        "founder engineer architect lawyer judge voter voters citizen citizens immigrant immigrants colonist colonists settler settlers " +
        "scientists philosophers psychologists sociologists economists historians politicians workers women americans members " +
        "family families couple couples slave slaves abolitionists merchants troops nobles peasants boy boys girl girls adult adults " +
        "infant infants monk monks nun saint rabbi missionary theologian mathematician astronomer journalist novelist diplomat admiral commander " +
        "explorer inventor businessman entrepreneur activist revolutionary rapper guitarist drummer comedian athlete swimmer boxer cricketer " +
        "sculptor critic merchant nobleman statesman jurist attorney anthropologist anthropologists critics governor senator " +
        "mayor secretary chairman sultan caliph artist artists musician");

    /// <summary>Function words: articles, prepositions, pronouns, conjunctions.</summary>
    public static bool IsClosedClass(string lower) =>
        Determiners.Contains(lower) || Prepositions.Contains(lower) || Pronouns.Contains(lower) || Subordinators.Contains(lower) ||
        Conjunctions.Contains(lower);

    public static bool IsMidAdverb(string lower) => MidAdverbs.Contains(lower) || lower.EndsWith("ly", StringComparison.Ordinal);

    /// <summary>Whether the word says what a sentence is about, going by its form.</summary>
    public static bool IsContent(Token token) =>
        token.IsWord && token.Lower.Length > 3 && !IsClosedClass(token.Lower) && !Have.Contains(token.Lower) && !Be.Contains(token.Lower);

    /// <summary>Whether the head of a noun phrase is plural: its last word before a preposition.</summary>
    public static bool IsPlural(ReadOnlySpan<Token> phrase)
    {
        while (phrase.Length > 1 && IsMidAdverb(phrase[^1].Lower)) phrase = phrase[..^1];
        int end = 1;
        while (end < phrase.Length && !Prepositions.Contains(phrase[end].Lower) && phrase[end].Text != ",")
        {
            if (phrase[end].Is("and") && end + 1 < phrase.Length) return true;
            end++;
        }
        Token head = phrase[end - 1];
        return IrregularPlurals.Contains(head.Lower) || HasPluralEnding(head.Lower) && (!head.IsCapital || end == 1);
    }

    public static bool HasPluralEnding(string word) => word.Length > 3 && word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i');

    public static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
