using Bonito.Evaluation;

namespace Bonito.Tests.Evaluation;

public sealed class DistinctTests
{
    [Fact]
    public void Runs_are_counted_over_all_texts_without_case_and_punctuation()
    {
        string[] texts = ["What is a river?", "what is: a lake"];
        // what, is, a, river, lake of 8; "what is", "is a", "a river", "a lake" of 6.
        Assert.Equal(5.0 / 8, Distinct.Share(texts, 1));
        Assert.Equal(4.0 / 6, Distinct.Share(texts, 2));
    }

    [Fact]
    public void Runs_do_not_reach_from_one_text_into_the_next() => Assert.Equal(1, Distinct.Share(["one two", "two one"], 2));

    [Fact]
    public void Equal_texts_share_their_runs() => Assert.Equal(1.0 / 4, Distinct.Share(Enumerable.Repeat("Wie heißt du?", 4), 3));

    [Fact]
    public void Texts_that_are_too_short_have_no_share()
    {
        Assert.Null(Distinct.Share(["one", "", "?"], 2));
        Assert.Null(Distinct.Share([], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Distinct.Share(["one"], 0));
    }
}
