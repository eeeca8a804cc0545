using System.Diagnostics.CodeAnalysis;

namespace Bonito.Tasks;

/// <summary>One of the 16 kinds of task that Bonito generates (arXiv 2402.18334, section 3).</summary>
/// <param name="ShortName">The short form, for example <c>exqa</c>: flags, file names, rows.</param>
/// <param name="FullName">The full form, for example <c>extractive question answering</c>: what the generator reads.</param>
/// <param name="Description">One sentence for people who choose task types.</param>
public sealed record TaskType(string ShortName, string FullName, string Description)
{
    public static readonly TaskType ExtractiveQuestionAnswering = new("exqa", "extractive question answering",
        "A question whose answer is a span copied from the context.");
    public static readonly TaskType MultipleChoiceQuestionAnswering = new("mcqa", "multiple-choice question answering",
        "A question with lettered or listed choices, one of which the context supports.");
    public static readonly TaskType QuestionGeneration = new("qg", "question generation",
        "The context as the input, a question about it as the output.");
    public static readonly TaskType QuestionAnsweringWithoutChoices = new("qa", "question answering without choices",
        "A question answered from the context in free words, with no choices given.");
    public static readonly TaskType YesNoQuestionAnswering = new("ynqa", "yes-no question answering",
        "A question whose answer is yes or no.");
    public static readonly TaskType CoreferenceResolution = new("coref", "coreference resolution",
        "Finding what a pronoun or another mention in the context refers to.");
    public static readonly TaskType ParaphraseGeneration = new("paraphrase", "paraphrase generation",
        "Saying a passage again in other words with the same meaning.");
    public static readonly TaskType ParaphraseIdentification = new("paraphrase_id", "paraphrase identification",
        "Judging whether two sentences mean the same.");
    public static readonly TaskType SentenceCompletion = new("sent_comp", "sentence completion",
        "Finishing a sentence so that it fits the context.");
    public static readonly TaskType Sentiment = new("sentiment", "sentiment",
        "Naming the feeling or opinion that the context expresses.");
    public static readonly TaskType Summarization = new("summarization", "summarization",
        "Writing a short summary of the context.");
    public static readonly TaskType TextGeneration = new("text_gen", "text generation",
        "Writing a text that a title, a few keywords or an opening describe.");
    public static readonly TaskType TopicClassification = new("topic_class", "topic classification",
        "Naming the topic that the context is about.");
    public static readonly TaskType WordSenseDisambiguation = new("wsd", "word sense disambiguation",
        "Deciding in which sense a word with several meanings is used.");
    public static readonly TaskType TextualEntailment = new("te", "textual entailment",
        "Judging whether a statement follows from the context or not.");
    public static readonly TaskType NaturalLanguageInference = new("nli", "natural language inference",
        "Judging whether a hypothesis is entailed, contradicted or left open by the context.");

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

    /// <summary>Finds a task type by its short or full name, ignoring case and surrounding space.</summary>
    /// <exception cref="BonitoException">There is no such task type; the message suggests the nearest and lists all.</exception>
    public static TaskType Parse(string name)
    {
        if (TryParse(name, out TaskType? taskType)) return taskType;
        string suggestion = Nearest(name.Trim()) is { } nearest ? $"did you mean '{nearest.ShortName}'? " : "";
        throw new BonitoException(
            $"unknown task type '{name.Trim()}'; {suggestion}The task types are: {string.Join(", ", All)}");
    }

    /// <summary>The task type whose short or full name is most like <paramref name="name"/>, or null if none is near.</summary>
    static TaskType? Nearest(string name)
    {
        TaskType nearest = All.MinBy(Distance)!;
        return Distance(nearest) <= 0.5 ? nearest : null;

        double Distance(TaskType t) =>
            Math.Min(Spelling.Distance(name, t.ShortName), Spelling.Distance(name, t.FullName));
    }

    public override string ToString() => ShortName;
}
