using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Parsing;

/// <summary>
/// Cuts a template into text and the tokens of its tags, in one pass. White space control is done here: what comes
/// out as text is what will be rendered.
/// </summary>
internal sealed class Lexer
{
    const string BlockBegin = "{%", BlockEnd = "%}", OutputBegin = "{{", OutputEnd = "}}", CommentBegin = "{#", CommentEnd = "#}";

    readonly SourceText source;
    readonly string text;
    readonly JinjaSyntax syntax;
    readonly List<Token> tokens = [];
    int position;

    // Whether the last piece ended with a line feed, so that white space now stands at the beginning of a line.
    bool atLineStart = true;

    Lexer(SourceText source, JinjaSyntax syntax) => (this.source, text, this.syntax) = (source, source.Text, syntax);

    /// <summary>All tokens; the last is <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="BonitoException">A tag, comment or string has no end, or there is a character that no token begins with.</exception>
    public static List<Token> Read(SourceText source, JinjaSyntax syntax)
    {
        Lexer lexer = new(source, syntax);
        lexer.ReadTemplate();
        return lexer.tokens;
    }

    void ReadTemplate()
    {
        while (position < text.Length)
        {
            int tag = FindTag(position);
            if (tag < 0)
            {
                AddText(position, text.Length);
                position = text.Length;
                break;
            }
            char kind = text[tag + 1];
            char sign = tag + 2 < text.Length && text[tag + 2] is '-' or '+' ? text[tag + 2] : ' ';
            AddText(position, EndOfText(position, tag, sign, strippable: kind != '{'));
            int inside = tag + (sign == ' ' ? 2 : 3);
            if (kind == '#') SkipComment(tag, inside);
            else if (kind == '{') ReadTag(tag, inside, TokenKind.OutputBegin, TokenKind.OutputEnd);
            else if (EndOfRawBegin(inside) is int raw and >= 0) ReadRaw(tag, raw);
            else ReadTag(tag, inside, TokenKind.BlockBegin, TokenKind.BlockEnd);
        }
        tokens.Add(new Token(TokenKind.End, text.Length, text.Length, null));
    }

    int FindTag(int start)
    {
        for (int i = start; (i = text.IndexOf('{', i)) >= 0 && i + 1 < text.Length; i++)
        {
            if (text[i + 1] is '{' or '%' or '#') return i;
        }
        return -1;
    }

    /// <summary>Where the text before a tag ends, once the white space that the tag takes away is left out.</summary>
    int EndOfText(int start, int tag, char sign, bool strippable)
    {
        if (sign == '-')
        {
            int end = tag;
            while (end > start && Characters.IsSpace(text[end - 1])) end--;
            return end;
        }
        if (sign == '+' || !strippable || !syntax.LeftStripBlocks || tag == start) return tag;
        int lineStart = text.LastIndexOf('\n', tag - 1, tag - start) + 1;
        bool newLine = lineStart > 0;
        if (!newLine) lineStart = start;
        return (newLine || atLineStart) && Characters.SkipSpace(text, lineStart) >= tag ? lineStart : tag;
    }

    void AddText(int start, int end)
    {
        if (end > start) tokens.Add(new Token(TokenKind.Text, start, end, text[start..end]));
    }

    void MoveTo(int index)
    {
        atLineStart = text[index - 1] == '\n';
        position = index;
    }

    void SkipComment(int begin, int inside)
    {
        int end = text.IndexOf(CommentEnd, inside, StringComparison.Ordinal);
        if (end < 0) throw source.Error(begin, begin + 2, $"the comment has no end; expected '{CommentEnd}'.");
        char sign = end > inside && text[end - 1] is '-' or '+' ? text[end - 1] : ' ';
        MoveTo(AfterEnd(end + 2, sign));
    }

    /// <summary>The index after the white space that the end of a block or comment takes away.</summary>
    int AfterEnd(int index, char sign) => sign switch
    {
        '-' => Characters.SkipSpace(text, index),
        ' ' when syntax.TrimBlocks && index < text.Length && text[index] == '\n' => index + 1,
        _ => index,
    };

