namespace Bonito.Documents;

enum BlockKind
{
    Heading,
    Paragraph,
    List,
    Lines,
}

/// <summary>A run of text that belongs together, from its first to past its last character that is not white space.</summary>
/// <param name="Kind">What it is; headings introduce the block after them.</param>
/// <param name="Parts">Where its parts start: the items of a list, the lines of code and tables, else its start alone.</param>
/// <param name="End">Past its last character.</param>
/// <param name="LeadsOn">Whether it introduces the next block: a heading, or a text that ends in a colon.</param>
sealed record Block(BlockKind Kind, IReadOnlyList<int> Parts, int End, bool LeadsOn)
{
    public int Start => Parts[0];
}

/// <summary>
/// Splits a text into blocks, reading Markdown and plain text alike: headings, paragraphs, lists, fenced code, tables.
/// One pass over the lines; between blocks stands nothing but white space.
/// </summary>
static class Blocks
{
    public static List<Block> Split(string text)
    {
        List<Block> blocks = [];
        var lines = new LineReader(text);
        Line line = lines.Next();
        while (!line.IsEnd)
            line = line.IsBlank ? lines.Next() : Read(text, lines, line, blocks);
        return blocks;
    }

    /// <summary>Reads one block that starts at this line; gives the line after it.</summary>
    static Line Read(string text, LineReader lines, Line first, List<Block> blocks)
    {
        if (first.Fence is { } fence) return ReadFence(lines, first, fence, blocks);
        if (first.IsTableRow) return ReadTable(lines, first, blocks);
        if (first.IsItem) return ReadList(text, lines, first, blocks);
        if (first.IsMarkedHeading)
        {
            blocks.Add(new Block(BlockKind.Heading, [first.Start], first.End, LeadsOn: true));
            return lines.Next();
        }

        return ReadParagraph(text, lines, first, blocks);
    }

    static Line ReadFence(LineReader lines, Line first, char fence, List<Block> blocks)
    {
        List<int> starts = [first.Start];
        int end = first.End;
        Line line = lines.Next();
        for (; !line.IsEnd; line = lines.Next())
        {
            if (line.IsBlank) continue;
            starts.Add(line.Start);
            end = line.End;
            if (line.Fence != fence) continue;
            line = lines.Next();
            break;
        }

        blocks.Add(new Block(BlockKind.Lines, starts, end, LeadsOn: false));
        return line;
    }

    static Line ReadTable(LineReader lines, Line first, List<Block> blocks)
    {
        List<int> starts = [];
        int end = first.End;
        Line line = first;
        for (; line.IsTableRow; line = lines.Next())
        {
            starts.Add(line.Start);
            end = line.End;
        }

        blocks.Add(new Block(BlockKind.Lines, starts, end, LeadsOn: false));
        return line;
    }

    static Line ReadList(string text, LineReader lines, Line first, List<Block> blocks)
    {
        List<int> starts = [];
        int end = first.End;
        int lineCount = 0;
        bool blankBefore = false;
        Line line = first;
        for (; !line.IsEnd; line = lines.Next())
        {
            if (line.IsBlank)
            {
                blankBefore = true;
                continue;
            }

            bool goesOn = blankBefore
                ? line.Indent >= 2 || line.ItemStyle == first.ItemStyle
                : line.IsItem || line.ContinuesParagraph;
            if (!goesOn) break;
            if (line.IsItem) starts.Add(line.Start);
            end = line.End;
            lineCount++;
            blankBefore = false;
        }

        // "2. Payment" alone on its line, before what is not "3.", is a numbered heading.
        bool heading = lineCount == 1 && blankBefore && first.IsNumbered && IsTitle(text.AsSpan(first.Start, end - first.Start));
        blocks.Add(new Block(heading ? BlockKind.Heading : BlockKind.List, starts, end, heading || EndsInColon(text, end)));
        return line;
    }

    static Line ReadParagraph(string text, LineReader lines, Line first, List<Block> blocks)
    {
        Line last = first;
        bool underlined = false;
        Line line = lines.Next();
        for (; line.ContinuesParagraph && !underlined && !Interrupts(line, last); line = lines.Next())
        {
            underlined = line.IsUnderline && last == first;
            last = line;
        }

        bool heading = underlined
            || (last == first && line.IsBlank && IsTitle(text.AsSpan(first.Start, first.End - first.Start)));
        blocks.Add(new Block(
            heading ? BlockKind.Heading : BlockKind.Paragraph, [first.Start], last.End, heading || EndsInColon(text, last.End)));
        return line;
    }

    /// <summary>Whether an item starts a list here. A wrapped line of prose may begin with "1984." by chance.</summary>
    static bool Interrupts(Line line, Line previous) => line.IsItem && (!line.IsNumbered || previous.IsClosed);

    /// <summary>A short line that no punctuation closes: what plain text has for a heading.</summary>
    static bool IsTitle(ReadOnlySpan<char> line)
    {
        const int Longest = 80;
        ReadOnlySpan<char> bare = line.TrimEnd("*_\"'”’)]");
        return line.Length <= Longest && !bare.IsEmpty && !".!?;:,…。！？；：，、".Contains(bare[^1], StringComparison.Ordinal);
    }

    static bool EndsInColon(string text, int end) => text[end - 1] is ':' or '：';
}
