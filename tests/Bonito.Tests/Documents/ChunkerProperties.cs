using System.Globalization;
using Bonito.Documents;
using FsCheck;
using FsCheck.Fluent;

namespace Bonito.Tests.Documents;

/// <summary>What holds for every text, shown on texts built from the pieces that chunkers stumble over.</summary>
public sealed class ChunkerProperties
{
    static readonly string[] s_fragments =
    [
        "word", "Word ", "The pump runs. ", "It is loud! ", "Dr. Who? ", "e.g. this", "3.5", "U.S. ", "... ", "“Quoted.” ",
        "\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\t", "   ", "\u00A0", "\u3000", "\u2028", "\u0085", "\f", "\v",
        "水は冷たい。", "火", "、", "！", "「はい。」", "한국어 문장. ", "مرحبا؟ ", "नमस्ते। ", "क्षि",
        "👨‍👩‍👧‍👦", "🇩🇪", "🇫🇷", "👍🏽", "e\u0301", "\u0301", "\u200D", "\uFE0F", "*️⃣", "\u0600", "\uD83D", "\uDE00", "\0",
        "# Heading\n", "## ", "====\n", "---\n", "- item\n", "1. first\n", "(a) clause;\n", "2. Title\n\n", "the following:\n",
        "```\n", "~~~\n", "| a | b |\n", "    indented\n", new('x', 70), string.Concat(Enumerable.Repeat("a\u0300\u0301", 20)),
    ];

    /// <summary>Counters that differ as tokenizers do; the last counts wholes as longer than their parts.</summary>
    static readonly TokenCounter[] s_counters =
        [t => t.Length, ChunkerTests.CountWords, t => (t.Length + 3) / 4, t => 0, t => t.Length + (t.Length * t.Length / 64)];

    sealed record Case(string[] Fragments, ChunkOptions Options, int Counter)
    {
        public string Text { get; } = string.Concat(Fragments);

        public TokenCounter Count => s_counters[Counter];

        public IReadOnlyList<Context> Chunk() => new Chunker(Options, Count).Chunk(new Document("d", Text));
    }

    static void ForAll(bool overlap, Func<Case, bool> property)
    {
        Gen<Case> cases =
            from fragments in Gen.Elements(s_fragments).ListOf()
            from max in Gen.Choose(1, 60)
            from min in Gen.Choose(0, max / 2)
            from over in Gen.Choose(0, overlap ? max / 2 : 0)
            from counter in Gen.Choose(0, s_counters.Length - 1)
            select new Case([.. fragments], new ChunkOptions(max, min, over), counter);
        Arbitrary<Case> shrinking = Arb.From(cases, c => c.Fragments.Select((_, i) =>
            new Case([.. c.Fragments[..i], .. c.Fragments[(i + 1)..]], c.Options, c.Counter)));
        Prop.ForAll(shrinking, property).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(80));
    }

    [Fact]
    public void Nothing_is_lost_spans_put_together_are_the_document() => ForAll(overlap: false, c =>
    {
        IReadOnlyList<Context> contexts = c.Chunk();
        return string.IsNullOrWhiteSpace(c.Text)
            ? contexts.Count == 0
            : string.Concat(contexts.Select(x => c.Text[x.CharStart..x.CharEnd])) == c.Text;
    });

    [Fact]
    public void With_overlap_spans_reach_back_and_still_cover_the_document() => ForAll(overlap: true, c =>
    {
        IReadOnlyList<Context> contexts = c.Chunk();
        return contexts.Count == 0 || (
            contexts[0].CharStart == 0 && contexts[^1].CharEnd == c.Text.Length &&
            contexts.Zip(contexts.Skip(1)).All(p =>
                p.Second.CharStart > p.First.CharStart && p.Second.CharStart <= p.First.CharEnd && p.Second.CharEnd > p.First.CharEnd));
    });

    [Fact]
    public void Every_context_is_its_trimmed_span_numbered_in_order_and_not_blank() => ForAll(overlap: true, c =>
        c.Chunk().Index().All(x =>
            x.Item.Index == x.Index && x.Item.Text.Length > 0 && x.Item.Text == c.Text[x.Item.CharStart..x.Item.CharEnd].Trim()));

    [Fact]
    public void No_context_is_longer_than_its_budget_unless_it_is_a_single_character() => ForAll(overlap: true, c =>
        c.Chunk().All(x => c.Count(x.Text) <= c.Options.MaxTokens || new StringInfo(x.Text).LengthInTextElements == 1));

    [Fact]
    public void No_cut_tears_a_character_as_seen() => ForAll(overlap: true, c =>
    {
        HashSet<int> boundaries = [.. StringInfo.ParseCombiningCharacters(c.Text), c.Text.Length];
        return c.Chunk().All(x => boundaries.Contains(x.CharStart) && boundaries.Contains(x.CharEnd));
    });

    [Fact]
    public void The_same_document_gives_the_same_contexts() => ForAll(overlap: true, c => c.Chunk().SequenceEqual(c.Chunk()));
}
