using System.Diagnostics;
using Bonito.Ctga;
using FsCheck;
using FsCheck.Fluent;

namespace Bonito.Tests.Ctga;

public class TextRulesTests
{
    static readonly List<RuleRow> Rows = [.. TextRules.Make(TextRulesText.Gazetteer(), 1)];

    static IEnumerable<RuleRow> Asking => Rows.Where(r => r.TaskType.ShortName is "exqa" or "qa" or "qg" or "mcqa");

    static IEnumerable<RuleRow> Of(string type) => Rows.Where(r => r.TaskType.ShortName == type);

    [Fact]
    public void Every_type_of_task_is_made()
    {
        string[] types = ["exqa", "qa", "qg", "mcqa", "ynqa", "nli", "te", "coref", "sent_comp", "topic_class", "summarization", "text_gen"];
        Assert.Equal(types.Order(), Rows.Select(r => r.TaskType.ShortName).Distinct().Order());
    }

    [Fact]
    public void No_type_of_task_prevails() =>
        Assert.All(Rows.GroupBy(r => r.TaskType.ShortName), g => Assert.InRange(g.Count(), 1, Rows.Count / 4));

    [Fact]
    public void Answers_are_spans_of_the_context() => Assert.All(Asking, r => Assert.Contains(r.Roles["answer"], r.Roles["context"], StringComparison.Ordinal));

