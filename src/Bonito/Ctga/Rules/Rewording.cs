using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>
/// Says a clause in slightly other words without changing what it says, so that copying a sentence of the passage
/// is no sign that it follows from the passage.
/// </summary>
internal sealed class Rewording(Vocabulary vocabulary, Random random)
{
    const double SwapShare = 0.6;

    static readonly FrozenDictionary<string, string> Synonyms = Pairs(
        "built/constructed located/situated founded/established often/frequently mainly/mostly primarily/chiefly bought/purchased " +
        "entire/whole rapidly/quickly nearly/almost huge/enormous famous/well-known begins/starts began/started allows/permits " +
        "allowed/permitted prohibited/banned various/different usually/generally principal/main sufficient/adequate obtained/acquired " +
        "happened/occurred numerous/many requires/needs completely/entirely currently/presently roughly/approximately",
        both: true);

    static readonly FrozenDictionary<string, string> OneWay = Pairs(
        "large/big several/some important/significant difficult/hard additional/extra frequently/often aided/helped resided/lived " +
        "demonstrated/showed attempted/tried initially/originally eventually/finally primarily/mainly died/passed_away commonly/often",
        both: false);

    /// <summary>The clause as a sentence of its own, reworded at random.</summary>
    public string ToStatement(Clause clause)
    {
        Clause said = random.Next(2) == 0 ? ToActive(clause) ?? clause : clause;
        Token[] statement = random.Next(2) == 0 ? TimeFirst(said) ?? said.ToStatement() : said.ToStatement();
        return Tokens.Join(WithSynonyms(statement)) + ".";
    }

    /// <summary>"Thomas Hale designed the chapel" for "The chapel was designed by Thomas Hale"; null where that is not certain.</summary>
    Clause? ToActive(Clause clause)
    {
        if (!vocabulary.Knows(clause.Subject) || PassiveDoer.Find(clause) is not { } passive) return null;
        return clause with
        {
            Subject = passive.Doer,
            Finite = Token.Word(passive.Verb.Past),
            Full = passive.Verb,
            Rest = [.. vocabulary.InsideSentence(clause.Subject), .. passive.Before, .. passive.After],
        };
    }

    /// <summary>"In 1873, the mill was built" for "The mill was built in 1873".</summary>
    Token[]? TimeFirst(Clause clause)
    {
        if (!vocabulary.Knows(clause.Subject)) return null;
        Token[] opening = clause.Opening, rest = clause.Rest;
        if (opening.Length == 0)
        {
            int at = TimeQuestions.PhraseAt(rest, 0, out Span time);
            if (at == 0 || time.End != rest.Length || clause.IsBe && at == 1 && !clause.IsPassive) return null;
            (opening, rest) = (rest[at..], rest[..at]);
        }
        string first = opening[0].Lower;
        Token comma = new(",", ",", false);
        return
        [
            new Token(char.ToUpperInvariant(first[0]) + first[1..], first, true), .. opening[1..], comma,
            .. vocabulary.InsideSentence(clause.Subject), clause.Finite with { Spaced = true }, .. rest,
        ];
    }

    Token[] WithSynonyms(Token[] tokens)
    {
        for (int i = 1; i < tokens.Length; i++)
        {
            Token token = tokens[i];
            // After "a" or "an" another word may need the other article.
            if (!token.IsLowerWord || tokens[i - 1].Lower is "a" or "an" || random.NextDouble() > SwapShare) continue;
            if (Synonyms.TryGetValue(token.Lower, out string? other) || OneWay.TryGetValue(token.Lower, out other))
                tokens[i] = token.WithText(other);
        }
        return tokens;
    }

    static FrozenDictionary<string, string> Pairs(string pairs, bool both)
    {
        Dictionary<string, string> synonyms = [];
        foreach (string pair in pairs.Split(' '))
        {
            string[] words = pair.Replace('_', ' ').Split('/');
            synonyms.TryAdd(words[0], words[1]);
            if (both) synonyms.TryAdd(words[1], words[0]);
        }
        return synonyms.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
