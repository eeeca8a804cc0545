using Bonito.Tasks;

namespace Bonito.Ctga.Rules;

/// <summary>
/// Rows that ask what a pronoun at the start of a sentence stands for: the subject of the sentence before, where that is plain.
/// </summary>
internal sealed class ReferenceRows(DocumentIndex index, Random random)
{
    int turn = random.Next(2);

    public RuleRow? Make(TaskType type, Passage passage)
    {
        for (int i = 1; i < passage.Sentences.Count; i++)
        {
            Sentence before = passage.Sentences[i - 1], here = passage.Sentences[i];
            if (Referent(before, here) is not { } referent || IsRepeated(passage, i, here.Tokens[0])) continue;
            Dictionary<string, string> roles = new()
            {
                ["context"] = passage.Text,
                ["pronoun"] = here.Tokens[0].Text,
                ["answer"] = referent,
            };
            if (OtherName(before, referent) is { } other)
            {
                bool yes = turn++ % 2 == 0;
                roles["candidate"] = yes ? referent : other;
                roles["label"] = yes ? "yes" : "no";
            }
            return new RuleRow(type, roles);
        }
        return null;
    }

    string? Referent(Sentence before, Sentence here) => here.Tokens[0].Text switch
    {
        "He" or "She" => Person(before),
        "It" => Thing(before, here),
        _ => null,
    };

    // The only person of the sentence, who opens it.
    string? Person(Sentence sentence)
    {
        Token[] tokens = sentence.Tokens;
        int end = Names.TryRead(tokens, 0, out Span name) ? name.End : 1;
        if (!index.Vocabulary.IsPerson(tokens.AsSpan(0, end))) return null;
        for (int i = end; i < tokens.Length; i++)
        {
            string word = tokens[i].Lower;
            if (index.Vocabulary.IsPerson(tokens.AsSpan(i, 1)) || Words.Humans.Contains(word) || word is "who" or "whom") return null;
        }
        bool others = sentence.Spans.Any(s => s.Start >= end && (s.Kind == SpanKind.Person || s is { Kind: SpanKind.Name, Length: > 1 }));
        return others ? null : Tokens.Join(tokens.AsSpan(0, end));
    }

    // "Basalt is a rock. It forms ...", but not "It is known that ...".
    static string? Thing(Sentence before, Sentence here)
    {
        if (before.Clause is not { IsBe: true, Opening.Length: 0 } clause || clause.Finite.Lower is not ("is" or "was")) return null;
        if (!Words.Articles.Contains(clause.Rest[0].Lower) || NounPhrase.IsHuman(clause.Rest)) return null;
        if (Array.Exists(clause.Subject, t => t.Is("and"))) return null;
        bool empty = here.Tokens.Take(9).Any(t => t.Lower is "that" or "to" or "who" or "when" or "if" or "whether" or "because");
        return empty ? null : Tokens.Join(clause.Subject);
    }

    // The same pronoun elsewhere in the passage could mean someone else.
    static bool IsRepeated(Passage passage, int at, Token pronoun) =>
        passage.Sentences.Where((s, i) => i != at).Any(s => Array.Exists(s.Tokens, t => t.Is(pronoun.Lower)));

    // Not in brackets and no initials, which may be another way to say the same.
    static string? OtherName(Sentence sentence, string referent)
    {
        foreach (Span span in sentence.Spans)
        {
            if (span.Start == 0 || span.Kind is not (SpanKind.Place or SpanKind.Organisation or SpanKind.Name)) continue;
            string name = Tokens.Join(sentence.Tokens.AsSpan(span.Start, span.Length));
            bool initials = name.Length < 2 || char.IsUpper(name[1]) || Array.Exists(sentence.Tokens[..span.Start], t => t.Text == "(");
            if (!initials && !referent.Contains(name, StringComparison.Ordinal)) return name;
        }
        return null;
    }
}
