using System.Text;
using Bonito.Templates.Jinja.Syntax;

namespace Bonito.Templates.Jinja.Parsing;

/// <summary>Parses expressions, with the precedence that Jinja2 gives its operators.</summary>
internal sealed class ExpressionParser(TokenStream tokens)
{
    /// <summary>An expression; without commas at its top.</summary>
    public Expression Parse(bool conditional = true)
    {
        tokens.Descend();
        Expression expression = conditional ? Conditional() : Or();
        tokens.Ascend();
        return expression;
    }

    /// <summary>An expression, or several with commas between them, which are a tuple.</summary>
    /// <param name="conditional">Whether <c>if</c> belongs to the expression.</param>
    /// <param name="end">A name that ends the tuple.</param>
    /// <param name="mayBeEmpty">Whether nothing at all is the empty tuple, as between parentheses.</param>
    public Expression ParseTuple(bool conditional = true, string? end = null, bool mayBeEmpty = false) =>
        Tuple(() => Parse(conditional), end, mayBeEmpty);

    /// <summary>What a value is assigned to: a name, or names to unpack into.</summary>
    public Expression ParseTarget(string? end = null)
    {
        Token start = tokens.Current;
        Expression target = Tuple(Primary, end, mayBeEmpty: false);
        return IsTarget(target) ? target : throw tokens.Error(start, "a value can be set for names only, several with commas between them.");
    }

    static bool IsTarget(Expression target) => target is Name || target is TupleLiteral { Items: var items } && items.All(IsTarget);

    public Token ParseName(string what) => tokens.Expect(TokenKind.Name, what);

    Expression Tuple(Func<Expression> item, string? end, bool mayBeEmpty)
    {
        Token start = tokens.Current;
        var items = new List<Expression>();
        bool isTuple = false;
        while (true)
        {
            if (items.Count > 0) tokens.ExpectOperator(",");
            if (AtTupleEnd(end)) break;
            items.Add(item());
            if (!tokens.Current.IsOperator(",")) break;
            isTuple = true;
        }
        if (!isTuple && items.Count > 0) return items[0];
        if (!isTuple && !mayBeEmpty) throw tokens.Error(tokens.Current, $"expected an expression, got {tokens.Current.Describe()}.");
        return tokens.At(start, new TupleLiteral([.. items]));
    }

    bool AtTupleEnd(string? end) =>
        tokens.Current is { Kind: TokenKind.OutputEnd or TokenKind.BlockEnd } || tokens.Current.IsOperator(")") || end is not null && tokens.Current.IsName(end);

    Expression Conditional()
    {
        Token start = tokens.Current;
        Expression value = Or();
        while (tokens.TakeName("if"))
        {
            Expression test = Or();
            Expression? otherwise = null;
            if (tokens.TakeName("else"))
            {
                tokens.Descend();
                otherwise = Conditional();
                tokens.Ascend();
            }
            value = tokens.At(start, new Conditional(test, value, otherwise));
        }
        return value;
    }

    Expression Or()
    {
        Token start = tokens.Current;
        Expression left = And();
        while (tokens.TakeName("or")) left = tokens.At(start, new Logical(IsAnd: false, left, And()));
        return left;
    }

    Expression And()
    {
        Token start = tokens.Current;
        Expression left = Not();
        while (tokens.TakeName("and")) left = tokens.At(start, new Logical(IsAnd: true, left, Not()));
        return left;
    }

    Expression Not()
    {
        Token start = tokens.Current;
        if (!tokens.TakeName("not")) return Comparison();
        tokens.Descend();
        Expression operand = Not();
        tokens.Ascend();
        return tokens.At(start, new Not(operand));
    }

    Expression Comparison()
    {
        Token start = tokens.Current;
        Expression first = Sum();
        var others = new List<Comparand>();
        while (true)
        {
            Token link = tokens.Current;
            if (link.Kind == TokenKind.Operator && Operators.Comparisons.TryGetValue((string)link.Value!, out ComparisonOperator comparison)) tokens.Take();
            else if (tokens.TakeName("in")) comparison = ComparisonOperator.In;
            else if (link.IsName("not") && tokens.Following.IsName("in"))
            {
                tokens.Take();
                tokens.Take();
                comparison = ComparisonOperator.NotIn;
            }
            else break;
            others.Add(tokens.At(link, new Comparand(comparison, Sum())));
        }
        return others.Count == 0 ? first : tokens.At(start, new Comparison(first, [.. others]));
    }

    Expression Sum() => Chain(Operators.Sums, Concatenation);

