using System.Text;
using Bonito.Engine.Generation.Constraints;

namespace Bonito.Engine.Tests.Generation.Constraints;

/// <summary>Each kind of constraint against its plain definition, on whole texts and on their beginnings.</summary>
public sealed class ConstraintTests
{
    const int Rounds = 150;

    [Fact]
    public void A_choice_accepts_its_texts() => Compare(random =>
    {
        string[] texts = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomConstraint.Text(random, 4))];
        return (Constraint.Choice(texts), texts.Contains, start => texts.Any(text => text.StartsWith(start, StringComparison.Ordinal)), texts);
    });

    [Fact]
    public void Text_without_a_literal_accepts_what_is_not_blank_and_does_not_contain_it() => Compare(random =>
    {
        string literal = RandomConstraint.Text(random, 4);
        return (Constraint.TextWithout(literal), text => !string.IsNullOrWhiteSpace(text) && !Has(text, literal), start => !Has(start, literal), [literal[..^1], "a" + literal]);
    });

    [Fact]
    public void Text_until_a_literal_accepts_what_ends_with_its_only_occurrence() => Compare(random =>
    {
        string literal = RandomConstraint.Text(random, 4);
        bool Whole(string text) =>
            text.IndexOf(literal, StringComparison.Ordinal) is var at and > 0 && at + literal.Length == text.Length && !string.IsNullOrWhiteSpace(text[..at]);
        return (Constraint.TextUntil(literal), Whole, start => !Has(start, literal) || Whole(start), [literal, "a" + literal, " \n" + literal]);
    });

    [Fact]
    public void A_span_accepts_what_stands_between_word_boundaries() => Compare(random =>
    {
        string[] texts = [RandomConstraint.Text(random, 25), RandomConstraint.Text(random, 8)];
        if (texts.All(string.IsNullOrWhiteSpace)) texts = ["a"];
        List<string> spans = [], rests = [];
        foreach (string text in texts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            (IReadOnlyList<int> starts, IReadOnlyList<int> ends) = WordBoundaries.Find(text);
            foreach (int start in starts)
            {
                spans.AddRange(ends.Where(end => end > start).Select(end => Encoding.UTF8.GetString(bytes.AsSpan(start..end))));
                rests.Add(Encoding.UTF8.GetString(bytes.AsSpan(start..ends[^1])));
            }
            if (starts.Count > 0 || string.IsNullOrWhiteSpace(text)) continue;
            spans.Add(text.Trim());
            rests.Add(text.Trim());
        }
        return (Constraint.Span(texts), spans.Contains, start => rests.Any(rest => rest.StartsWith(start, StringComparison.Ordinal)), spans);
    });

    [Fact]
    public void A_sequence_accepts_one_part_after_another() => Compare(random =>
    {
        string literal = RandomConstraint.Text(random, 2), until = RandomConstraint.Text(random, 3);
        string[] last = [RandomConstraint.Text(random, 3), RandomConstraint.Text(random, 3)];
        Constraint constraint = Constraint.Sequence(Constraint.Literal(literal), Constraint.Sequence(Constraint.TextUntil(until), Constraint.Choice(last)));
        Constraint middle = Constraint.TextUntil(until);
        bool Accepted(string text) =>
            text.StartsWith(literal, StringComparison.Ordinal)
            && last.Any(end => text.EndsWith(end, StringComparison.Ordinal) && text.Length > literal.Length + end.Length && middle.Accepts(text[literal.Length..^end.Length]));
        bool Begun(string start)
        {
            if (start.Length <= literal.Length) return literal.StartsWith(start, StringComparison.Ordinal);
            if (!start.StartsWith(literal, StringComparison.Ordinal)) return false;
            string rest = start[literal.Length..];
            int at = rest.IndexOf(until, StringComparison.Ordinal);
            return at < 0 || (!string.IsNullOrWhiteSpace(rest[..at]) && last.Any(end => end.StartsWith(rest[(at + until.Length)..], StringComparison.Ordinal)));
        }
        return (constraint, Accepted, Begun, [literal + "a" + until + last[0], literal + "ab" + until + last[1], literal + until + last[1]]);
    });

    [Fact]
    public void The_completion_of_a_task_has_one_pipe()
    {
        Constraint constraint = Constraint.Sequence(Constraint.TextUntil("<|pipe|>"), Constraint.Literal("\n"), Constraint.Span("The lamp was lit in 1871, by the keeper."));
        Assert.True(constraint.Accepts("When was it lit?\n<|pipe|>\n1871"));
        Assert.True(constraint.Accepts("{{context}} <|pi <|<|pipe|>\nby the keeper."));
        foreach (string bad in (string[])["", "\n<|pipe|>\n1871", "When?\n<|pipe|>\n", "When?\n<|pipe|>\n187", "When?\n<|pipe|>\n1871,", "When?\n<|pipe|>\n 1871", "When?\n<|pipe|>1871", "When?\n<|pipe|>\n1871<|pipe|>", "a<|pipe|>b<|pipe|>\n1871"])
            Assert.False(constraint.Accepts(bad), bad);
    }

    [Fact]
    public void Constraints_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Constraint.Choice([]));
        Assert.Throws<ArgumentException>(() => Constraint.Choice(["a", ""]));
        Assert.Throws<ArgumentException>(() => Constraint.TextWithout(""));
        Assert.Throws<ArgumentException>(() => Constraint.Span(" \n", "\t"));
        Assert.Throws<ArgumentException>(() => Constraint.Sequence());
        Assert.Contains("Part 1 of 2 does not say by itself where it ends", Assert.Throws<ArgumentException>(() => Constraint.Sequence(Constraint.Span("a b"), Constraint.Literal("c"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Constraint.Sequence(Constraint.Choice(["a", "ab"]), Constraint.Literal("c")));
        Assert.Throws<ArgumentException>(() => Constraint.Sequence(Constraint.TextWithout("a"), Constraint.Literal("c")));
    }

    static bool Has(string text, string part) => text.Contains(part, StringComparison.Ordinal);

    /// <summary>Compares a constraint with what it is to accept, and with what is to be a beginning of an accepted text.</summary>
    static void Compare(Func<Random, (Constraint Constraint, Func<string, bool> Accepted, Func<string, bool> Begun, IReadOnlyList<string> Interesting)> make)
    {
        Random random = new(3);
        int good = 0, bad = 0;
        for (int round = 0; round < Rounds; round++)
        {
            (Constraint constraint, Func<string, bool> accepted, Func<string, bool> begun, IReadOnlyList<string> interesting) = make(random);
            string[] texts = [.. interesting, .. Enumerable.Range(0, 30).Select(i => i % 3 == 0 && interesting.Count > 0 ? interesting[random.Next(interesting.Count)] + RandomConstraint.Text(random, 2) : RandomConstraint.Text(random, 7))];
            foreach (string text in texts)
            {
                if (constraint.Accepts(text)) good++;
                else bad++;
                Assert.Equal(accepted(text), constraint.Accepts(text));
                for (int length = 1; length <= text.Length; length++)
                {
                    string start = text[..length];
                    bool alive = constraint.Next(constraint.Start, Encoding.UTF8.GetBytes(start)) != Constraint.Dead;
                    Assert.True(begun(start) == alive, $"'{start}' {(alive ? "may" : "may not")} begin a text");
                }
            }
        }
        Assert.True(good > Rounds / 2 && bad > Rounds, $"{good} texts were accepted, {bad} not");
    }
}
