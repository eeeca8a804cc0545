namespace Bonito.Ctga.Rules;

/// <summary>
/// Reads the first clause of a sentence by its closed-class words and a table of verbs.
/// It gives up on everything that it does not understand for certain: of real prose, on most sentences.
/// </summary>
internal static class ClauseParser
{
    const int LongestSubject = 10, LongestOpening = 7, LongestClause = 34;

    public static Clause? Parse(ReadOnlySpan<Token> sentence)
    {
        if (sentence.Length < 4 || sentence[^1].Text != ".") return null;
        Token[] tokens = WithoutBrackets(sentence[..^1]);
        foreach (Token token in tokens)
            if (token.Text is "\"" or "\u2014" or ":" or "(" or "?" or "'" || token.Text is "-" or "\u2013" && token.Spaced) return null;

        int start = SkipLink(tokens);
        if (!TryOpening(tokens, ref start, out Token[] opening)) return null;
        int verb = FindFinite(tokens, start);
        if (verb < 0 || verb + 1 >= tokens.Length) return null;
        Token[] subject = WithoutApposition(tokens[start..verb]);
        if (!IsPlainSubject(subject)) return null;
        if (!TryFinite(tokens, verb, subject, out Verb? full)) return null;

        (int end, ClauseEnd kind) = ClauseBoundary.Find(tokens, verb + 1);
        Token[] rest = [.. tokens[(verb + 1)..end].Where(t => !Words.Links.Contains(t.Lower) || t.IsCapital)];
        if (rest.Length > LongestClause || rest.Length == 0 && full is null || !IsPlainRest(rest, full) || kind == ClauseEnd.Phrase && Array.Exists(rest, t => Words.Subordinators.Contains(t.Lower))) return null;
        return new Clause
        {
            Opening = opening,
            Subject = subject,
            Finite = tokens[verb],
            Full = full,
            Rest = rest,
            Reason = ClauseBoundary.ReasonAt(tokens, end),
            End = kind,
        };
    }

    static Token[] WithoutBrackets(ReadOnlySpan<Token> tokens)
    {
        List<Token> kept = new(tokens.Length);
        int depth = 0;
        foreach (Token token in tokens)
        {
            if (token.Text == "(") depth++;
            else if (token.Text == ")" && depth > 0) depth--;
            else if (depth == 0) kept.Add(token);
        }
        return [.. kept];
    }

    public static bool OpensWithLink(ReadOnlySpan<Token> sentence) => SkipLink(sentence) > 0;

    // "However, the town grew." and "For example, the town grew."
    static int SkipLink(ReadOnlySpan<Token> tokens)
    {
        int comma = 0;
        while (comma < 5 && comma < tokens.Length && tokens[comma].Text != ",") comma++;
        if (comma is 0 or >= 5 || comma >= tokens.Length) return 0;
        string phrase = Tokens.Join(tokens[..comma]).ToLowerInvariant();
        bool link = comma == 1 && Words.Links.Contains(phrase) ||
            phrase is "for example" or "for instance" or "in addition" or "in fact" or "as a result" or "in contrast" or "by contrast" or "in general"
                or "in particular" or "of course" or "on the other hand" or "as a consequence" or "similarly" or "today" or "in turn" or "historically" or "traditionally";
        return link ? comma + 1 : 0;
    }

    // "In 1990 the town grew." and "In the spring of 1990, the town grew."; false for an opening that is not understood.
    static bool TryOpening(Token[] tokens, ref int start, out Token[] opening)
    {
        opening = Tokens.None;
        if (start >= tokens.Length - 3) return false;
        string first = tokens[start].Lower;
        if (Words.Subordinators.Contains(first) || Words.Conjunctions.Contains(first) || Words.Pronouns.Contains(first)) return false;
        if (!Words.Prepositions.Contains(first)) return true;
        if (!Words.Openers.Contains(first)) return false;
        int end = start + 1;
        bool time = Spans.TryTime(tokens, end, out Span span);
        if (time) end = span.End;
        else while (end < tokens.Length && tokens[end].Text != ",") end++;
        int length = end - start;
        if (length > LongestOpening || end >= tokens.Length - 2) return false;
        if (!time && !IsPlainPhrase(tokens.AsSpan(start + 1, length - 1))) return false;
        opening = tokens[start..end];
        start = tokens[end].Text == "," ? end + 1 : end;
        return time || tokens[end].Text == ",";
    }

