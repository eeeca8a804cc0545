namespace Bonito.Engine.Tokenizers;

/// <summary>When text gets a space before it that it did not have.</summary>
internal enum PrependScheme
{
    Never,

    /// <summary>Only at the beginning of the whole text, not after an added token.</summary>
    First,

    Always,
}

/// <summary>How spaces become visible: the space as U+2581, one of them put before text that does not begin with one.</summary>
/// <param name="Prepend">Where one is put before the text.</param>
/// <param name="Split">Whether every space begins a word of its own, so that no token holds two.</param>
internal sealed record Metaspace(PrependScheme Prepend, bool Split)
{
    /// <summary>The visible space.</summary>
    public const char Space = '\u2581';

    /// <summary>Makes the spaces of a text visible.</summary>
    public string Apply(ReadOnlySpan<char> text, bool first)
    {
        bool prepend = (Prepend == PrependScheme.Always || (Prepend == PrependScheme.First && first)) && text[0] is not (' ' or Space);
        return string.Create(text.Length + (prepend ? 1 : 0), text, static (destination, source) =>
        {
            destination[0] = Space;
            source.Replace(destination[^source.Length..], ' ', Space);
        });
    }
}