    Expression Concatenation()
    {
        Token start = tokens.Current;
        Expression first = Product();
        if (!tokens.Current.IsOperator("~")) return first;
        var parts = new List<Expression> { first };
        while (tokens.TakeOperator("~")) parts.Add(Product());
        return tokens.At(start, new Concatenation([.. parts]));
    }

    Expression Product() => Chain(Operators.Products, Power);

    Expression Power() => Chain(Operators.Powers, () => Unary());

    /// <summary>Operands with operators of one precedence between them, from left to right.</summary>
    Expression Chain(Dictionary<string, ArithmeticOperator> operators, Func<Expression> operand)
    {
        Token start = tokens.Current;
        Expression left = operand();
        while (tokens.Current.Kind == TokenKind.Operator && operators.TryGetValue((string)tokens.Current.Value!, out ArithmeticOperator found))
        {
            tokens.Take();
            left = tokens.At(start, new Arithmetic(found, left, operand()));
        }
        return left;
    }

    Expression Unary(bool withFilters = true)
    {
        Token start = tokens.Current;
        Expression value;
        if (start.IsOperator("-") || start.IsOperator("+"))
        {
            tokens.Take();
            tokens.Descend();
            value = tokens.At(start, new Signed(start.IsOperator("-"), Unary(withFilters: false)));
            tokens.Ascend();
        }
        else value = Primary();
        value = Postfix(start, value);
        return withFilters ? FiltersAndTests(start, value) : value;
    }

    Expression Primary()
    {
        Token token = tokens.Current;
        if (token.Kind == TokenKind.Operator)
        {
            switch ((string)token.Value!)
            {
                case "(":
                    tokens.Take();
                    Expression inner = ParseTuple(mayBeEmpty: true);
                    tokens.ExpectOperator(")");
                    return inner;
                case "[": return List();
                case "{": return Dictionary();
            }
        }
        switch (token.Kind)
        {
            case TokenKind.Name:
                tokens.Take();
                return tokens.At(token, (string)token.Value! switch
                {
                    "true" or "True" => new Constant(true),
                    "false" or "False" => new Constant(false),
                    "none" or "None" => new Constant(null),
                    string name => (Expression)new Name(name),
                });
            case TokenKind.String:
                string text = (string)tokens.Take().Value!;
                // Strings side by side are one.
                if (tokens.Current.Kind == TokenKind.String)
                {
                    var parts = new StringBuilder(text);
                    while (tokens.Current.Kind == TokenKind.String) parts.Append((string)tokens.Take().Value!);
                    text = parts.ToString();
                }
                return tokens.At(token, new Constant(text));
            case TokenKind.Integer or TokenKind.Float:
                return tokens.At(tokens.Take(), new Constant(token.Value));
            default:
                throw tokens.Error(token, $"expected an expression, got {token.Describe()}.");
        }
    }

    ListLiteral List()
    {
        Token start = tokens.Take();
        return tokens.At(start, new ListLiteral([.. Items("]", () => Parse())]));
    }

    DictionaryLiteral Dictionary()
    {
        Token start = tokens.Take();
        return tokens.At(start, new DictionaryLiteral([.. Items("}", Pair)]));
    }

    KeyedValue Pair()
    {
        Token start = tokens.Current;
        Expression key = Parse();
        tokens.ExpectOperator(":");
        return tokens.At(start, new KeyedValue(key, Parse()));
    }

    /// <summary>Items with commas between them, and one after the last if there is, up to a closing bracket, which is taken.</summary>
    List<T> Items<T>(string close, Func<T> item)
    {
        var items = new List<T>();
        while (!tokens.TakeOperator(close))
        {
            if (items.Count > 0)
            {
                tokens.ExpectOperator(",");
                if (tokens.TakeOperator(close)) break;
            }
            items.Add(item());
        }
        return items;
    }

    Expression Postfix(Token start, Expression value)
    {
        while (true)
        {
            if (tokens.TakeOperator(".")) value = Member(start, value);
            else if (tokens.TakeOperator("[")) value = Subscript(start, value);
            else if (tokens.Current.IsOperator("(")) value = tokens.At(start, new Call(value, CallArguments()));
            else return value;
        }
    }

    Expression Member(Token start, Expression value)
    {
        Token member = tokens.Take();
        return member.Kind switch
        {
            TokenKind.Name => tokens.At(start, new Syntax.Attribute(value, (string)member.Value!)),
            TokenKind.Integer => tokens.At(start, new Item(value, tokens.At(member, new Constant(member.Value)))),
            _ => throw tokens.Error(member, $"expected a name or an index after '.', got {member.Describe()}."),
        };
    }

