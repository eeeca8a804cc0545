using System.Text.Json.Nodes;
using Bonito.Rows;
using Bonito.Templates;

namespace Bonito.Ctga;

/// <summary>What a build is: everything that decides its rows. Where folders lie does not, which files are in them does.</summary>
internal static class CtgaConfiguration
{
    public static JsonObject Of(CtgaOptions options, Catalogue catalogue, TemplateLibrary library, IReadOnlyList<SetFiles> sets) =>
        // Through text, so that it is the same as one that was read back.
        JsonNode.Parse(Make(options, catalogue, library, sets).ToJsonString())!.AsObject();

    static JsonObject Make(CtgaOptions options, Catalogue catalogue, TemplateLibrary library, IReadOnlyList<SetFiles> sets) => new()
    {
        ["format"] = options.Format == CtgaFormat.Parquet ? "parquet" : "jsonl",
        ["max_examples"] = options.MaxExamplesPerSet,
        ["limits"] = new JsonObject((options.SetLimits ?? new Dictionary<string, int>()).OrderBy(l => l.Key, StringComparer.Ordinal)
            .Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))),
        ["seed"] = options.Seed,
        ["templates_per_row"] = options.TemplatesPerRow,
        ["per_task_type"] = options.PerTaskType,
        ["commercial_only"] = options.CommercialOnly,
        ["max_context_length"] = options.MaxContextLength,
        ["catalogue"] = new JsonObject { ["source"] = catalogue.Source, ["sha256"] = catalogue.Hash },
        ["templates"] = new JsonObject { ["sources"] = new JsonArray([.. library.Sources.Select(s => (JsonNode?)s)]), ["sha256"] = library.Hash },
        ["exclude_overlap"] = options.ExcludeOverlapDirectory is { } folder ? Sizes(EvaluationTexts.Find(folder).Files) : null,
        ["sets"] = new JsonObject(sets.Select(s => KeyValuePair.Create(s.Set.Name, (JsonNode?)Sizes(s.Files)))),
        ["version"] = BonitoVersion.Number,
    };

    static JsonObject Sizes(IEnumerable<SourceFile> files) =>
        new(files.DistinctBy(f => f.Name).Select(f => KeyValuePair.Create(f.Name, (JsonNode?)new FileInfo(f.Path).Length)));
}
