using Bonito.Templates.Jinja.Syntax;

namespace Bonito.Templates.Jinja.Rendering;

/// <summary>Finds the names that statements set and read, without entering the bodies that have scopes of their own.</summary>
internal static class ScopeAnalysis
{
    public static void Visit(this Scope scope, IEnumerable<Node> nodes)
    {
        foreach (Node node in nodes) scope.Visit(node);
    }

    public static void Visit(this Scope scope, Node? node)
    {
        switch (node)
        {
            case null: break;
            case Name name: scope.Load(name.Identifier); break;
            case If choice: VisitIf(scope, choice); break;
            case For loop: scope.Visit(loop.Items); break;
            case Set set:
                scope.Visit(set.Value);
                scope.VisitTarget(set.Target);
                break;
            case SetBlock set: scope.VisitTarget(set.Target); break;
            case FilterBlock block: scope.Visit(block.Value); break;
            case With with: scope.Visit(with.Bindings.Select(b => b.Value)); break;
            case Macro macro: scope.Store(macro.Identifier); break;
            case CallBlock block: scope.Visit(block.Call); break;
            default: scope.Visit(node.Children()); break;
        }
    }

    static void VisitTarget(this Scope scope, Expression target)
    {
        switch (target)
        {
            case Name name: scope.Store(name.Identifier); break;
            case NamespaceTarget attribute: scope.Load(attribute.Identifier); break;
            case TupleLiteral tuple:
                foreach (Expression item in tuple.Items) scope.VisitTarget(item);
                break;
        }
    }

    /// <summary>Names that are set from outside: targets of loops and of <c>with</c>.</summary>
    public static void DeclareTarget(this Scope scope, Expression target)
    {
        if (target is Name name) scope.Declare(name.Identifier);
        else if (target is TupleLiteral tuple)
        {
            foreach (Expression item in tuple.Items) scope.DeclareTarget(item);
        }
    }

    static void VisitIf(Scope scope, If choice)
    {
        scope.Visit(choice.Branches[0].Condition);
        Scope first = scope.Branch(), others = scope.Branch(), otherwise = scope.Branch();
        first.Visit(choice.Branches[0].Body);
        foreach (Branch branch in choice.Branches.Skip(1))
        {
            others.Visit(branch.Condition);
            Scope body = others.Branch();
            body.Visit(branch.Body);
            others.Merge(body, others.Branch(), others.Branch());
        }
        otherwise.Visit(choice.Else);
        scope.Merge(first, others, otherwise);
    }

    /// <summary>Where a name is first read below; null if it is not, or is set before.</summary>
    public static Node? FirstRead(IEnumerable<Node> nodes, string name)
    {
        foreach (Node node in nodes)
        {
            if (First(node, name) is { } found) return found is Name ? found : null;
        }
        return null;
    }

    // The name where it is read, the statement that sets it, or null.
    static Node? First(Node node, string name)
    {
        if (node is Name found && found.Identifier == name) return found;
        (Expression? target, IEnumerable<Node> others) = node switch
        {
            // Jinja2 looks at the target of an assignment before its value.
            Set set => (set.Target, (IEnumerable<Node>)[set.Value]),
            SetBlock set => (set.Target, [set.Value, .. set.Body]),
            For loop => (loop.Target, loop.Children().Skip(1)),
            _ => (null, node.Children()),
        };
        if (target is not null && Sets(target, name)) return node;
        foreach (Node child in others)
        {
            if (First(child, name) is { } result) return result;
        }
        return null;
    }

    static bool Sets(Expression target, string name) =>
        target is Name found ? found.Identifier == name : target is TupleLiteral tuple && tuple.Items.Any(item => Sets(item, name));
}
