using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bonito.Ctga;

/// <summary>Why a candidate (a row with one template) did not become a row of the training set.</summary>
[JsonConverter(typeof(DropReasonNames))]
public enum DropReason
{
    /// <summary>The row has the label -1, which stands for no label.</summary>
    Unlabelled,

    /// <summary>The catalogue keeps such rows from all task types of the set.</summary>
    Filtered,

    /// <summary>An expression of the catalogue cannot be evaluated on the row: a label that it does not know, for example.</summary>
    Unmapped,

    /// <summary>A text contains a marker of the Bonito format, which would make the completion unreadable.</summary>
    MarkerInText,

    /// <summary>No template has all that it reads: columns or roles are missing, null or (roles) empty.</summary>
    NoFittingTemplate,

    /// <summary>The template asked for what cannot be done with the row's values.</summary>
    TemplateFailed,

    /// <summary>The template wrote more than an instruction and an answer.</summary>
    TooManyParts,

    /// <summary>The template rendered an empty task input or output.</summary>
    EmptyText,

    ContextTooShort,

    ContextTooLong,

    /// <summary>The answer of extractive question answering is not a part of the context.</summary>
    AnswerNotInContext,

    /// <summary>The row shares words with the evaluation sets that are to be kept out.</summary>
    EvaluationOverlap,

    /// <summary>The same prompt and completion came before.</summary>
    Duplicate,

    /// <summary>Not in the sample that the limit per set allows.</summary>
    OverLimit,
}

/// <summary>Writes reasons as files do: <c>answer_not_in_context</c>.</summary>
internal sealed class DropReasonNames() : JsonStringEnumConverter<DropReason>(JsonNamingPolicy.SnakeCaseLower)
{
    public static string Of(DropReason reason) => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
}
