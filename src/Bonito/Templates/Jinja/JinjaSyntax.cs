namespace Bonito.Templates.Jinja;

/// <summary>Which flavour of Jinja a template is written in: how white space around tags is treated, and which names it may use.</summary>
public sealed record JinjaSyntax
{
    /// <summary>Prompt templates: the defaults of Jinja2, and the filters of promptsource (choice, most_frequent, highlight) with <c>zip</c>.</summary>
    public static JinjaSyntax Prompt { get; } = new();

    /// <summary>
    /// Chat templates of models, as the tools of Hugging Face render them: lines of blocks vanish, <c>break</c> and <c>continue</c>
    /// are there, <c>tojson</c> keeps characters as they are, lists cannot be changed, <c>raise_exception</c> and <c>strftime_now</c> can be called.
    /// </summary>
    public static JinjaSyntax Chat { get; } = new() { IsChat = true };

    JinjaSyntax() { }

    internal bool IsChat { get; private init; }

    internal bool TrimBlocks => IsChat;

    internal bool LeftStripBlocks => IsChat;

    internal bool LoopControls => IsChat;
}
