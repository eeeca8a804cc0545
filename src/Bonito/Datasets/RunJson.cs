using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bonito.Tasks;

namespace Bonito.Datasets;

/// <summary>
/// How the files of a run folder are written: snake_case names, text as it is (only what JSON needs is escaped), every
/// column required when read.
/// </summary>
[JsonSerializable(typeof(TaskExample))]
[JsonSerializable(typeof(Rejection))]
[JsonSerializable(typeof(LedgerEntry))]
[JsonSerializable(typeof(Manifest))]
sealed partial class RunJson : JsonSerializerContext
{
    /// <summary>One object on one line.</summary>
    public static RunJson Line { get; } = new(Settings(indented: false));

    /// <summary>For files that people read.</summary>
    public static RunJson Indented { get; } = new(Settings(indented: true));

    static JsonSerializerOptions Settings(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
    };
}

/// <summary>Writes a task type as its short name; reads either name.</summary>
sealed class TaskTypeConverter : JsonConverter<TaskType>
{
    public override TaskType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string name = reader.GetString() ?? "";
        return TaskType.TryParse(name, out TaskType? taskType) ? taskType : throw new JsonException($"'{name}' is not a task type.");
    }

    public override void Write(Utf8JsonWriter writer, TaskType value, JsonSerializerOptions options) => writer.WriteStringValue(value.ShortName);
}

/// <summary>Writes a reason as its snake_case name.</summary>
sealed class RejectionReasonConverter : JsonConverter<RejectionReason>
{
    public override RejectionReason Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string name = reader.GetString() ?? "";
        return RejectionReasons.TryParse(name, out RejectionReason reason) ? reason : throw new JsonException($"'{name}' is not a rejection reason.");
    }

    public override void Write(Utf8JsonWriter writer, RejectionReason value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name());
}
