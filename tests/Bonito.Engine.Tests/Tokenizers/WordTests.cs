using System.Text.RegularExpressions;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Tests.Tokenizers;

/// <summary>
/// Where words end. With every pair of a text merged, each of its words is one token, so the tokens show the words.
/// </summary>
public partial class WordTests
{
    [Theory]
    [InlineData("I'm sure he'll say 'tis ours", "I|'m| sure| he|'ll| say| '|tis| ours")]
    [InlineData("'RE WE'VE we've ''s", "'|RE| WE|'|VE| we|'ve| ''|s")]
    [InlineData("don't 'they're' l'l", "don|'t| '|they|'re|'| l|'|l")]
    [InlineData("a  b   c", "a| | b|  | c")]
    [InlineData("a\n\n b\t\tc \n", "a|\n\n| b|\t|\t|c| \n")]
    [InlineData("x ", "x| ")]
    [InlineData("x1 22y ½ Ⅷ3 $9.50!", "x|1| 22|y| ½| Ⅷ3| $|9|.|50|!")]
    [InlineData(" \u00A0 \u3000a", " \u00A0 |\u3000|a")]
    [InlineData("e\u0301te\u0301", "e|\u0301|te|\u0301")]
    // Letters, numbers and symbols beyond the Basic Multilingual Plane are judged as whole code points.
    [InlineData("a𝐀𝐁𐌰 𝐂1𝟏𝟐 𝟑🐟", "a𝐀𝐁𐌰| 𝐂|1𝟏𝟐| 𝟑|🐟")]
    [InlineData("x🐟🐟! 🐟y", "x|🐟🐟!| 🐟|y")]
    public void Text_is_cut_as_the_regular_expression_cuts_it(string text, string words) =>
        Assert.Equal(words.Split('|'), Words(text));

    [Fact]
    public void Words_equal_the_matches_of_the_regular_expression() =>
        Samples.ForAll(Samples.BasicTexts(), text =>
            Assert.Equal(Gpt2().Matches(text).Select(match => match.Value), Words(text)));

    [Fact]
    public void A_lone_surrogate_is_cut_and_encoded_as_the_replacement_character() =>
        Assert.Equal(["a", "\uFFFD\uFFFD", "b", " \uFFFD", "1"], Words("a\uD83D\uD83Db \uDC1F1"));

    private static IEnumerable<string> Words(string text)
    {
        Tokenizer tokenizer = BpeTrainer.Train([text], 100_000, [], minFrequency: 1, threads: 1);
        return tokenizer.Encode(text).Select(id => tokenizer.Decode([id]));
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Gpt2();
}
