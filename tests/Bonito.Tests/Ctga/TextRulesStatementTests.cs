using Bonito.Ctga;

namespace Bonito.Tests.Ctga;

public class TextRulesStatementTests
{
    static List<RuleRow> RowsOn(string sentence, string type) =>
        [.. TextRulesText.RowsOf(TextRulesText.Around(sentence), 120).Where(r => r.TaskType.ShortName == type)];

    [Fact]
    public void A_statement_that_follows_may_be_reworded()
    {
        List<RuleRow> rows = RowsOn("The chapel was designed by Thomas Hale in 1820.", "nli");
        HashSet<string> said = [.. rows.Where(r => r.Roles["label"] == "entailment").Select(r => r.Roles["hypothesis"])];
        Assert.Contains("Thomas Hale designed the chapel in 1820.", said);
        Assert.Contains("In 1820, the chapel was designed by Thomas Hale.", said);
        HashSet<string> same =
        [
            "The chapel was designed by Thomas Hale in 1820.", "Thomas Hale designed the chapel in 1820.",
            "In 1820, the chapel was designed by Thomas Hale.", "In 1820, Thomas Hale designed the chapel.",
        ];
        Assert.Subset(same, said);
    }

    [Fact]
    public void A_statement_that_contradicts_changes_one_fact()
    {
        List<RuleRow> rows = [.. RowsOn("The chapel was painted in 1820.", "te").Where(r => r.Roles["label"] == "not_entailment")];
        Assert.NotEmpty(rows);
        Assert.All(rows, r =>
        {
            Assert.Matches("^(The chapel was painted in 1[78]..\\.|In 1[78].., the chapel was painted\\.)$", r.Roles["hypothesis"]);
            Assert.DoesNotContain("1820", r.Roles["hypothesis"], StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("The mill has seven wheels.", "Does the mill have seven wheels?")]
    [InlineData("The quarry was sold to the northern railway.", "Was the quarry sold to the northern railway?")]
    public void A_yes_no_question_inverts_its_sentence(string sentence, string question)
    {
        List<RuleRow> rows = RowsOn(sentence, "ynqa");
        Assert.Contains(rows, r => r.Roles["question"] == question && r.Roles["answer"] == "Yes");
        Assert.DoesNotContain(rows, r => r.Roles["question"] == question && r.Roles["answer"] == "No");
        Assert.Contains(rows, r => r.Roles["answer"] == "No");
    }

    [Fact]
    public void A_sentence_without_a_fact_to_change_is_not_asked_about_for_it_could_only_be_true() =>
        Assert.Empty(RowsOn("The chapel was painted by its owners.", "ynqa"));

    [Theory]
    [InlineData("Clara Hale studied law in Lisbon. She opened a school for poor children.", "She", "Clara Hale")]
    [InlineData("Slate is a soft rock. It splits into thin plates.", "It", "Slate")]
    public void A_pronoun_refers_to_the_subject_before(string sentences, string pronoun, string answer)
    {
        RuleRow row = RowsOn(sentences, "coref")[0];
        Assert.Equal((pronoun, answer), (row.Roles["pronoun"], row.Roles["answer"]));
    }

    [Theory]
    [InlineData("Clara Hale met Robert Stone in Lisbon. He opened a school for poor children.")]
    [InlineData("Slate is a soft rock. It is known that thin plates break.")]
    public void A_pronoun_that_could_refer_to_more_is_left_alone(string sentences) => Assert.Empty(RowsOn(sentences, "coref"));
}
