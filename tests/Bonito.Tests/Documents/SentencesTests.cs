using Bonito.Documents;

namespace Bonito.Tests.Documents;

public sealed class SentencesTests
{
    static string[] Split(string text)
    {
        int[] starts = [.. Sentences.Starts(text, 0, text.Length), text.Length];
        return [.. starts.Zip(starts.Skip(1), (from, to) => text[from..to].TrimEnd())];
    }

    [Theory]
    [InlineData("The pump runs. It is loud! Is it safe? Yes.", "The pump runs.", "It is loud!", "Is it safe?", "Yes.")]
    [InlineData("It costs 3.5 million. That is 1,200.50 a day.", "It costs 3.5 million.", "That is 1,200.50 a day.")]
    [InlineData("Dr. A. B. Keen met Mr. Low. They spoke.", "Dr. A. B. Keen met Mr. Low.", "They spoke.")]
    [InlineData("See Fig. 3 and Sec. 4, e.g. the pump. Then stop.", "See Fig. 3 and Sec. 4, e.g. the pump.", "Then stop.")]
    [InlineData("Invoice No. 17 is due on Mar. 3. The answer is No. We left.", "Invoice No. 17 is due on Mar. 3.", "The answer is No.", "We left.")]
    [InlineData("Northgate Inc. Board members met at 5 p.m. in the U.S. Embassy.", "Northgate Inc. Board members met at 5 p.m. in the U.S. Embassy.")]
    [InlineData("It was sold to Northgate Inc. The price was low. It closed at 5 p.m. The doors shut.",
        "It was sold to Northgate Inc.", "The price was low.", "It closed at 5 p.m.", "The doors shut.")]
    [InlineData("“Is it safe?” she asked. “No.” He left.", "“Is it safe?” she asked.", "“No.”", "He left.")]
    [InlineData("He stopped (the pump was hot.) Then he went on ... and on. Done…", "He stopped (the pump was hot.)", "Then he went on ... and on.", "Done…")]
    [InlineData("1. The Supplier delivers. 2.1 Fees are due.", "1. The Supplier delivers.", "2.1 Fees are due.")]
    [InlineData("Visit www.example.com/a.b?c=D. Use v1.2.3 then.", "Visit www.example.com/a.b?c=D.", "Use v1.2.3 then.")]
    [InlineData("水は冷たい。火は熱い！「本当？」はい。", "水は冷たい。", "火は熱い！", "「本当？」", "はい。")]
    [InlineData("A line that\nwraps here. The next\r\none. End", "A line that\nwraps here.", "The next\r\none.", "End")]
    [InlineData("**Bold ends here.** Plain follows. *So.* Yes.", "**Bold ends here.**", "Plain follows.", "*So.*", "Yes.")]
    [InlineData("No terminator at all", "No terminator at all")]
    [InlineData("Wait ... . . . what. .", "Wait ... . . . what. .")]
    public void Sentences_start_where_a_reader_says(string text, params string[] expected) =>
        Assert.Equal(expected, Split(text));

    [Fact]
    public void A_mark_that_combines_with_the_space_before_it_is_not_cut_off() =>
        Assert.Single(Split("It ends. \u0301And goes on."));
}
