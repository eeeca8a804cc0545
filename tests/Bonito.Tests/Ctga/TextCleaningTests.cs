using Bonito.Ctga;

namespace Bonito.Tests.Ctga;

public sealed class TextCleaningTests
{
    [Theory]
    [InlineData("tokens", "`` I do n't know , '' he said -lrb- softly -rrb- .", "\"I don't know,\" he said (softly).")]
    [InlineData("tokens", "She ca nt go ; the boys ' dog wo n't .", "She can't go; the boys ' dog won't.")]
    [InlineData("tokens", "a \"first\" word and a \" second \" one", "a \"first\" word and a \"second\" one")]
    [InlineData("tokens", "IT IS 5 . 3 , O 'Brien 's .", "IT IS 5. 3, O'Brien's.")]
    [InlineData("html", "Tom &amp; Ann #39;s  <b>day</b><br/>off", "Tom & Ann 's day\noff")]
    [InlineData("line_breaks", "one\\ntwo\\three", "one\ntwo three")]
    [InlineData("marks", "[step] Open it. #Person2#: Why?", "Open it. Person 2: Why?")]
    public void Artefacts_are_cleaned(string clean, string text, string expected) => Assert.Equal(expected, TextCleaning.Clean(text, [clean]));
}
