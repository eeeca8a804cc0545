namespace Bonito.Templates.Jinja.Parsing;

/// <summary>Kinds of tokens.</summary>
internal enum TokenKind { Text, OutputBegin, OutputEnd, BlockBegin, BlockEnd, Name, String, Integer, Float, Operator, End }

/// <summary>A token: where it stands and, if it has one, its text or value.</summary>
/// <param name="Value">A string (text, names, operators, strings), long or double; null for delimiters.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int End, object? Value)
{
    public bool IsName(string name) => Kind == TokenKind.Name && (string)Value! == name;

    public bool IsOperator(string text) => Kind == TokenKind.Operator && (string)Value! == text;

    /// <summary>The token as errors call it.</summary>
    public string Describe() => Kind switch
    {
        TokenKind.Text => "text",
        TokenKind.OutputBegin => "'{{'",
        TokenKind.OutputEnd => "'}}'",
        TokenKind.BlockBegin => "'{%'",
        TokenKind.BlockEnd => "'%}'",
        TokenKind.String => "a string",
        TokenKind.Integer or TokenKind.Float => "a number",
        TokenKind.End => "the end of the template",
        _ => $"'{Value}'",
    };
}
