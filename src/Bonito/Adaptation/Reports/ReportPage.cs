using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Bonito.Adaptation.Reports;

/// <summary>All that the page shows, as its script reads it.</summary>
/// <param name="Title">What was trained on what.</param>
/// <param name="Made">When the page was written, UTC.</param>
/// <param name="Facts">The result at a glance.</param>
/// <param name="Curves">By the names of the columns of <c>metrics.jsonl</c>; a smoothed one ends in <c>_smoothed</c>.</param>
/// <param name="Smoothing">Steps of the means that smoothed curves are made of.</param>
/// <param name="Clip">The gradient norm above which gradients are clipped; null without clipping.</param>
/// <param name="Samples">Null if none were written.</param>
/// <param name="Notes">What is not there, or was left out, and why.</param>
sealed record ReportPage(
    string Title,
    string Folder,
    string Made,
    RunState State,
    IReadOnlyList<Fact> Facts,
    IReadOnlyDictionary<string, Curve> Curves,
    int Smoothing,
    double? Clip,
    SampleTable? Samples,
    IReadOnlyList<Section> Data,
    IReadOnlyList<Section> Configuration,
    IReadOnlyList<Section> About,
    IReadOnlyList<string> Notes);

/// <summary>How far the run is.</summary>
/// <param name="Kind"><c>finished</c>, <c>unfinished</c> or <c>failed</c>.</param>
/// <param name="Text">What that means, and how to go on.</param>
sealed record RunState(string Kind, string Text);

/// <summary>A figure of the result.</summary>
sealed record Fact(string Label, string Value, string Note);

[JsonSerializable(typeof(ReportPage))]
sealed partial class ReportJson : JsonSerializerContext
{
    static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);

    /// <summary>On one line, letters of all scripts as they are; what means something in HTML is always escaped.</summary>
    public static ReportJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = Encoder,
    });

    /// <summary>What a text takes in the page.</summary>
    public static int Bytes(string text) => JsonEncodedText.Encode(text, Encoder).EncodedUtf8Bytes.Length;
}
