namespace Bonito.Ctga.Rules;

/// <summary>A clean sentence with its words.</summary>
internal sealed class Sentence(string text, Token[] tokens, int words)
{
    public string Text { get; } = text;

    public Token[] Tokens { get; } = tokens;

    public int Words { get; } = words;

    public IReadOnlyList<Span> Spans { get; } = Rules.Spans.Find(tokens);

    /// <summary>Its first clause, if the parser understood it.</summary>
    public Clause? Clause { get; set; }

    /// <summary>What can be asked about it.</summary>
    public IReadOnlyList<Question> Questions { get; set; } = [];
}
