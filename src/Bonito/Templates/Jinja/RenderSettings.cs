namespace Bonito.Templates.Jinja;

/// <summary>What bounds a rendering, and what it may depend on besides the template and its variables.</summary>
public sealed record RenderSettings
{
    public static RenderSettings Default { get; } = new();

    /// <summary>Most statements run, turns of loops, and items of lists made or looked at.</summary>
    public int MaxSteps { get; init; } = 1_000_000;

    /// <summary>Most calls of macros within one another, and levels of values within values.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Most characters of text made, in UTF-16: all that is rendered, and every text on the way there.</summary>
    public int MaxCharacters { get; init; } = 32_000_000;

    /// <summary>Seeds the filters <c>choice</c> and <c>random</c>: the same seed takes the same items.</summary>
    public ulong Seed { get; init; }

    /// <summary>Chooses for <c>choice</c> and <c>random</c> instead of the seed: given the number of items, the index of the one to take.</summary>
    public Func<int, int>? Picker { get; init; }

    /// <summary>The clock of <c>strftime_now</c>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
