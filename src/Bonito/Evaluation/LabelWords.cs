using System.Collections.Frozen;

namespace Bonito.Evaluation;

/// <summary>The classes that answers of classification tasks stand for. Templates differ in their words for the same class.</summary>
public static class LabelWords
{
    /// <summary>The classes of yes-no questions.</summary>
    public static IReadOnlyList<string> YesNoClasses { get; } = ["yes", "no"];

    /// <summary>The classes of natural language inference.</summary>
    public static IReadOnlyList<string> InferenceClasses { get; } = ["entailment", "neutral", "contradiction"];

    static readonly FrozenDictionary<string, string> YesNoWords = Classes(
        ("yes", ["yes", "true"]),
        ("no", ["no", "false"]));

    static readonly FrozenDictionary<string, string> InferenceWords = Classes(
        ("entailment", ["entailment", "yes", "true", "always", "right", "correct", "agrees", "supported", "confirmed", "guaranteed", "it confirms it"]),
        ("neutral", ["neutral", "maybe", "neither", "sometimes", "undecided", "unknown", "possible", "inconclusive", "not mentioned", "not enough information", "says nothing", "it leaves it open"]),
        ("contradiction", ["contradiction", "no", "false", "never", "wrong", "incorrect", "disagrees", "refuted", "contradicted", "denied", "impossible", "it denies it"]));

    /// <summary>Which of <see cref="YesNoClasses"/> an answer is, case, surrounding space and a full stop aside; null if it is none.</summary>
    public static string? YesNo(string answer) => YesNoWords.GetValueOrDefault(Plain(answer));

    /// <summary>Which of <see cref="InferenceClasses"/> an answer is, case, surrounding space and a full stop aside; null if it is none.</summary>
    public static string? Inference(string answer) => InferenceWords.GetValueOrDefault(Plain(answer));

    static string Plain(string answer) => answer.Trim().TrimEnd('.').ToLowerInvariant();

    static FrozenDictionary<string, string> Classes(params (string Name, string[] Words)[] classes) =>
        classes.SelectMany(c => c.Words.Select(word => KeyValuePair.Create(word, c.Name))).ToFrozenDictionary();
}
