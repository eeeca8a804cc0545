using System.Text;
using Bonito.Engine.Generation.Constraints;

namespace Bonito.Engine.Tests.Generation.Constraints;

public sealed class WordBoundariesTests
{
    // [ where a quotation may begin, ] where it may end.
    [Theory]
    [InlineData("The lamp was lit.", "[The] [lamp] [was] [lit].]")]
    [InlineData("I don't know, \u201Cshe\u2019s\u201D said.", "[I] [don't] [know], [\u201C[she\u2019s]\u201D] [said].]")]
    [InlineData("$5 for 3.5% of COVID-19 (x.org)", "[$][5] [for] [3.5]%] [of] [COVID-19] [([x.org])]")]
    [InlineData("1998\u20132004, 10:30; AT&T/you_too", "[1998][\u2013][2004], [10:30]; [AT&T/you_too]")]
    [InlineData("**Bold** - item", "[*][*][Bold][*][*] [-] [item]")]
    [InlineData("caf\u0065\u0301 na\u00EFve", "[cafe\u0301] [na\u00EFve]")]
    [InlineData("\u6771\u4EAC\u306E\u5854\u3001" + "1958\u5E74", "[\u6771][\u4EAC][\u306E][\u5854]\u3001[1958][\u5E74]")]
    [InlineData("  spaced\tout\n", "  [spaced]\t[out]\n")]
    [InlineData("a, ", "[a], ")]
    [InlineData("...", "...")]
    [InlineData(" \n", " \n")]
    [InlineData("", "")]
    public void Quotations_begin_and_end_at_words(string text, string marked)
    {
        (IReadOnlyList<int> starts, IReadOnlyList<int> ends) = WordBoundaries.Find(text);
        StringBuilder actual = new();
        int offset = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            Mark();
            actual.Append(rune);
            offset += rune.Utf8SequenceLength;
        }
        Mark();
        Assert.Equal(marked, actual.ToString());

        void Mark()
        {
            if (ends.Contains(offset)) actual.Append(']');
            if (starts.Contains(offset)) actual.Append('[');
        }
    }
}
