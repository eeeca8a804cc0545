using System.Text;
using Bonito.Templates.Jinja.Syntax;

namespace Bonito.Templates.Jinja.Parsing;

/// <summary>Parses a template into statements.</summary>
internal sealed class TemplateParser
{
    readonly TokenStream tokens;
    readonly ExpressionParser expressions;
    readonly JinjaSyntax syntax;
    int loops;

    TemplateParser(TokenStream tokens, JinjaSyntax syntax)
    {
        (this.tokens, this.syntax) = (tokens, syntax);
        expressions = new ExpressionParser(tokens);
    }

    /// <summary>The whole template.</summary>
    /// <exception cref="BonitoException">The text is no template, or uses what is not supported; the message has the place.</exception>
    public static Sequence<Statement> Parse(SourceText source, JinjaSyntax syntax)
    {
        TokenStream tokens = new(source, Lexer.Read(source, syntax));
        return new TemplateParser(tokens, syntax).Body(default, []).Body;
    }

    /// <summary>
    /// Statements up to a tag with one of the names, whose name is taken: <c>{% endif</c>. Without names, up to the end of the template.
    /// </summary>
    (Sequence<Statement> Body, string End) Body(Token opened, string[] ends)
    {
        if (ends.Length > 0)
        {
            // A colon may stand there, as in Python.
            tokens.TakeOperator(":");
            tokens.Expect(TokenKind.BlockEnd, "'%}'");
        }
        tokens.Descend();
        var body = new List<Statement>();
        while (true)
        {
            Token token = tokens.Take();
            switch (token.Kind)
            {
                case TokenKind.Text:
                    body.Add(Text(token));
                    break;
                case TokenKind.OutputBegin:
                    Expression value = expressions.ParseTuple();
                    tokens.Expect(TokenKind.OutputEnd, "'}}'");
                    body.Add(tokens.At(token, new Output(value)));
                    break;
                case TokenKind.BlockBegin:
                    if (tokens.Current.Kind == TokenKind.Name && ends.Contains((string)tokens.Current.Value!))
                    {
                        tokens.Ascend();
                        return ([.. body], (string)tokens.Take().Value!);
                    }
                    Statement(token, body, opened, ends);
                    break;
                default:
                    if (ends.Length > 0)
                        throw tokens.Error(opened, $"the block has no end; expected '{{% {string.Join(" %}' or '{% ", ends)} %}}'.");
                    tokens.Ascend();
                    return ([.. body], "");
            }
        }
    }

    Sequence<Statement> Body(Token opened, string end) => Body(opened, [end]).Body;

    /// <summary>A text with those after it, from which a comment or a raw block separates it.</summary>
    Text Text(Token first)
    {
        string text = (string)first.Value!;
        if (tokens.Current.Kind == TokenKind.Text)
        {
            var whole = new StringBuilder(text);
            while (tokens.Current.Kind == TokenKind.Text) whole.Append((string)tokens.Take().Value!);
            text = whole.ToString();
        }
        return tokens.At(first, new Text(text));
    }

    void Statement(Token start, List<Statement> body, Token opened, string[] ends)
    {
        Token tag = tokens.Expect(TokenKind.Name, "the name of a tag");
        switch ((string)tag.Value!)
        {
            case "if": body.Add(tokens.At(start, If(tag))); break;
            case "for": body.Add(tokens.At(start, For(tag))); break;
            case "set": body.Add(tokens.At(start, Set(tag))); break;
            case "with": body.Add(tokens.At(start, With(tag))); break;
            case "macro": body.Add(tokens.At(start, Macro(tag))); break;
            case "call": body.Add(tokens.At(start, CallBlock(tag))); break;
            case "filter": body.Add(tokens.At(start, FilterBlock(tag))); break;
            case "print": Print(start, body); break;
            case "break" or "continue" when syntax.LoopControls:
                if (loops == 0) throw tokens.Error(tag, "there is no loop around it.");
                body.Add(tokens.At(start, (string)tag.Value == "break" ? (Statement)new Break() : new Continue()));
                break;
            case "block" or "extends" or "include" or "import" or "from" or "autoescape":
                throw tokens.Error(tag, "this tag is not supported: a template stands alone here, and nothing is escaped.");
            default:
                string expected = ends.Length == 0 ? "no block is open here" : $"the innermost open block awaits '{string.Join("' or '", ends)}'";
                throw tokens.Error(tag, $"unknown tag; {expected}, and the tags are: if, for, set, with, macro, call, filter, print, raw{(syntax.LoopControls ? ", break, continue" : "")}.");
        }
        tokens.Expect(TokenKind.BlockEnd, "'%}'");
    }

