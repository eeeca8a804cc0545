using Bonito.Engine.Tokenizers;

namespace Bonito.Adaptation;

/// <summary>
/// Turns conversations into ids through a chat template, as tools that talk to the model do: the text of the whole conversation is
/// encoded at once, the template's own tokens become special ones. Every turn of the assistant is a target.
/// </summary>
/// <param name="ends">Ids that end a text; a last target without one gets the first.</param>
sealed class ChatEncoder(ChatTemplate template, Tokenizer tokenizer, IReadOnlyList<int> ends)
{
    readonly string[] special = [.. tokenizer.AddedTokens.Where(token => token.Special).Select(token => token.Content)];

    /// <summary>Whether a text spells a special token: inside a rendered conversation nobody could tell it from a real one.</summary>
    public bool SpellsSpecialToken(string text) => special.Any(token => text.Contains(token, StringComparison.Ordinal));

    /// <summary>
    /// The sequences of a conversation that ends with the assistant: one in which all its turns are targets, or one for each turn
    /// where the template writes earlier turns otherwise once later ones follow.
    /// </summary>
    /// <exception cref="BonitoException">The template does not take the conversation.</exception>
    public IReadOnlyList<(int[] Ids, bool[] Targets)> Encode(IReadOnlyList<ChatMessage> messages)
    {
        (int[] Source, int[] Whole)[] turns =
            [.. messages.Index().Where(entry => entry.Item.Role == ChatMessage.Assistant).Select(entry => Turn(messages, entry.Index))];
        bool grows = turns.Zip(turns.Skip(1)).All(pair => StartsWith(pair.Second.Source, pair.First.Whole));
        return grows ? [Finish(turns)] : [.. turns.Select(turn => Finish([turn]))];
    }

    (int[] Source, int[] Whole) Turn(IReadOnlyList<ChatMessage> messages, int turn)
    {
        string source = template.Render(messages.Take(turn), ask: true), whole = template.Render(messages.Take(turn + 1), ask: false);
        if (!whole.StartsWith(source, StringComparison.Ordinal))
            throw new BonitoException($"the chat template does not write turn {turn + 1} after the text that asks for it, so there is no target to learn; write the prompts with another --prompt-format");
        int[] asked = WithBeginning(source), all = WithBeginning(whole);
        // Where a token spans the border, the answer is encoded apart, as it is generated.
        return StartsWith(all, asked) ? (asked, all) : (asked, [.. asked, .. tokenizer.Encode(whole[source.Length..], allowSpecial: true)]);
    }

    (int[] Ids, bool[] Targets) Finish(IReadOnlyList<(int[] Source, int[] Whole)> turns)
    {
        (int[] source, int[] ids) = turns[^1];
        if (!ids.AsSpan(source.Length).ContainsAny([.. ends])) ids = [.. ids, ends[0]];
        bool[] targets = new bool[ids.Length];
        foreach ((int[] before, int[] whole) in turns) targets.AsSpan(before.Length..Math.Max(before.Length, whole.Length)).Fill(true);
        targets.AsSpan(source.Length).Fill(true);
        return (ids, targets);
    }

    /// <summary>Templates mostly write the beginning of text themselves.</summary>
    int[] WithBeginning(string text)
    {
        int[] ids = tokenizer.Encode(text, allowSpecial: true), beginning = [.. tokenizer.Beginning];
        return StartsWith(ids, beginning) ? ids : [.. beginning, .. ids];
    }

    static bool StartsWith(ReadOnlySpan<int> ids, ReadOnlySpan<int> start) => ids.StartsWith(start);
}
