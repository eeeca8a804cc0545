using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Bonito.Ctga;

/// <summary>What <c>manifest.json</c> says: enough to know what is in the folder and to build it again.</summary>
/// <param name="Version">Of Bonito.</param>
/// <param name="Configuration">What the build was begun with.</param>
/// <param name="Training">Rows for training.</param>
/// <param name="Validation">Rows held out.</param>
/// <param name="Files">Data files, in the order of the rows, and how many each has.</param>
/// <param name="TaskTypes">Rows of each task type.</param>
/// <param name="Sets">What became of every set.</param>
/// <param name="Overlap">The evaluation sets that rows were compared with; null if they were not.</param>
internal sealed record CtgaManifest(
    string Version, JsonObject Configuration, long Training, long Validation, IReadOnlyDictionary<string, long> Files,
    IReadOnlyDictionary<string, long> TaskTypes, IReadOnlyList<CtgaSetSummary> Sets, CtgaOverlap? Overlap)
{
    public static CtgaManifest Of(CtgaSummary summary, JsonObject configuration, IReadOnlyDictionary<string, long> files) => new(
        BonitoVersion.Number, configuration, summary.Training, summary.Validation, files,
        summary.PerTaskType.ToDictionary(t => t.TaskType.ShortName, t => t.Count), summary.Sets, summary.Overlap);

    public CtgaSummary Summary(string folder) => new(folder, Training, Validation, Sets, Overlap);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CtgaManifest))]
[JsonSerializable(typeof(CtgaSetSummary))]
internal sealed partial class CtgaJson : JsonSerializerContext;