    /// <summary>The index after <c>raw %}</c>, if that is what the block says; else -1.</summary>
    int EndOfRawBegin(int inside)
    {
        int i = AfterWord(inside, "raw");
        if (i < 0) return -1;
        if (StandsAt(i, "-" + BlockEnd)) return Characters.SkipSpace(text, i + 3);
        return StandsAt(i, BlockEnd) ? i + 2 : -1;
    }

    int AfterWord(int inside, string word)
    {
        int i = Characters.SkipSpace(text, inside);
        return StandsAt(i, word) ? Characters.SkipSpace(text, i + word.Length) : -1;
    }

    void ReadRaw(int begin, int start)
    {
        MoveTo(start);
        for (int tag = start; (tag = text.IndexOf(BlockBegin, tag, StringComparison.Ordinal)) >= 0; tag++)
        {
            char sign = tag + 2 < text.Length && text[tag + 2] is '-' or '+' ? text[tag + 2] : ' ';
            int i = AfterWord(tag + (sign == ' ' ? 2 : 3), "endraw");
            if (i < 0) continue;
            char endSign = i < text.Length && text[i] is '-' or '+' ? text[i] : ' ';
            if (endSign != ' ') i++;
            if (!StandsAt(i, BlockEnd)) continue;
            AddText(start, EndOfText(start, tag, sign, strippable: true));
            MoveTo(AfterEnd(i + 2, endSign));
            return;
        }
        throw source.Error(begin, start, "the raw block has no end; expected '{% endraw %}'.");
    }

    void ReadTag(int begin, int inside, TokenKind beginKind, TokenKind endKind)
    {
        tokens.Add(new Token(beginKind, begin, inside, null));
        string end = endKind == TokenKind.BlockEnd ? BlockEnd : OutputEnd;
        int i = inside;
        // Closing brackets that are awaited; inside of brackets a tag cannot end, so that '}}' closes dictionaries.
        var awaited = new Stack<char>();
        while (true)
        {
            i = Characters.SkipSpace(text, i);
            if (i >= text.Length) throw source.Error(begin, inside, $"the tag has no end; expected '{end}'.");
            if (awaited.Count == 0 && AfterTagEnd(i, end) is int after and >= 0)
            {
                tokens.Add(new Token(endKind, i, i + (text[i] == end[0] ? 2 : 3), null));
                MoveTo(after);
                return;
            }
            Token token = TokenReader.Read(source, i);
            if (token.Kind == TokenKind.Operator) Balance(token, awaited);
            tokens.Add(token);
            i = token.End;
        }
    }

    /// <summary>The index after the end of a tag and the white space that it takes away; -1 when no end stands here.</summary>
    int AfterTagEnd(int i, string end)
    {
        if (StandsAt(i, end)) return end == BlockEnd ? AfterEnd(i + 2, ' ') : i + 2;
        if (text[i] is '-' && StandsAt(i + 1, end)) return AfterEnd(i + 3, '-');
        return text[i] == '+' && end == BlockEnd && StandsAt(i + 1, end) ? i + 3 : -1;
    }

    void Balance(Token token, Stack<char> awaited)
    {
        switch (((string)token.Value!)[0])
        {
            case '(': awaited.Push(')'); break;
            case '[': awaited.Push(']'); break;
            case '{': awaited.Push('}'); break;
            case ')' or ']' or '}':
                char found = ((string)token.Value)[0];
                if (awaited.Count == 0) throw source.Error(token.Start, token.End, "nothing was opened that this could close.");
                char expected = awaited.Pop();
                if (found != expected) throw source.Error(token.Start, token.End, $"expected '{expected}'.");
                break;
        }
    }

    bool StandsAt(int index, string what) => string.CompareOrdinal(text, index, what, 0, what.Length) == 0;
}
