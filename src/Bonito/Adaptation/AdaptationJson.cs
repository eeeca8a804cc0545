using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bonito.Adaptation;

/// <summary>How the files of a training run are written: snake_case names, text as it is, every member there, if only as null.</summary>
[JsonSerializable(typeof(AdaptationManifest))]
[JsonSerializable(typeof(SampleText))]
sealed partial class AdaptationJson : JsonSerializerContext
{
    /// <summary>One object on one line.</summary>
    public static AdaptationJson Line { get; } = new(Settings(indented: false));

    /// <summary>For files that people read.</summary>
    public static AdaptationJson Indented { get; } = new(Settings(indented: true));

    static JsonSerializerOptions Settings(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
    };
}
