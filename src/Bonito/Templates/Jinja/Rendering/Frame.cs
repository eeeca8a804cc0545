namespace Bonito.Templates.Jinja.Rendering;

/// <summary>What a statement does with the flow of a loop around it.</summary>
internal enum Flow { Next, Break, Continue }

/// <summary>A compiled expression.</summary>
internal delegate object? Evaluable(Frame frame);

/// <summary>A compiled statement or body; it writes to the context's output.</summary>
internal delegate Flow Executable(Frame frame);

/// <summary>The variables of one run of a template, a macro or a recursive loop.</summary>
internal sealed class Frame
{
    /// <summary>What a slot holds that has no value: the variable is undefined.</summary>
    public static readonly object Missing = new();

    public Frame(RenderContext context, int slots, Frame? outer)
    {
        (Context, Outer, Slots) = (context, outer, slots == 0 ? [] : new object?[slots]);
        Array.Fill(Slots, Missing);
    }

    public RenderContext Context { get; }

    /// <summary>Where the macro or recursive loop was defined.</summary>
    public Frame? Outer { get; }

    public object?[] Slots { get; }
}

/// <summary>The number of variables that a frame needs, and how many frames it has around it.</summary>
internal sealed class Layout(Layout? outer)
{
    // Finding out which branches set which names takes time that grows with names times branches.
    const int MostNames = 1000;

    public int Depth { get; } = outer is null ? 0 : outer.Depth + 1;

    public int Count { get; private set; }

    /// <exception cref="RenderFailure">There are too many.</exception>
    public int Add() => Count < MostNames ? Count++ : throw new RenderFailure($"the template has more than {MostNames:N0} names.");
}

/// <summary>A variable: the frame it lives in and its slot there.</summary>
internal readonly record struct Variable(Layout Layout, int Slot);
