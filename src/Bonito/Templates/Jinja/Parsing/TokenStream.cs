using Bonito.Templates.Jinja.Syntax;

namespace Bonito.Templates.Jinja.Parsing;

/// <summary>The tokens of a template as the parsers take them, and what both parsers share: errors, places of nodes, the bound on nesting.</summary>
internal sealed class TokenStream(SourceText source, List<Token> tokens)
{
    /// <summary>Most levels of nodes in a tree, and of blocks within blocks. Templates that people write have a tenth of it.</summary>
    public const int MostLevels = 150;

    int index;
    int depth;

    public Token Current => tokens[index];

    public Token Following => tokens[Math.Min(index + 1, tokens.Count - 1)];

    public Token Take() => Current.Kind == TokenKind.End ? Current : tokens[index++];

    public bool TakeName(string name) => TakeIf(Current.IsName(name));

    public bool TakeOperator(string text) => TakeIf(Current.IsOperator(text));

    bool TakeIf(bool wanted)
    {
        if (wanted) index++;
        return wanted;
    }

    public Token Expect(TokenKind kind, string expected) =>
        Current.Kind == kind ? Take() : throw Error(Current, $"expected {expected}, got {Current.Describe()}.");

    public Token ExpectName(string name) =>
        Current.IsName(name) ? Take() : throw Error(Current, $"expected '{name}', got {Current.Describe()}.");

    public Token ExpectOperator(string text) =>
        Current.IsOperator(text) ? Take() : throw Error(Current, $"expected '{text}', got {Current.Describe()}.");

    public BonitoException Error(Token token, string message) => source.Error(token.Start, token.End, message);

    /// <summary>Goes one level deeper, for parsers that call themselves.</summary>
    public void Descend()
    {
        if (++depth > MostLevels) throw Error(Current, $"nested too deep; at most {MostLevels} levels.");
    }

    public void Ascend() => depth--;

    /// <summary>Gives a node its place: from a token to the last one taken.</summary>
    public T At<T>(Token start, T node) where T : Node
    {
        foreach (Node child in node.Children()) node.Height = Math.Max(node.Height, child.Height + 1);
        if (node.Height > MostLevels) throw Error(start, $"nested too deep; at most {MostLevels} levels.");
        (node.Start, node.End) = (start.Start, index == 0 ? start.End : tokens[index - 1].End);
        return node;
    }
}