    If If(Token tag)
    {
        var branches = new List<Branch>();
        while (true)
        {
            Expression condition = expressions.ParseTuple(conditional: false);
            (Sequence<Statement> body, string end) = Body(tag, ["elif", "else", "endif"]);
            branches.Add(tokens.At(tag, new Branch(condition, body)));
            if (end == "elif") continue;
            return new If([.. branches], end == "else" ? Body(tag, "endif") : []);
        }
    }

    For For(Token tag)
    {
        Token first = tokens.Current;
        Expression target = expressions.ParseTarget(end: "in");
        if (Names(target).Contains("loop")) throw tokens.Error(first, "'loop' is the loop itself; take another name.");
        tokens.ExpectName("in");
        Expression items = expressions.ParseTuple(conditional: false, end: "recursive");
        Expression? condition = tokens.TakeName("if") ? expressions.Parse() : null;
        bool recursive = tokens.TakeName("recursive");
        loops++;
        (Sequence<Statement> body, string end) = Body(tag, ["endfor", "else"]);
        loops--;
        return new For(target, items, condition, recursive, body, end == "else" ? Body(tag, "endfor") : []);
    }

    static IEnumerable<string> Names(Expression target) => target switch
    {
        Name name => [name.Identifier],
        TupleLiteral tuple => tuple.Items.SelectMany(Names),
        _ => [],
    };

    Statement Set(Token tag)
    {
        Token first = tokens.Current;
        Expression target;
        if (first.Kind == TokenKind.Name && tokens.Following.IsOperator("."))
        {
            tokens.Take();
            tokens.Take();
            Token attribute = expressions.ParseName("an attribute's name");
            target = tokens.At(first, new NamespaceTarget((string)first.Value!, (string)attribute.Value!));
        }
        else target = expressions.ParseTarget();
        if (loops > 0 && Names(target).Contains("loop")) throw tokens.Error(first, "'loop' is the loop itself; take another name.");
        if (tokens.TakeOperator("=")) return new Set(target, expressions.ParseTuple());
        Expression value = expressions.ParseFilters(tokens.Current, tokens.At(tokens.Current, new RenderedBody()));
        return new SetBlock(target, value, Body(tag, "endset"));
    }

    With With(Token tag)
    {
        var bindings = new List<Binding>();
        while (tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (bindings.Count > 0) tokens.ExpectOperator(",");
            Token first = tokens.Current;
            Expression target = expressions.ParseTarget();
            tokens.ExpectOperator("=");
            bindings.Add(tokens.At(first, new Binding(target, expressions.Parse())));
        }
        return new With([.. bindings], Body(tag, "endwith"));
    }

    Macro Macro(Token tag)
    {
        string name = (string)expressions.ParseName("the macro's name").Value!;
        Sequence<Parameter> parameters = Parameters();
        return new Macro(name, parameters, Function(tag, "endmacro"));
    }

    CallBlock CallBlock(Token tag)
    {
        Sequence<Parameter> parameters = tokens.Current.IsOperator("(") ? Parameters() : [];
        Token first = tokens.Current;
        if (expressions.Parse() is not Call call) throw tokens.Error(first, "expected the call of a macro, as in {% call name() %}.");
        return new CallBlock(parameters, call, Function(tag, "endcall"));
    }

    /// <summary>The body of a macro: loops around it are not its own.</summary>
    Sequence<Statement> Function(Token tag, string end)
    {
        (int outer, loops) = (loops, 0);
        Sequence<Statement> body = Body(tag, end);
        loops = outer;
        return body;
    }

    Sequence<Parameter> Parameters()
    {
        tokens.ExpectOperator("(");
        var parameters = new List<Parameter>();
        while (!tokens.TakeOperator(")"))
        {
            if (parameters.Count > 0) tokens.ExpectOperator(",");
            Token name = expressions.ParseName("a parameter's name");
            Expression? value = tokens.TakeOperator("=") ? expressions.Parse() : null;
            if (value is null && parameters.Any(p => p.Default is not null))
                throw tokens.Error(name, "a parameter without a default cannot follow one with a default.");
            if (parameters.Any(p => p.Identifier == (string)name.Value!)) throw tokens.Error(name, "two parameters have this name.");
            parameters.Add(tokens.At(name, new Parameter((string)name.Value!, value)));
        }
        return [.. parameters];
    }

    FilterBlock FilterBlock(Token tag)
    {
        Token first = tokens.Current;
        Expression value = expressions.ParseFilters(first, tokens.At(first, new RenderedBody()), atName: true);
        return new FilterBlock(value, Body(tag, "endfilter"));
    }

    void Print(Token start, List<Statement> body)
    {
        bool first = true;
        while (tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (!first) tokens.ExpectOperator(",");
            first = false;
            body.Add(tokens.At(start, new Output(expressions.Parse())));
        }
    }
}
