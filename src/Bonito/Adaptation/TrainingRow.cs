namespace Bonito.Adaptation;

/// <summary>A row as training reads it.</summary>
/// <param name="Id">Its <c>id</c>, or else its place.</param>
/// <param name="Place">File and line, for messages.</param>
public abstract record TrainingRow(string Id, string Place)
{
    /// <summary>What the row is about: rows with the same passage are never on both sides of a validation split.</summary>
    public abstract string Passage { get; }
}

/// <summary>Something to read and what to write then.</summary>
/// <param name="Context">The passage that the input is about; null where the row does not say.</param>
/// <param name="TaskType">As the row names it; null where it does not.</param>
public sealed record InstructionRow(string Id, string Place, string Input, string Output, string? Context, string? TaskType) : TrainingRow(Id, Place)
{
    public override string Passage => string.IsNullOrWhiteSpace(Context) ? Input : Context;
}

/// <summary>A conversation; what the assistant says is learned.</summary>
public sealed record ConversationRow(string Id, string Place, IReadOnlyList<ChatMessage> Messages) : TrainingRow(Id, Place)
{
    public override string Passage => Messages.FirstOrDefault(message => message.Role == "user")?.Content ?? Messages[0].Content;
}

/// <summary>Text whose every word is learned.</summary>
public sealed record TextRow(string Id, string Place, string Text) : TrainingRow(Id, Place)
{
    public override string Passage => Text;
}

/// <summary>A turn of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c>, or what else the model's chat template knows.</param>
public sealed record ChatMessage(string Role, string Content)
{
    public const string Assistant = "assistant";
}
