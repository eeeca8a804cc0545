namespace Bonito.Engine.Generation.Constraints;

/// <summary>
/// One constraint after another. A state is that of a part, with the part's number in its highest byte; where a part has ended, it
/// is the start of the next, so that bytes of one token may belong to several parts.
/// </summary>
sealed class SequenceConstraint : Constraint
{
    const int PartShift = 56;
    const long InnerMask = (1L << PartShift) - 1;

    readonly Constraint[] parts;

    public SequenceConstraint(IReadOnlyList<Constraint> parts)
    {
        this.parts = [.. parts.SelectMany(part => part is SequenceConstraint sequence ? sequence.parts : [part])];
        if (this.parts.Length is 0 or > 127) throw new ArgumentException($"A sequence has 1 to 127 parts, got {this.parts.Length}.", nameof(parts));
        for (int i = 0; i < this.parts.Length - 1; i++)
            if (!this.parts[i].EndsItself) throw new ArgumentException($"Part {i + 1} of {this.parts.Length} does not say by itself where it ends, so nothing can follow it.", nameof(parts));
    }

    internal override long Start => StartOf(0);

    internal override bool EndsItself => parts[^1].EndsItself;

    /// <summary>The part that a state is in, and the state of that part.</summary>
    public (Constraint Part, long State) Inside(long state) => (parts[PartOf(state)], state & InnerMask);

    /// <summary>The state in which the part after that of a state begins; dead after the last.</summary>
    public long AfterPart(long state) => PartOf(state) + 1 < parts.Length ? StartOf(PartOf(state) + 1) : Dead;

    internal override long Next(long state, byte value)
    {
        int number = PartOf(state);
        Constraint part = parts[number];
        long inner = part.Next(state & InnerMask, value);
        if (inner == Dead) return Dead;
        return number + 1 < parts.Length && part.Ends(inner) ? StartOf(number + 1) : (long)number << PartShift | inner;
    }

    internal override bool Accepts(long state) => IsLast(state) && parts[^1].Accepts(state & InnerMask);

    internal override bool Ends(long state) => IsLast(state) && parts[^1].Ends(state & InnerMask);

    bool IsLast(long state) => PartOf(state) == parts.Length - 1;

    long StartOf(int part) => (long)part << PartShift | parts[part].Start;

    static int PartOf(long state) => (int)(state >> PartShift);
}
