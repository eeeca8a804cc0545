using System.Reflection;
using System.Text.Json.Serialization;
using Bonito.Templates;

namespace Bonito.Ctga;

/// <summary>What <c>manifest.json</c> says: enough to know what is in the folder and to build it again.</summary>
internal sealed record CtgaManifest(
    string Format, string Version, CtgaManifestOptions Options, string CatalogueHash, string TemplatesHash,
    long Training, long Validation, IReadOnlyDictionary<string, long> TaskTypes, IReadOnlyList<CtgaManifestSet> Sets)
{
    public static CtgaManifest Of(CtgaSummary summary, CtgaOptions options, Catalogue catalogue, MetaTemplateLibrary templates) => new(
        "bonito-ctga-1",
        typeof(CtgaManifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "",
        new CtgaManifestOptions(
            options.MaxExamplesPerSet, options.Seed, options.TemplatesPerRow, options.CommercialOnly, options.Sets,
            catalogue.Source, templates.Source, options.MaxContextLength, options.SetLimits),
        catalogue.Hash, templates.Hash, summary.Training, summary.Validation,
        summary.PerTaskType.ToDictionary(t => t.TaskType.ShortName, t => t.Count),
        [.. summary.Sets.Select(CtgaManifestSet.Of)]);
}

/// <summary>The options that decide the content; folders and threads do not.</summary>
internal sealed record CtgaManifestOptions(
    int MaxExamplesPerSet, int Seed, int TemplatesPerRow, bool CommercialOnly, IReadOnlyList<string>? Sets,
    string Catalogue, string Templates, int MaxContextLength, IReadOnlyDictionary<string, int>? SetLimits);

/// <summary>A set's counts; <c>candidates</c> is the sum of <c>written</c> and <c>dropped</c>.</summary>
internal sealed record CtgaManifestSet(
    string Name, string Licence, bool Commercial, IReadOnlyList<CtgaFile> Files, IReadOnlyList<string> Missing,
    long RowsRead, long Candidates, IReadOnlyDictionary<string, long> Written, IReadOnlyDictionary<string, long> Dropped)
{
    public static CtgaManifestSet Of(CtgaSetSummary set) => new(
        set.Name, set.Licence, set.Commercial, set.Files, set.Missing, set.RowsRead, set.Candidates, set.Written,
        set.Dropped.ToDictionary(d => CtgaManifestNames.Of(d.Key), d => d.Value));
}

internal static class CtgaManifestNames
{
    /// <summary>A reason as files write it: <c>answer_not_in_context</c>.</summary>
    public static string Of(DropReason reason) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(CtgaManifest))]
internal sealed partial class CtgaJson : JsonSerializerContext;
