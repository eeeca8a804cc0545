using System.Diagnostics.CodeAnalysis;

namespace Bonito.Tasks;

/// <summary>One of the 16 kinds of task that Bonito generates (arXiv 2402.18334, section 3).</summary>
/// <param name="ShortName">The short form, for example <c>exqa</c>: flags, file names, rows.</param>
/// <param name="FullName">The full form, for example <c>extractive question answering</c>: what the generator reads.</param>
public sealed record TaskType(string ShortName, string FullName)
{
    public static readonly TaskType ExtractiveQuestionAnswering = new("exqa", "extractive question answering");
    public static readonly TaskType MultipleChoiceQuestionAnswering = new("mcqa", "multiple-choice question answering");
    public static readonly TaskType QuestionGeneration = new("qg", "question generation");
    public static readonly TaskType QuestionAnsweringWithoutChoices = new("qa", "question answering without choices");
    public static readonly TaskType YesNoQuestionAnswering = new("ynqa", "yes-no question answering");
    public static readonly TaskType CoreferenceResolution = new("coref", "coreference resolution");
    public static readonly TaskType ParaphraseGeneration = new("paraphrase", "paraphrase generation");
    public static readonly TaskType ParaphraseIdentification = new("paraphrase_id", "paraphrase identification");
    public static readonly TaskType SentenceCompletion = new("sent_comp", "sentence completion");
    public static readonly TaskType Sentiment = new("sentiment", "sentiment");
    public static readonly TaskType Summarization = new("summarization", "summarization");
    public static readonly TaskType TextGeneration = new("text_gen", "text generation");
    public static readonly TaskType TopicClassification = new("topic_class", "topic classification");
    public static readonly TaskType WordSenseDisambiguation = new("wsd", "word sense disambiguation");
    public static readonly TaskType TextualEntailment = new("te", "textual entailment");
    public static readonly TaskType NaturalLanguageInference = new("nli", "natural language inference");

    /// <summary>All 16, in the order of the reference implementation.</summary>
    public static IReadOnlyList<TaskType> All { get; } =
    [
        ExtractiveQuestionAnswering, MultipleChoiceQuestionAnswering, QuestionGeneration,
        QuestionAnsweringWithoutChoices, YesNoQuestionAnswering, CoreferenceResolution, ParaphraseGeneration,
        ParaphraseIdentification, SentenceCompletion, Sentiment, Summarization, TextGeneration,
        TopicClassification, WordSenseDisambiguation, TextualEntailment, NaturalLanguageInference,
    ];

    /// <summary>Finds a task type by its short or full name, ignoring case and surrounding space.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out TaskType? taskType)
    {
        string wanted = name.Trim();
        taskType = All.FirstOrDefault(t =>
            t.ShortName.Equals(wanted, StringComparison.OrdinalIgnoreCase) ||
            t.FullName.Equals(wanted, StringComparison.OrdinalIgnoreCase));
        return taskType is not null;
    }

    public override string ToString() => ShortName;
}
