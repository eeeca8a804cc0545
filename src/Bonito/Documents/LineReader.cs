namespace Bonito.Documents;

/// <summary>Walks the lines of a text; line ends are <c>\n</c>, <c>\r\n</c> and <c>\r</c>.</summary>
sealed class LineReader(string text)
{
    int _at;
    bool _ended;

    /// <summary>The next line, or one that <see cref="Line.IsEnd"/> after the last.</summary>
    public Line Next()
    {
        if (_ended) return default;
        int length = text.AsSpan(_at).IndexOfAny('\n', '\r');
        int start = _at;
        int end = length < 0 ? text.Length : _at + length;
        _ended = length < 0;
        if (!_ended) _at = end + (text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1);

        int first = start;
        while (first < end && char.IsWhiteSpace(text[first])) first++;
        // A mark that combines with the last space of the indentation takes that space along.
        if (first > start && first < end && !Graphemes.EndsBefore(text, first)) first--;
        while (end > first && char.IsWhiteSpace(text[end - 1])) end--;
        return new Line(text, first, end, first - start);
    }
}

/// <summary>One line, without the white space around it, and what its first characters make of it.</summary>
/// <param name="Text">The whole text; null past its end.</param>
/// <param name="Start">The first character that is not white space.</param>
/// <param name="End">Past the last character that is not white space.</param>
/// <param name="Indent">How many characters of white space stand before it.</param>
readonly record struct Line(string? Text, int Start, int End, int Indent)
{
    ReadOnlySpan<char> Content => Text.AsSpan(Start, End - Start);

    public bool IsEnd => Text is null;

    public bool IsBlank => Start == End && !IsEnd;

    /// <summary>The character of a code fence that opens or closes here, or null.</summary>
    public char? Fence =>
        Content.StartsWith("```", StringComparison.Ordinal) ? '`' :
        Content.StartsWith("~~~", StringComparison.Ordinal) ? '~' : null;

    public bool IsTableRow => Content.StartsWith('|');

    /// <summary>A Markdown heading: one to six <c>#</c> and a space.</summary>
    public bool IsMarkedHeading
    {
        get
        {
            int hashes = Content.IndexOfAnyExcept('#');
            return hashes is >= 1 and <= 6 && Content[hashes] == ' ';
        }
    }

    /// <summary>The underline of a Markdown heading; after a blank line it is no more than a rule.</summary>
    public bool IsUnderline => Content.Length >= 3 && (Content.IndexOfAnyExcept('=') < 0 || Content.IndexOfAnyExcept('-') < 0);

    public bool IsItem => ItemStyle is not null;

    public bool IsNumbered => ItemStyle is '0' or 'a' or '(';

    /// <summary>
    /// How a list item is marked: its bullet, <c>0</c> for "3." and "3)", <c>a</c> for "b)" and "iv)", <c>(</c> for
    /// "(3)" and "(iv)"; null if the line is no list item.
    /// </summary>
    public char? ItemStyle
    {
        get
        {
            ReadOnlySpan<char> rest = Content;
            if (rest.Length >= 2 && rest[0] is '-' or '*' or '+' or '•' && char.IsWhiteSpace(rest[1])) return rest[0];

            bool bracketed = rest.StartsWith('(');
            if (bracketed) rest = rest[1..];
            int length = 0;
            while (length < rest.Length && char.IsAsciiLetterOrDigit(rest[length])) length++;
            if (length is 0 or > 4 || length + 1 >= rest.Length || !char.IsWhiteSpace(rest[length + 1])) return null;

            ReadOnlySpan<char> label = rest[..length];
            bool number = length <= 3 && label.IndexOfAnyExceptInRange('0', '9') < 0;
            bool letter = !number && (length == 1 || label.IndexOfAnyExcept('i', 'v', 'x') < 0);
            return rest[length] switch
            {
                ')' when number || letter => bracketed ? '(' : number ? '0' : 'a',
                '.' when number && !bracketed => '0',
                _ => null,
            };
        }
    }

    /// <summary>Whether its last character closes a clause, so that a numbered item may follow without a blank line.</summary>
    public bool IsClosed => Content.Length > 0 && ".:;!?。：；！？".Contains(Content[^1], StringComparison.Ordinal);

    /// <summary>Text that goes on with the paragraph or item of the line before.</summary>
    public bool ContinuesParagraph => !IsEnd && !IsBlank && Fence is null && !IsTableRow && !IsMarkedHeading;
}