    static bool IsPlainPhrase(ReadOnlySpan<Token> tokens)
    {
        foreach (Token token in tokens)
            if (token.Lower.EndsWith("ing", StringComparison.Ordinal) || IsFiniteForm(token) || Words.Pointers.Contains(token.Lower) ||
                Words.Subordinators.Contains(token.Lower) || !token.IsWord || Words.Negations.Contains(token.Lower)) return false;
        return tokens.Length > 0;
    }

    static bool IsFiniteForm(Token token) =>
        Words.Be.Contains(token.Lower) || Words.Have.Contains(token.Lower) || Words.Modals.Contains(token.Lower) ||
        token.Lower is "do" or "does" or "did";

    static int FindFinite(ReadOnlySpan<Token> tokens, int start)
    {
        int limit = Math.Min(tokens.Length, start + LongestSubject + 12);
        for (int i = start + 1; i < limit; i++)
        {
            Token token = tokens[i];
            if (!token.IsLowerWord) continue;
            if (IsFiniteForm(token)) return i;
            if (Verbs.TryFind(token.Lower, out Verb verb, out VerbForms forms) && IsFinite(tokens, start, i, verb, forms)) return i;
        }
        return -1;
    }

    static bool IsFinite(ReadOnlySpan<Token> tokens, int start, int at, Verb verb, VerbForms forms)
    {
        Token previous = tokens[at - 1];
        if (Words.Articles.Contains(previous.Lower) || Words.Prepositions.Contains(previous.Lower) || previous.Text == "," && at - start < 4) return false;
        if (forms.HasFlag(VerbForms.Past) && !forms.HasFlag(VerbForms.Base)) return true;
        if (at + 1 == tokens.Length) return false;
        bool plural = IsPlural(tokens[start..at]);
        bool agrees = forms.HasFlag(VerbForms.ThirdPerson) ? !plural : forms.HasFlag(VerbForms.Base) && plural;
        if (!agrees) return false;
        string next = tokens[at + 1].Lower;
        return !Verbs.IsNounLike(verb) || Words.Determiners.Contains(next);
    }

    /// <summary>Whether the head of the phrase, its last word before a preposition, is plural.</summary>
    public static bool IsPlural(ReadOnlySpan<Token> phrase)
    {
        while (phrase.Length > 1 && Words.MidAdverbs.Contains(phrase[^1].Lower)) phrase = phrase[..^1];
        int end = 1;
        while (end < phrase.Length && !Words.Prepositions.Contains(phrase[end].Lower) && phrase[end].Text != ",")
        {
            if (phrase[end].Is("and") && end + 1 < phrase.Length) return true;
            end++;
        }
        string head = phrase[end - 1].Lower;
        if (Words.IrregularPlurals.Contains(head)) return true;
        return head.Length > 3 && head[^1] == 's' && head[^2] is not ('s' or 'u' or 'i') && !phrase[end - 1].IsCapital ||
            head.Length > 3 && head[^1] == 's' && head[^2] is not ('s' or 'u' or 'i') && end == 1;
    }

    static Token[] WithoutApposition(Token[] subject)
    {
        int first = Array.FindIndex(subject, t => t.Text == ",");
        if (first <= 0) return subject;
        bool paired = subject[^1].Text == "," && Array.FindIndex(subject, first + 1, t => t.Text == ",") == subject.Length - 1;
        if (!paired || subject.Length - first > 12) return subject;
        Token next = subject[first + 1];
        bool apposition = Words.Articles.Contains(next.Lower) || next.IsCapital || next.Lower is "which" or "who" or "also";
        return apposition ? subject[..first] : subject;
    }