    [Fact]
    public void Questions_do_not_give_the_answer_away() => Assert.All(Asking, r =>
    {
        Assert.DoesNotContain(r.Roles["answer"], r.Roles["question"], StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("?", r.Roles["question"], StringComparison.Ordinal);
        Assert.True(char.IsUpper(r.Roles["question"][0]));
    });

    [Fact]
    public void Contexts_are_passages_of_40_to_150_words() => Assert.All(Rows, r =>
    {
        string context = r.Roles["context"];
        Assert.InRange(context.Split(' ').Length, 40, 150);
        Assert.True(char.IsUpper(context[0]) && context[^1] is '.' or '!' or '?', context);
    });

    [Fact]
    public void Choices_are_distinct_hold_the_answer_and_put_it_everywhere()
    {
        int[] positions = new int[4];
        foreach (RuleRow row in Of("mcqa"))
        {
            string[] choices = row.Roles["choices"].Split('\n');
            Assert.Equal(4, choices.Distinct().Count());
            positions[Array.IndexOf(choices, row.Roles["answer"])]++;
        }
        Assert.All(positions, p => Assert.InRange(p, 1, positions.Sum() / 2));
    }

    [Fact]
    public void Sentence_completion_cuts_its_answer_from_the_context() => Assert.All(Of("sent_comp"), r =>
    {
        Assert.Contains(r.Roles["answer"], r.Roles["choices"].Split('\n'));
        Assert.DoesNotContain(r.Roles["answer"], r.Roles["context"], StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("ynqa", "answer", "Yes")]
    [InlineData("te", "label", "entailment")]
    public void Two_labels_are_balanced(string type, string role, string label)
    {
        double share = Of(type).Count(r => r.Roles[role] == label) / (double)Of(type).Count();
        Assert.InRange(share, 0.45, 0.55);
    }

    [Fact]
    public void Three_labels_are_balanced()
    {
        int total = Of("nli").Count();
        Assert.All(Of("nli").GroupBy(r => r.Roles["label"]), g => Assert.InRange(g.Count() / (double)total, 0.28, 0.39));
        Assert.Equal(3, Of("nli").Select(r => r.Roles["label"]).Distinct().Count());
    }

    [Fact]
    public void A_yes_question_repeats_the_facts_of_the_passage_and_a_no_question_changes_one()
    {
        static bool KeepsNumbers(RuleRow row) => row.Roles["question"].TrimEnd('?').Split(' ')
            .All(w => !char.IsDigit(w[0]) || row.Roles["context"].Contains(w, StringComparison.Ordinal));

        Assert.All(Of("ynqa").Where(r => r.Roles["answer"] == "Yes"), r => Assert.True(KeepsNumbers(r), r.Roles["question"]));
        Assert.Contains(Of("ynqa"), r => r.Roles["answer"] == "No" && !KeepsNumbers(r));
    }

    [Fact]
    public void Not_every_statement_that_follows_is_a_copy_and_none_that_contradicts_is()
    {
        static bool IsCopy(RuleRow row) => row.Roles["context"].Contains(row.Roles["hypothesis"], StringComparison.Ordinal);

        Assert.Contains(Of("nli"), r => r.Roles["label"] == "entailment" && !IsCopy(r));
        Assert.DoesNotContain(Of("nli"), r => r.Roles["label"] != "entailment" && IsCopy(r));
    }

    [Fact]
    public void Pronouns_refer_to_the_subject_before_them()
    {
        Assert.All(Of("coref"), r => Assert.StartsWith("The brewery of ", r.Roles["answer"], StringComparison.Ordinal));
        List<RuleRow> labelled = [.. Of("coref").Where(r => r.Roles.ContainsKey("label"))];
        Assert.All(labelled, r => Assert.Equal(r.Roles["label"] == "yes", r.Roles["candidate"] == r.Roles["answer"]));
        int yes = labelled.Count(r => r.Roles["label"] == "yes");
        Assert.InRange(yes - (labelled.Count - yes), -1, 1);
    }

    [Fact]
    public void Topics_are_headings_of_the_document() => Assert.All(Of("topic_class"), r =>
    {
        Assert.StartsWith("Trade of ", r.Roles["label"], StringComparison.Ordinal);
        Assert.Contains(r.Roles["label"], r.Roles["choices"].Split('\n'));
    });

    [Fact]
    public void The_same_document_and_seed_give_the_same_rows()
    {
        static string Print(IEnumerable<RuleRow> rows) => string.Join('\n', rows.Select(
            r => r.TaskType + string.Join('|', r.Roles.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Key + "=" + p.Value))));

        Assert.Equal(Print(Rows), Print(TextRules.Make(TextRulesText.Gazetteer(), 1)));
        Assert.NotEqual(Print(Rows), Print(TextRules.Make(TextRulesText.Gazetteer(), 2)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("| a = b\n{{template}}\n* one\n* two")]
    [InlineData("A short line.")]
    public void Text_without_passages_gives_nothing(string text) => Assert.Empty(TextRules.Make(new TextDocument("None", text), 0));

    [Fact]
    public void Arbitrary_text_never_throws()
    {
        string[] pieces =
        [
            "The", "mill", "was", "built", "in", "1873", ",", ".", "(", ")", "\"", "by", "Robert", "Hale", "has", "did", "of", "the", "because",
            "due", "to", "-", "\u2014", "$", "%", "5", "May", "and", "which", "is", "a", "called", "known", "as", "However", "?", "'s", "U.S.",
            "\n", "not", "It", "more", "than", "\u00e9", "defined", "died", "moved", "long", "population", "two", "years", "He", "rose", "France",
        ];
        Prop.ForAll(Gen.Elements(pieces).ArrayOf(160).ToArbitrary(), words =>
        {
            string text = "The mill was old. " + string.Join(' ', words) + " end.";
            return TextRules.Make(new TextDocument("T", text.Replace(" .", ".", StringComparison.Ordinal)), 3).All(r => r.Roles.Count >= 2);
        }).QuickCheckThrowOnFailure();
        Prop.ForAll<NonNull<string>>(s =>
        {
            string text = string.Concat(Enumerable.Repeat(s.Get + ". ", 40));
            return TextRules.Make(new TextDocument(s.Get, text), 3).All(r => r.Roles.Count >= 2);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Time_grows_linearly_with_the_text()
    {
        static double SecondsPerCharacter(int paragraphs)
        {
            TextDocument document = TextRulesText.Gazetteer(paragraphs);
            double best = double.MaxValue;
            for (int i = 0; i < 3; i++)
            {
                long start = Stopwatch.GetTimestamp();
                _ = TextRules.Make(document, i).Count();
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
            return best / document.Text.Length;
        }

        SecondsPerCharacter(20);
        Assert.InRange(SecondsPerCharacter(160) / SecondsPerCharacter(20), 0, 4);
    }
}