    Item Subscript(Token start, Expression value)
    {
        var keys = new List<Expression>();
        Token first = tokens.Current;
        while (!tokens.Current.IsOperator("]"))
        {
            if (keys.Count > 0) tokens.ExpectOperator(",");
            keys.Add(Key());
        }
        if (keys.Count == 0) throw tokens.Error(first, "expected an index, a key or a slice, got ']'.");
        tokens.Take();
        if (keys.Count > 1 && keys.Any(k => k is Slice)) throw tokens.Error(first, "a slice cannot be one of several keys.");
        return tokens.At(start, new Item(value, keys.Count == 1 ? keys[0] : tokens.At(first, new TupleLiteral([.. keys]))));
    }

    Expression Key()
    {
        Token start = tokens.Current;
        Expression? from = start.IsOperator(":") ? null : Parse();
        if (!tokens.TakeOperator(":")) return from!;
        Expression? to = Bound(), step = tokens.TakeOperator(":") ? Bound() : null;
        return tokens.At(start, new Slice(from, to, step));
    }

    Expression? Bound() => tokens.Current.IsOperator(":") || tokens.Current.IsOperator("]") || tokens.Current.IsOperator(",") ? null : Parse();

    Expression FiltersAndTests(Token start, Expression value)
    {
        while (true)
        {
            if (tokens.Current.IsOperator("|")) value = ParseFilters(start, value);
            else if (tokens.TakeName("is")) value = Test(start, value);
            else if (tokens.Current.IsOperator("(")) value = tokens.At(start, new Call(value, CallArguments()));
            else return value;
        }
    }

    /// <summary>Filters, each after a <c>|</c>; the first too, unless <paramref name="atName"/>.</summary>
    public Expression ParseFilters(Token start, Expression input, bool atName = false)
    {
        while (atName || tokens.TakeOperator("|"))
        {
            atName = false;
            string name = DottedName("a filter's name");
            Arguments arguments = tokens.Current.IsOperator("(") ? CallArguments() : Arguments.None;
            input = tokens.At(start, new Filter(input, name, arguments));
        }
        return input;
    }

    string DottedName(string what)
    {
        string name = (string)tokens.Expect(TokenKind.Name, what).Value!;
        while (tokens.TakeOperator(".")) name += "." + (string)tokens.Expect(TokenKind.Name, "a name").Value!;
        return name;
    }

    Expression Test(Token start, Expression value)
    {
        bool negated = tokens.TakeName("not");
        string name = DottedName("a test's name");
        Arguments arguments = Arguments.None;
        if (tokens.Current.IsOperator("(")) arguments = CallArguments();
        else if (BeginsArgument())
        {
            if (tokens.Current.IsName("is")) throw tokens.Error(tokens.Current, "one test cannot follow another; put parentheses around the first.");
            Token first = tokens.Current;
            Expression argument = Postfix(first, Primary());
            arguments = tokens.At(first, new Arguments([argument], [], null, null));
        }
        Expression test = tokens.At(start, new Test(value, name, arguments));
        return negated ? tokens.At(start, new Not(test)) : test;
    }

    bool BeginsArgument() => tokens.Current.Kind switch
    {
        TokenKind.Name => !tokens.Current.IsName("else") && !tokens.Current.IsName("or") && !tokens.Current.IsName("and"),
        TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
        _ => tokens.Current.IsOperator("[") || tokens.Current.IsOperator("{"),
    };

    Arguments CallArguments()
    {
        Token start = tokens.ExpectOperator("(");
        var positional = new List<Expression>();
        var named = new List<NamedArgument>();
        Expression? rest = null, namedRest = null;
        Items(")", () => Argument(positional, named, ref rest, ref namedRest));
        return tokens.At(start, new Arguments([.. positional], [.. named], rest, namedRest));
    }

    bool Argument(List<Expression> positional, List<NamedArgument> named, ref Expression? rest, ref Expression? namedRest)
    {
        Token start = tokens.Current;
        bool ordered;
        if (tokens.TakeOperator("*"))
        {
            ordered = rest is null && namedRest is null;
            rest = Parse();
        }
        else if (tokens.TakeOperator("**"))
        {
            ordered = namedRest is null;
            namedRest = Parse();
        }
        else if (start.Kind == TokenKind.Name && tokens.Following.IsOperator("="))
        {
            ordered = namedRest is null && named.All(n => n.Identifier != (string)start.Value!);
            tokens.Take();
            tokens.Take();
            named.Add(tokens.At(start, new NamedArgument((string)start.Value!, Parse())));
        }
        else
        {
            ordered = rest is null && namedRest is null && named.Count == 0;
            positional.Add(Parse());
        }
        return ordered ? true : throw tokens.Error(start, "arguments come in this order: values, name=value (each name once), *list, **dictionary.");
    }
}
