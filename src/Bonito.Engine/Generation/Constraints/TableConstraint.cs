namespace Bonito.Engine.Generation.Constraints;

/// <summary>
/// An automaton small enough for a table. It is meant to be shared by many requests: what tokens each of its states allows is found
/// out once (<see cref="AllowedTokens"/>).
/// </summary>
sealed class TableConstraint : Constraint
{
    const int Nowhere = -1;

    readonly byte[] classes;
    readonly int classCount;
    readonly int[] next;
    readonly bool[] accepts;
    readonly bool[] ends;

    /// <param name="classes">[256]: for each byte its class; bytes of a class lead to the same states.</param>
    /// <param name="next">[states, classes]: the next state or -1. State 0 is the start.</param>
    /// <param name="accepts">[states]</param>
    /// <exception cref="ArgumentException">No text is accepted, or the empty one.</exception>
    public TableConstraint(byte[] classes, int[] next, bool[] accepts)
    {
        this.classes = classes;
        this.accepts = accepts;
        classCount = next.Length / accepts.Length;
        this.next = Live(next, accepts, classCount);
        ends = [.. Enumerable.Range(0, accepts.Length).Select(state => accepts[state] && !this.next.AsSpan(state * classCount, classCount).ContainsAnyExcept(Nowhere))];
        if (accepts[0]) throw new ArgumentException("A constraint must not accept the empty text.");
        if (!this.next.AsSpan(0, classCount).ContainsAnyExcept(Nowhere)) throw new ArgumentException("A constraint must accept some text.");
        EndsItself = accepts.AsSpan().SequenceEqual(ends);
    }

    public int States => accepts.Length;

    internal override long Start => 0;

    internal override bool EndsItself { get; }

    internal override long Next(long state, byte value) => next[(int)state * classCount + classes[value]];

    internal override bool Accepts(long state) => accepts[state];

    internal override bool Ends(long state) => ends[state];

    /// <summary>The transitions without those to states from which no accepted text is reached.</summary>
    static int[] Live(int[] next, bool[] accepts, int classCount)
    {
        bool[] live = [.. accepts];
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int state = live.Length - 1; state >= 0; state--)
            {
                if (live[state]) continue;
                foreach (int to in next.AsSpan(state * classCount, classCount)) live[state] |= to != Nowhere && live[to];
                changed |= live[state];
            }
        }
        return [.. next.Select(to => to != Nowhere && live[to] ? to : Nowhere)];
    }
}
