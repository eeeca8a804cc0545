using System.Runtime.CompilerServices;
using System.Text;
using Bonito.Templates.Jinja.Syntax;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Rendering;

/// <summary>An operation that cannot be done; becomes an error with the place where it was tried.</summary>
internal sealed class RenderFailure(string message) : Exception(message);

/// <summary>One rendering: its variables, where text goes, and what is left of its bounds.</summary>
internal sealed class RenderContext(IReadOnlyDictionary<string, object?> variables, RenderSettings settings, JinjaSyntax syntax, StringBuilder output)
{
    int steps = settings.MaxSteps;
    long characters = settings.MaxCharacters;
    int depth;
    ulong random = settings.Seed;

    public JinjaSyntax Syntax => syntax;

    public RenderSettings Settings => settings;

    /// <summary>What the innermost filter block or block assignment has rendered.</summary>
    public string Rendered { get; set; } = "";

    /// <summary>The node whose operation is being done.</summary>
    public Node? Place { get; set; }

    /// <summary>Counts steps against the bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step(int count = 1)
    {
        if ((steps -= count) < 0) OutOfSteps();
    }

    void OutOfSteps() => throw new RenderFailure($"the rendering took more than {settings.MaxSteps:N0} steps; make the template's loops or lists shorter.");

    /// <summary>Counts steps of work whose size is not known to be small.</summary>
    public void StepMany(long count)
    {
        if (count > steps) OutOfSteps();
        steps -= (int)count;
    }

    /// <summary>Counts characters that are about to be made against the bound.</summary>
    public void Claim(long count)
    {
        if ((characters -= count) < 0)
            throw new RenderFailure($"the rendering made more than {settings.MaxCharacters:N0} characters of text; make the template's texts shorter.");
    }

    /// <summary>A text that was made, counted.</summary>
    public string Made(string text)
    {
        Claim(text.Length);
        return text;
    }

    public void Write(string text)
    {
        Claim(text.Length);
        output.Append(text);
    }

    /// <summary>Writes a value as it prints.</summary>
    public void WriteValue(object? value)
    {
        if (value is string text) Write(text);
        else Write(Printing.Text(this, value));
    }

    /// <summary>Collects what is written meanwhile.</summary>
    public string Capture(Executable body, Frame frame)
    {
        StringBuilder outer = output;
        output = new StringBuilder();
        body(frame);
        string captured = output.ToString();
        output = outer;
        return captured;
    }

    /// <summary>Goes one level deeper; <see cref="Ascend"/> goes back. A failure ends the rendering, so no level is left open.</summary>
    public void Descend()
    {
        if (++depth > settings.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new RenderFailure($"more than {settings.MaxDepth} levels of calls or of values within values; does something contain itself?");
    }

    public void Ascend() => depth--;

    public bool TryGetVariable(string name, out object? value) => variables.TryGetValue(name, out value);

    /// <summary>The index of an item taken at random.</summary>
    public int Pick(int count)
    {
        if (settings.Picker is { } picker) return picker(count);
        // SplitMix64: a step and a mix, well spread from any seed.
        ulong z = random += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (int)Math.BigMul(z ^ (z >> 31), (ulong)count, out _);
    }
}
