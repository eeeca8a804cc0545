namespace Bonito.Templates.Jinja.Syntax;

/// <summary>
/// A piece of a template's syntax tree. Trees are immutable, and equal when they say the same: where a node stands
/// in the source and how it was spaced there do not count.
/// </summary>
public abstract record Node
{
    /// <summary>Where the node begins in the template's source, in characters; -1 for one that was not read from it.</summary>
    internal int Start { get; set; } = -1;

    /// <summary>Where it ends, exclusive.</summary>
    internal int End { get; set; } = -1;

    /// <summary>Levels of nodes below this one; kept small by the parser, so that walking a tree needs a bounded stack.</summary>
    internal int Height { get; set; }

    /// <summary>The nodes right below this one, in the order of the source.</summary>
    public virtual IEnumerable<Node> Children() => [];

    // Records compare all fields of their own; the place is left out by comparing nothing here but the kind of node.
    public virtual bool Equals(Node? other) => other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();
}
