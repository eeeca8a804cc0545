using Bonito.Templates.Jinja.Syntax;

namespace Bonito.Templates;

/// <summary>The variables that a syntax tree takes from outside.</summary>
internal static class Variables
{
    static readonly string[] Given =
        ["range", "zip", "namespace", "dict", "lipsum", "cycler", "joiner", "loop", "caller", "varargs", "kwargs", "self", "raise_exception", "strftime_now"];

    static readonly string[] AskingTests = ["defined", "undefined", "none"];

    /// <summary>All names that are read and not set in the tree itself.</summary>
    public static HashSet<string> Read(IEnumerable<Node> nodes)
    {
        var found = new Found();
        found.Walk(nodes);
        found.Read.ExceptWith(found.Set);
        found.Read.ExceptWith(Given);
        return found.Read;
    }

    /// <summary>Those without which the tree makes no sense: all but the ones it asks about, as in <c>title is defined</c>.</summary>
    public static IEnumerable<string> Needed(IEnumerable<Node> nodes)
    {
        var found = new Found();
        found.Walk(nodes);
        return found.Read.Except(found.Set).Except(found.Asked).Except(Given);
    }

    sealed class Found
    {
        public HashSet<string> Read { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Set { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Asked { get; } = new(StringComparer.Ordinal);

        public void Walk(IEnumerable<Node> nodes)
        {
            foreach (Node node in nodes) Walk(node);
        }

        void Walk(Node node)
        {
            switch (node)
            {
                case Name name: Read.Add(name.Identifier); break;
                case Test { Input: Name name } test when AskingTests.Contains(test.Identifier): Asked.Add(name.Identifier); break;
                case For loop: Target(loop.Target); break;
                case Set set: Target(set.Target); break;
                case SetBlock set: Target(set.Target); break;
                case Binding binding: Target(binding.Target); break;
                case Macro macro: Set.Add(macro.Identifier); break;
                case Parameter parameter: Set.Add(parameter.Identifier); break;
            }
            Walk(node.Children());
        }

        void Target(Expression target)
        {
            if (target is Name name) Set.Add(name.Identifier);
            else if (target is TupleLiteral tuple)
            {
                foreach (Expression item in tuple.Items) Target(item);
            }
        }
    }
}
