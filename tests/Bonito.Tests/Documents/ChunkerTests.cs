using System.Globalization;
using System.Text;
using Bonito.Documents;

namespace Bonito.Tests.Documents;

public sealed class ChunkerTests
{
    static readonly TokenCounter s_words = CountWords;

    static string[] Chunk(string text, int max, int min = 0, int overlap = 0) =>
        [.. new Chunker(new ChunkOptions(max, min, overlap), s_words).Chunk(new Document("d", text)).Select(c => c.Text)];

    static string Sentence(string name, int words) =>
        char.ToUpperInvariant(name[0]) + name[1..] + string.Concat(Enumerable.Repeat(" " + name, words - 1)) + ".";

    [Fact]
    public void A_document_that_fits_is_one_context_even_with_overlap()
    {
        string text = "# Title\n\n" + Sentence("a", 8) + "\n\n" + Sentence("b", 8) + "\n";
        Assert.Equal([text.Trim()], Chunk(text, 18, 4, 8));
    }

    [Fact]
    public void Paragraphs_stay_whole_where_they_fit()
    {
        string a = Sentence("a", 8), b = Sentence("b", 4) + " " + Sentence("b", 4), c = Sentence("c", 7);
        Assert.Equal([$"{a}", $"{b}", $"{c}"], Chunk($"{a}\n\n{b}\n\n{c}", 12, 2));
    }

    [Fact]
    public void A_long_paragraph_is_cut_between_sentences()
    {
        string[] s = [.. Enumerable.Range(0, 6).Select(i => Sentence(((char)('a' + i)).ToString(), 5))];
        Assert.Equal([$"{s[0]} {s[1]}", $"{s[2]} {s[3]}", $"{s[4]} {s[5]}"], Chunk(string.Join(' ', s), 12, 3));
    }

    [Fact]
    public void A_heading_stays_with_the_paragraph_that_follows()
    {
        string a = Sentence("a", 8), b = Sentence("b", 8);
        Assert.Equal([a, $"## Next part\n\n{b}"], Chunk($"{a}\n\n## Next part\n\n{b}", 12));
        Assert.Equal([a, $"Next part\n\n{b}"], Chunk($"{a}\n\nNext part\n\n{b}", 12));
    }

    [Fact]
    public void A_list_stays_whole_and_with_the_line_that_announces_it()
    {
        string list = "- one two\n- three four\n- five six", lead = "The parts are:";
        Assert.Equal([Sentence("a", 8), $"{lead}\n{list}"], Chunk($"{Sentence("a", 8)}\n\n{lead}\n{list}\n", 13, 3));
    }

    [Fact]
    public void Code_stays_whole_where_it_fits_and_is_cut_at_lines_where_not()
    {
        string code = "```\nfirst line\nsecond line\nthird line\n```";
        Assert.Equal([Sentence("a", 6), code, Sentence("b", 6)], Chunk($"{Sentence("a", 6)}\n\n{code}\n\n{Sentence("b", 6)}", 8));
        Assert.All(Chunk(code, 4), c => Assert.DoesNotContain(c, new[] { "line", "first", "second", "third" }));
    }

    [Fact]
    public void A_short_remnant_joins_its_neighbour_or_takes_from_it()
    {
        string a = Sentence("a", 8), end = Sentence("z", 2);
        Assert.Equal([a, $"{a}\n\n{end}"], Chunk($"{a}\n\n{a}\n\n{end}", 11, 4));

        string b = $"{Sentence("b", 5)} {Sentence("c", 5)}";
        Assert.Equal([Sentence("b", 5), $"{Sentence("c", 5)}\n\n{end}"], Chunk($"{b}\n\n{end}", 11, 4));
    }

    [Fact]
    public void A_sentence_is_cut_only_if_it_alone_is_too_long_then_at_spaces()
    {
        string longSentence = Sentence("word", 25);
        string[] contexts = Chunk($"{Sentence("a", 3)} {longSentence} {Sentence("b", 9)}", 10);

        Assert.All(contexts, c => Assert.All(c.Split(' '), w => Assert.Contains(w.TrimEnd('.'), new[] { "A", "a", "Word", "word", "B", "b" })));
        Assert.Contains(Sentence("b", 9), contexts[^1], StringComparison.Ordinal);
        Assert.All(contexts, c => Assert.InRange(CountWords(c), 1, 10));
    }

