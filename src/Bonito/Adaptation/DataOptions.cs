namespace Bonito.Adaptation;

/// <summary>What a model is to learn from, and how rows become sequences.</summary>
public sealed record DataOptions
{
    /// <summary>File or folder; see <see cref="TrainingFiles.Find"/>.</summary>
    public required string Data { get; init; }

    /// <summary>File or folder of rows to validate on; null takes the data's own validation split or holds a share out.</summary>
    public string? Validation { get; init; }

    public Objective Objective { get; init; }

    /// <summary>Null takes the one that the columns tell.</summary>
    public DataFormat? Format { get; init; }

    /// <summary>The column of text for <see cref="DataFormat.Text"/>; null takes <c>text</c>, or else <c>context</c>.</summary>
    public string? TextColumn { get; init; }

    /// <summary>Null takes the one that fits the model.</summary>
    public PromptFormat? PromptFormat { get; init; }

    /// <summary>Tokens of a source at most, the beginning of text included; of a piece of text.</summary>
    public int MaxSourceLength { get; init; } = 1024;

    /// <summary>Tokens of a target at most, the end of text included.</summary>
    public int MaxTargetLength { get; init; } = 1024;

    /// <summary>How much of the rows to hold out where there is no validation split; 0 holds none out.</summary>
    public float ValidationShare { get; init; } = 0.05f;

    /// <summary>Most rows to validate on.</summary>
    public int ValidationExamples { get; init; } = 400;

    /// <summary>
    /// Extra examples, as a share of the rows: a passage of a row and pieces of it after it, which are the targets. A small
    /// model that starts from nothing finds out much sooner that words of its prompt come again, which is what tasks about a passage need.
    /// </summary>
    public float CopyShare { get; init; }

    /// <summary>
    /// The share of the rows to learn, [0, 1], in whose passage a sentence or everything is written in capital letters, and with it
    /// what the task quotes. Headings and clauses in capitals are other tokens than the same words in small letters, and common text
    /// has too few of them for a small model to learn to copy them.
    /// </summary>
    public float CapitalsShare { get; init; }

    /// <exception cref="BonitoException">All troubles, one a line.</exception>
    public void Validate()
    {
        List<string> troubles = [];
        void Check(bool good, string trouble)
        {
            if (!good) troubles.Add(trouble);
        }
        Check(MaxSourceLength >= 2, FormattableString.Invariant($"max-source-length must be at least 2, got {MaxSourceLength}"));
        Check(MaxTargetLength >= 1, FormattableString.Invariant($"max-target-length must be at least 1, got {MaxTargetLength}"));
        Check(ValidationShare is >= 0 and < 1, FormattableString.Invariant($"validation-share must be in [0, 1), got {ValidationShare}"));
        Check(ValidationExamples >= 1, FormattableString.Invariant($"max-validation-examples must be at least 1, got {ValidationExamples}"));
        Check(CopyShare is >= 0 and <= 10, FormattableString.Invariant($"copy-share must be between 0 and 10, got {CopyShare}"));
        Check(CapitalsShare is >= 0 and <= 1, FormattableString.Invariant($"capitals-share must be between 0 and 1, got {CapitalsShare}"));
        Check(Objective == Objective.Instruct || Format is null or DataFormat.Text, $"the objective tapt learns raw text, not the format {Format?.Name()}");
        Check(Objective == Objective.Tapt || Format is not DataFormat.Text, "the format text is raw text, which is learned with the objective tapt");
        Check(Objective == Objective.Instruct || PromptFormat is null, "the objective tapt writes no prompts, so it has no use for a prompt format");
        Check(Objective == Objective.Tapt || TextColumn is null, "a text column is for the objective tapt");
        if (troubles.Count > 0) throw new BonitoException("The data options do not work:\n  " + string.Join("\n  ", troubles));
    }
}
