namespace Bonito.Ctga.Rules;

/// <summary>
/// Reads the first clause of a sentence by its closed-class words and a table of verbs.
/// It gives up on everything that it does not understand for certain: of real prose, on most sentences.
/// </summary>
internal static class ClauseParser
{
    const int LongestSubject = 10, LongestApposition = 11, LongestOpening = 7, LongestRest = 34;

    public static Clause? Parse(ReadOnlySpan<Token> sentence)
    {
        if (sentence.Length < 4 || sentence[^1].Text != ".") return null;
        Token[] tokens = WithoutBrackets(sentence[..^1]);
        if (Array.Exists(tokens, IsForeign) || HasRepeatedWord(tokens)) return null;

        int start = SkipLink(tokens);
        if (!TryOpening(tokens, ref start, out Token[] opening)) return null;
        int verb = FindFinite(tokens, start);
        if (verb < 0 || verb + 1 >= tokens.Length) return null;
        Token[] subject = WithoutApposition(tokens[start..verb]);
        if (!IsPlainSubject(subject) || !TryFinite(tokens, verb, out Verb? full)) return null;
        if (ClauseBoundary.Find(tokens, verb + 1) is not ({ } end, var kind)) return null;
        Token[] rest = [.. tokens[(verb + 1)..end].Where(t => !Words.Links.Contains(t.Lower) || t.IsCapital)];
        if (!IsPlainRest(rest, full) || kind != ClauseEnd.Sentence && EndsInCoordination(rest)) return null;
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

    public static bool OpensWithLink(ReadOnlySpan<Token> sentence) => SkipLink(sentence) > 0;

    // Quotations, asides and anything else that a plain clause has no place for.
    static bool IsForeign(Token token) =>
        token.Text is "\"" or "\u2014" or ":" or "(" or ")" or "?" or "!" or "'" || token.Text is "-" or "\u2013" && token.Spaced;

    // "in in": something was lost between them.
    static bool HasRepeatedWord(ReadOnlySpan<Token> tokens)
    {
        for (int i = 1; i < tokens.Length; i++)
            if (tokens[i].Lower == tokens[i - 1].Lower && tokens[i].IsLowerWord && !tokens[i].Is("that")) return true;
        return false;
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

    // "However, the town grew." and "For example, the town grew."
    static int SkipLink(ReadOnlySpan<Token> tokens)
    {
        int comma = 1;
        while (comma < 5 && comma < tokens.Length && tokens[comma].Text != ",") comma++;
        if (comma >= 5 || comma >= tokens.Length) return 0;
        if (comma == 1) return Words.Links.Contains(tokens[0].Lower) ? 2 : 0;
        return Words.LinkPhrases.Contains(Tokens.Join(tokens[..comma]).ToLowerInvariant()) ? comma + 1 : 0;
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
        bool comma = tokens[end].Text == ",";
        opening = tokens[start..end];
        start = comma ? end + 1 : end;
        return time || comma;
    }

    static bool IsPlainPhrase(ReadOnlySpan<Token> tokens)
    {
        foreach (Token token in tokens)
        {
            if (!token.IsWord || IsFiniteForm(token) || token.Lower.EndsWith("ing", StringComparison.Ordinal)) return false;
            if (PointsOut(token.Lower) || Words.Possessives.Contains(token.Lower)) return false;
        }
        return tokens.Length > 0;
    }

    static bool PointsOut(string word) =>
        Words.Pointers.Contains(word) || Words.Subordinators.Contains(word) || Words.Negations.Contains(word);

    static bool IsFiniteForm(Token token) =>
        Words.Be.Contains(token.Lower) || Words.Have.Contains(token.Lower) || Words.Modals.Contains(token.Lower) ||
        token.Lower is "do" or "does" or "did";

    static int FindFinite(ReadOnlySpan<Token> tokens, int start)
    {
        int limit = Math.Min(tokens.Length, start + LongestSubject + LongestApposition + 2);
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
        string previous = tokens[at - 1].Lower;
        if (Words.Articles.Contains(previous) || Words.Prepositions.Contains(previous) || previous == "," && at - start < 4) return false;
        if (forms.HasFlag(VerbForms.Past) && !forms.HasFlag(VerbForms.Base)) return true;
        if (at + 1 == tokens.Length) return false;
        bool plural = Words.IsPlural(tokens[start..at]);
        bool agrees = forms.HasFlag(VerbForms.ThirdPerson) ? !plural : forms.HasFlag(VerbForms.Base) && plural;
        return agrees && (!Verbs.IsNounLike(verb) || Words.Determiners.Contains(tokens[at + 1].Lower));
    }

    // "Arlow, a town in the north, grew."
    static Token[] WithoutApposition(Token[] subject)
    {
        int first = Array.FindIndex(subject, t => t.Text == ",");
        if (first <= 0 || subject.Length - first > LongestApposition + 2) return subject;
        if (Array.FindIndex(subject, first + 1, t => t.Text == ",") != subject.Length - 1) return subject;
        Token next = subject[first + 1];
        return Words.Articles.Contains(next.Lower) || next.IsCapital || next.Lower is "which" or "who" ? subject[..first] : subject;
    }

    static bool IsPlainSubject(ReadOnlySpan<Token> subject)
    {
        if (subject.Length is 0 or > LongestSubject) return false;
        string last = subject[^1].Lower;
        string first = subject[0].Lower;
        // "Together they ...", "Gone are ...": no subject at all.
        if (subject.Length > 1 ? Words.IsMidAdverb(first) && !Words.Determiners.Contains(first) : Verbs.IsParticiple(first)) return false;
        if (Words.IsClosedClass(last) || Words.IsMidAdverb(last) || Words.NumberWords.Contains(last)) return false;
        for (int i = 0; i < subject.Length; i++)
        {
            Token token = subject[i];
            string word = token.Lower;
            if (!token.IsWord || PointsOut(word) || Words.Pronouns.Contains(word)) return false;
            if (Words.Possessives.Contains(word) || word is "or" or "but" or "to" or "later" or "earlier" or "ago") return false;
            if (i == 0) continue;
            string before = subject[i - 1].Lower;
            // A second noun phrase without a preposition: the verb between them was not recognised.
            if (Words.Articles.Contains(word) && !Words.Prepositions.Contains(before) && before != "and") return false;
            if (token.IsLowerWord && word.Length > 4 && word.EndsWith("ed", StringComparison.Ordinal)) return false;
            if (token.IsLowerWord && i > 1 && i == subject.Length - 1 && word.EndsWith("ing", StringComparison.Ordinal)) return false;
        }
        return true;
    }

    static bool TryFinite(Token[] tokens, int at, out Verb? full)
    {
        full = null;
        Token token = tokens[at];
        string next = tokens[at + 1].Lower;
        if (token.Lower is "do" or "does" or "did" || Words.Negations.Contains(next)) return false;
        if (Words.Be.Contains(token.Lower)) return next != "to" || token.Lower is "is" or "was";
        if (Words.Modals.Contains(token.Lower)) return true;
        if (Words.Have.Contains(token.Lower))
        {
            int i = at + 1;
            while (i < tokens.Length - 1 && Words.IsMidAdverb(tokens[i].Lower)) i++;
            bool perfect = tokens[i].Is("been") || Verbs.IsParticiple(tokens[i].Lower);
            if (!perfect) full = Verbs.Have;
            return next != "to";
        }
        if (!Verbs.TryFind(token.Lower, out Verb verb, out VerbForms forms)) return false;
        full = verb;
        // "The film directed by X won", "Books produced in X use": a participle that belongs to the subject.
        bool loose = next == "by" || verb.Base is "call" or "name" or "know" || Words.Prepositions.Contains(next) && Verbs.WithObject.Contains(verb.Base);
        return !(forms.HasFlag(VerbForms.Participle) && loose);
    }

    static bool IsPlainRest(ReadOnlySpan<Token> rest, Verb? full)
    {
        if (rest.Length == 0) return full is not null;
        bool link = false;
        for (int i = 0; i < rest.Length; i++)
        {
            Token token = rest[i];
            string word = token.Lower;
            if (Words.Negations.Contains(word) || Words.Pointers.Contains(word) && !token.IsCapital || token.Text is ";" or "I") return false;
            link |= Words.Subordinators.Contains(word) || token.Text == ",";
            // A second finite verb with nothing that opens a clause: the first one was no finite verb.
            if (full is not null && !link && (IsFiniteForm(token) || IsSecondVerb(rest, i))) return false;
        }
        Token last = rest[^1];
        return rest.Length <= LongestRest && !EndsInOpenClause(rest) && !IsFiniteForm(last) && last.IsWord && !Words.IsClosedClass(last.Lower);
    }

    // "ruled that its largest wards": the clause was cut before its verb.
    static bool EndsInOpenClause(ReadOnlySpan<Token> rest)
    {
        for (int i = rest.Length - 1; i >= 0; i--)
        {
            if (Words.Complementizers.Contains(rest[i].Lower)) return true;
            if (IsFiniteForm(rest[i]) || Verbs.TryFind(rest[i].Lower, out _, out _) || Verbs.IsParticiple(rest[i].Lower)) return false;
        }
        return false;
    }

    // "and since 2000,": what was cut away belonged to it.
    static bool EndsInCoordination(ReadOnlySpan<Token> rest)
    {
        foreach (Token token in rest[Math.Max(0, rest.Length - 4)..])
            if (token.Lower is "and" or "or") return true;
        return false;
    }

    // "Africans brought into the colony fared worse", "the compensation workers receive differs".
    static bool IsSecondVerb(ReadOnlySpan<Token> rest, int at)
    {
        if (at == 0)
            return Verbs.TryFind(rest[0].Lower, out Verb verb, out VerbForms form) && form == VerbForms.ThirdPerson && !Verbs.IsNounLike(verb);
        string word = rest[at].Lower, before = rest[at - 1].Lower, after = at + 1 < rest.Length ? rest[at + 1].Lower : "";
        if (!rest[at].IsLowerWord) return false;
        bool past = Verbs.TryFind(word, out _, out VerbForms forms)
            ? forms.HasFlag(VerbForms.Past) && !forms.HasFlag(VerbForms.Base)
            : word.EndsWith("ed", StringComparison.Ordinal);
        if (!past || Words.IsClosedClass(before) || Words.IsMidAdverb(before) || Words.Have.Contains(before)) return false;
        return Words.Determiners.Contains(after) || Words.IsMidAdverb(after) || after is "" or "to" or "that" or "far" or "more" or "much";
    }
}
