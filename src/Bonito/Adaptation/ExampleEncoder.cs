using Bonito.Engine.Models;
using Bonito.Engine.Tokenizers;
using Bonito.Engine.Training;

namespace Bonito.Adaptation;

/// <summary>
/// Turns rows into sequences to learn: beginning of text, source, target, end of text; source and target are encoded apart, as when
/// generating. What it does not turn it counts.
/// </summary>
sealed class ExampleEncoder
{
    readonly Tokenizer tokenizer;
    readonly PromptFormat? format;
    readonly ChatEncoder? chat;
    readonly Truncation truncation;
    readonly int window;
    readonly int textLength;
    readonly int end;
    readonly RowTally tally = new();
    // Of texts that were seen.
    readonly HashSet<string> texts = new(StringComparer.Ordinal);

    /// <param name="template">Needed for <see cref="PromptFormat.Chat"/>.</param>
    /// <exception cref="BonitoException">The model has no chat template where one is needed, or no end-of-text token.</exception>
    public ExampleEncoder(Tokenizer tokenizer, LlamaConfig config, PromptFormat? format, ChatTemplate? template, DataOptions options)
    {
        this.tokenizer = tokenizer;
        this.format = format;
        end = config.EosTokenId ?? throw new BonitoException("The model's configuration names no end-of-text token (eos_token_id); training needs one.");
        if (format == PromptFormat.Chat)
            chat = new ChatEncoder(template ?? throw new BonitoException("The model has no chat template. Conversations (messages) need a model that has one, as those made for conversations do; other rows can be written in another --prompt-format."), tokenizer, config.EosTokenIds.Ids.ToArray());
        truncation = new Truncation(options.MaxSourceLength, options.MaxTargetLength);
        window = config.MaxPositionEmbeddings;
        textLength = Math.Min(window, options.MaxSourceLength);
    }

    public RowCounts Counts => tally.Counts(truncation.Sources, truncation.Targets);

    /// <summary>Rows that gave sequences so far.</summary>
    public long Used => tally.Used;

    /// <summary>The sequences of a row; none where it is left out.</summary>
    /// <exception cref="BonitoException">The row cannot be written in the prompt format; the message has its place.</exception>
    public IReadOnlyList<TrainingExample> Encode(TrainingRow row)
    {
        tally.Read++;
        TrainingExample[] examples =
            [.. (row switch
            {
                InstructionRow instruction => Encode(instruction),
                ConversationRow conversation => Encode(conversation),
                TextRow text => Encode(text),
                _ => throw new InvalidOperationException($"Unknown row {row.GetType().Name}."),
            }).Select(example => example with { Id = row.Id })];
        if (examples.Length > 0) tally.Used++;
        tally.Examples += examples.Length;
        return examples;
    }

    IReadOnlyList<TrainingExample> Encode(InstructionRow row)
    {
        if (string.IsNullOrWhiteSpace(row.Input)) return LeaveOut(LeftOutReason.EmptyInput);
        if (string.IsNullOrWhiteSpace(row.Output)) return LeaveOut(LeftOutReason.EmptyOutput);
        if (chat is not null) return Converse(row.Place, [new ChatMessage("user", row.Input), new ChatMessage(ChatMessage.Assistant, row.Output)]);
        (string source, string target) = format!.Value.Write(row);
        List<int> ids = [.. tokenizer.Beginning];
        tokenizer.Encode(source, ids);
        int start = ids.Count;
        tokenizer.Encode(target, ids);
        ids.Add(end);
        return Fit([new TrainingExample([.. ids], start)]);
    }

    IReadOnlyList<TrainingExample> Encode(ConversationRow row)
    {
        if (chat is null) throw new BonitoException($"{row.Place}: conversations need a model with a chat template, which writes them. Leave out --prompt-format.");
        int last = row.Messages.Index().LastOrDefault(entry => entry.Item.Role == ChatMessage.Assistant && !string.IsNullOrWhiteSpace(entry.Item.Content), (-1, null!)).Index;
        if (last < 0) return LeaveOut(LeftOutReason.NoAssistantTurn);
        return Converse(row.Place, [.. row.Messages.Take(last + 1)]);
    }

    IReadOnlyList<TrainingExample> Converse(string place, IReadOnlyList<ChatMessage> messages)
    {
        if (messages.Any(message => chat!.SpellsSpecialToken(message.Content))) return LeaveOut(LeftOutReason.SpellsSpecialToken);
        try
        {
            return Fit([.. chat!.Encode(messages).Select(sequence =>
                new TrainingExample(sequence.Ids, Array.IndexOf(sequence.Targets, true)) { Mask = sequence.Targets })]);
        }
        catch (BonitoException e)
        {
            throw new BonitoException($"{place}: {e.Message}", e);
        }
    }

    /// <summary>
    /// A text that is longer than a sequence gives several, each of which begins with the last token of the one before: every token
    /// is predicted once.
    /// </summary>
    IReadOnlyList<TrainingExample> Encode(TextRow row)
    {
        string text = row.Text.Trim();
        if (text.Length == 0) return LeaveOut(LeftOutReason.EmptyText);
        if (!texts.Add(text)) return LeaveOut(LeftOutReason.DuplicateText);
        List<int> ids = [.. tokenizer.Beginning];
        tokenizer.Encode(text, ids);
        ids.Add(end);
        List<TrainingExample> pieces = [];
        for (int first = 0; first < ids.Count - 1; first += textLength)
            pieces.Add(new TrainingExample([.. ids.Skip(first).Take(textLength + 1)], 1));
        return pieces;
    }

    IReadOnlyList<TrainingExample> Fit(IReadOnlyList<TrainingExample> examples)
    {
        TrainingExample[] cut = [.. examples.Select(truncation.Cut)];
        return cut.Any(example => example.Length > window) ? LeaveOut(LeftOutReason.LongerThanWindow) : cut;
    }

    IReadOnlyList<TrainingExample> LeaveOut(LeftOutReason reason)
    {
        tally.LeaveOut(reason);
        return [];
    }
}