    [Fact]
    public void A_word_that_is_too_long_is_cut_between_characters_as_seen()
    {
        string family = "👨‍👩‍👧", word = string.Concat(Enumerable.Repeat(family, 10));
        var chunker = new Chunker(new ChunkOptions(20, 0), t => t.Length);
        IReadOnlyList<Context> contexts = chunker.Chunk(new Document("d", word));

        Assert.Equal(word, string.Concat(contexts.Select(c => c.Text)));
        Assert.All(contexts, c => Assert.Equal(family + family, c.Text));
    }

    [Fact]
    public void Overlap_repeats_whole_sentences_of_the_context_before()
    {
        string[] s = [.. "abcdef".Select(n => Sentence(n.ToString(), 4))];
        Assert.Equal(
            [$"{s[0]} {s[1]}", $"{s[1]} {s[2]} {s[3]}", $"{s[3]} {s[4]} {s[5]}"],
            Chunk(string.Join(' ', s), 13, 2, 5));
        Assert.Equal([$"{s[0]} {s[1]}", $"{s[2]} {s[3]}"], Chunk(string.Join(' ', s[..4]), 10, 2, 2));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t\r\n\u3000 ")]
    public void A_blank_document_has_no_contexts(string text) => Assert.Empty(Chunk(text, 10));

    [Fact]
    public void Contexts_carry_their_place_and_a_stable_id()
    {
        var chunker = new Chunker(new ChunkOptions(10, 0), s_words);
        string a = Sentence("a", 8), b = Sentence("b", 8);
        IReadOnlyList<Context> contexts = chunker.Chunk(new Document("docs/x.txt", $"\n{a}\n\n{b}\n"));

        Assert.Equal(
            [new Context("docs/x.txt", 0, 0, a.Length + 3, a), new Context("docs/x.txt", 1, a.Length + 3, a.Length + b.Length + 4, b)],
            contexts);
        Assert.Equal("f6770bcd559c05f9", new Context("docs/x.txt", 0, 0, 4, "Text").Id);
        Assert.Distinct(
            [contexts[0].Id, contexts[1].Id, (contexts[0] with { Document = "y" }).Id, (contexts[0] with { Index = 1 }).Id]);
    }

    [Theory]
    [InlineData(0, 0, 0, "max tokens of a context is 0; it must be at least 1")]
    [InlineData(100, 51, 0, "min tokens of a context is 51; it must be from 0 to 50, half of its max tokens (100)")]
    [InlineData(100, 0, -1, "overlap tokens of a context is -1; it must be from 0 to 50, half of its max tokens (100)")]
    public void Options_out_of_range_are_refused(int max, int min, int overlap, string message)
    {
        var error = Assert.Throws<BonitoException>(() => new Chunker(new ChunkOptions(max, min, overlap), s_words));
        Assert.Equal(message, error.Message);
    }

    /// <summary>Counts what the counter is given: a quadratic chunker would hand it the document many times over.</summary>
    [Theory]
    [InlineData("Prose of a few words. It goes on, and on, for ever. ", 3)]
    [InlineData("no end of a sentence ", 6)]
    [InlineData("endlessword", 24)]
    [InlineData("# Heading\n\n", 6)]
    [InlineData(" \n", 3)]
    public void Work_is_linear_in_the_document(string fragment, int timesTheText)
    {
        string text = new StringBuilder().Insert(0, fragment, 2_000_000 / fragment.Length).Append("end").ToString();
        long counted = 0;
        var chunker = new Chunker(new ChunkOptions(128, 24), t =>
        {
            counted += t.Length;
            return (t.Length + 3) / 4;
        });

        IReadOnlyList<Context> contexts = chunker.Chunk(new Document("d", text));

        Assert.Equal(text.Length, contexts[^1].CharEnd);
        Assert.InRange(counted, 1, (long)timesTheText * text.Length);
    }

    internal static int CountWords(ReadOnlySpan<char> text)
    {
        int words = 0;
        bool inWord = false;
        foreach (char c in text)
        {
            bool space = char.IsWhiteSpace(c);
            if (!space && !inWord) words++;
            inWord = !space;
        }

        return words;
    }
}
