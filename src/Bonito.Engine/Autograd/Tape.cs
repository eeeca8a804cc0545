namespace Bonito.Engine.Autograd;

/// <summary>The backward passes of the operations of one step, in the order in which they ran.</summary>
public sealed class Tape
{
    readonly List<Action> backward = [];

    public void Record(Action step) => backward.Add(step);

    /// <summary>Runs all recorded backward passes, last first, and forgets them.</summary>
    public void Backward()
    {
        for (int i = backward.Count - 1; i >= 0; i--) backward[i]();
        backward.Clear();
    }
}
