namespace Bonito.Tests.Ctga;

public class TextRulesQuestionTests
{
    [Theory]
    // When: with inversion, with "do", with the phrase at the front.
    [InlineData("The stone bridge was built in 1873 by the council.", "When was the stone bridge built by the council?", "1873")]
    [InlineData("The council bought the mill in 1873.", "In what year did the council buy the mill?", "1873")]
    [InlineData("In 1873, the council bought the mill.", "When did the council buy the mill?", "1873")]
    [InlineData("The mill was sold on 4 March 1901.", "On which date was the mill sold?", "4 March 1901")]
    [InlineData("The canal was dug in the 18th century.", "In which century was the canal dug?", "the 18th century")]
    // Where.
    [InlineData("The museum is located in Lisbon.", "Where is the museum located?", "Lisbon")]
    [InlineData("The treaty was signed in Vienna in 1815.", "Where was the treaty signed in 1815?", "Vienna")]
    // How many, how long, how much of a measure.
    [InlineData("The castle has seventeen towers.", "How many towers does the castle have?", "seventeen")]
    [InlineData("Forty workers were injured in the fire.", "How many workers were injured in the fire?", "Forty")]
    [InlineData("The tunnel is 120 metres long.", "How long is the tunnel?", "120 metres")]
    [InlineData("The village has a population of 3,400.", "What is the population of the village?", "3,400")]
    // What something is, what it is called, what it does.
    [InlineData("Basalt is a dark volcanic rock.", "What is basalt?", "a dark volcanic rock")]
    [InlineData("The inner layer is called the mantle.", "What is the inner layer called?", "the mantle")]
    [InlineData("The kidney produces a hormone.", "What does the kidney produce?", "a hormone")]
    [InlineData("Granite consists of several minerals.", "What does granite consist of?", "several minerals")]
    [InlineData("The town is known for its annual fair.", "What is the town known for?", "its annual fair")]
    // Who and what did it.
    [InlineData("Mary Ashdown was elected to the council in 1910.", "Who was elected to the council in 1910?", "Mary Ashdown")]
    [InlineData("The chapel was designed by Thomas Hale in 1820.", "Who designed the chapel in 1820?", "Thomas Hale")]
    [InlineData("The old railway connects the harbour with the quarry.", "What connects the harbour with the quarry?", "The old railway")]
    // Why.
    [InlineData("The factory closed because the river was polluted.", "Why did the factory close?", "the river was polluted")]
    [InlineData("The harvest failed due to a late frost.", "Why did the harvest fail?", "a late frost")]
    public void A_sentence_is_asked_about(string sentence, string question, string answer)
    {
        HashSet<(string, string)> questions = TextRulesText.QuestionsOn(sentence);
        Assert.True(questions.Contains((question, answer)), $"expected ({question}, {answer}), got:\n{string.Join('\n', questions)}");
    }

    [Theory]
    [InlineData("He was born in Lisbon in 1873 and moved to Porto.")]
    [InlineData("When the mill closed in 1901, the workers left the village.")]
    [InlineData("This was the first of them to be built in 1873.")]
    [InlineData("The mill was not rebuilt in 1901 and it was never sold.")]
    public void A_sentence_that_cannot_stand_alone_is_not_asked_about(string sentence) =>
        Assert.DoesNotContain(TextRulesText.QuestionsOn(sentence), q => sentence.Contains(q.Answer, StringComparison.Ordinal));

    [Fact]
    public void A_clause_is_cut_before_the_next_one() =>
        Assert.Contains(("When was the bridge built?", "1873"),
            TextRulesText.QuestionsOn("The bridge was built in 1873, which pleased the merchants, and it was painted red."));

    [Fact]
    public void Names_keep_their_capital_and_nouns_lose_it_inside_a_question()
    {
        Assert.Contains(("When was Lisbon rebuilt?", "1760"), TextRulesText.QuestionsOn("Lisbon was rebuilt in 1760."));
        Assert.Contains(("When were letters printed?", "1760"), TextRulesText.QuestionsOn("Letters were printed in 1760."));
    }
}