    static bool IsPlainSubject(ReadOnlySpan<Token> subject)
    {
        if (subject.Length is 0 or > LongestSubject) return false;
        Token last = subject[^1];
        if (!last.IsWord || Words.Prepositions.Contains(last.Lower) || Words.Conjunctions.Contains(last.Lower) || Words.Determiners.Contains(last.Lower) ||
            Words.MidAdverbs.Contains(last.Lower) || last.Lower.EndsWith("ly", StringComparison.Ordinal)) return false;
        for (int i = 0; i < subject.Length; i++)
        {
            Token token = subject[i];
            string word = token.Lower;
            if (!token.IsWord || Words.Pointers.Contains(word) || Words.Pronouns.Contains(word) || Words.Subordinators.Contains(word) ||
                Words.Negations.Contains(word) || word is "or" or "but" or "to" or "not" or "to" or "its" or "his" or "her" or "their") return false;
            if (i > 0 && Words.Articles.Contains(word) && !Words.Prepositions.Contains(subject[i - 1].Lower) && !subject[i - 1].Is("and")) return false;
            if (i > 0 && token.IsLowerWord && word.Length > 4 && (word.EndsWith("ed", StringComparison.Ordinal) || word.EndsWith("ing", StringComparison.Ordinal) && i == subject.Length - 1 && i > 1)) return false;
        }
        return true;
    }

    // "Africans brought into the colony fared worse": a past form right after a noun.
    static bool IsBarePast(ReadOnlySpan<Token> rest, int at)
    {
        if (!rest[at].IsLowerWord || !(Verbs.TryFind(rest[at].Lower, out _, out VerbForms forms) ? forms.HasFlag(VerbForms.Past) && !forms.HasFlag(VerbForms.Base) : rest[at].Lower.EndsWith("ed", StringComparison.Ordinal))) return false;
        string before = rest[at - 1].Lower, after = at + 1 < rest.Length ? rest[at + 1].Lower : "";
        bool adjective = Words.Determiners.Contains(before) || Words.Prepositions.Contains(before) || before.EndsWith("ly", StringComparison.Ordinal) || Words.Have.Contains(before);
        return !adjective && (Words.Determiners.Contains(after) || after.EndsWith("ly", StringComparison.Ordinal) || after is "" or "to" or "that" or "far" or "more" or "much");
    }

    static bool TryFinite(Token[] tokens, int at, ReadOnlySpan<Token> subject, out Verb? full)
    {
        full = null;
        Token token = tokens[at];
        Token next = tokens[at + 1];
        if (token.Lower is "do" or "does" or "did" || Words.Negations.Contains(next.Lower)) return false;
        if (Words.Be.Contains(token.Lower) || Words.Modals.Contains(token.Lower)) return !next.Is("to") || token.Lower is "is" or "was";
        if (Words.Have.Contains(token.Lower))
        {
            int i = at + 1;
            while (i < tokens.Length - 1 && Words.MidAdverbs.Contains(tokens[i].Lower)) i++;
            bool perfect = tokens[i].Is("been") || Verbs.IsParticiple(tokens[i].Lower);
            if (perfect) return true;
            Verbs.TryFind("have", out Verb have, out _);
            full = have;
            return !next.Is("to");
        }
        if (!Verbs.TryFind(token.Lower, out Verb verb, out VerbForms forms)) return false;
        full = verb;
        // "The film directed by X won": a participle that belongs to the subject.
        return !(forms.HasFlag(VerbForms.Participle) && next.Is("by"));
    }

    static bool IsPlainRest(ReadOnlySpan<Token> rest, Verb? full)
    {
        bool relative = false;
        for (int i = 0; i < rest.Length; i++)
        {
            Token token = rest[i];
            string word = token.Lower;
            if (Words.Negations.Contains(word) || Words.Pointers.Contains(word) && !token.IsCapital || token.Text is ";" or "I") return false;
            relative |= Words.Subordinators.Contains(word) || Words.Conjunctions.Contains(word) || token.Text == ",";
            // A second finite verb with nothing that opens a clause: the first one was no finite verb.
            if (full is not null && !relative && (IsFiniteForm(token) || i > 0 && IsBarePast(rest, i))) return false;
        }
        if (rest.Length == 0) return true;
        Token last = rest[^1];
        return last.IsWord && !Words.Conjunctions.Contains(last.Lower) && !Words.Determiners.Contains(last.Lower) && !last.Is("of");
    }
}
