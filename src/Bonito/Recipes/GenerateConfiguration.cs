using System.Text.Json.Nodes;
using Bonito.Adaptation;
using Bonito.Datasets;
using Bonito.Documents;
using Bonito.Hub;
using Bonito.Tasks;

namespace Bonito.Recipes;

/// <summary>
/// What <c>config.json</c> of a run says, under the names of the flags: everything that decides the results, and apart from it how
/// the run was started.
/// </summary>
static class GenerateConfiguration
{
    public static JsonObject Of(GenerateOptions options, IReadOnlyList<DocumentFile> inputs, GeneratorFolder generator, IReadOnlyList<TaskType> taskTypes) => new()
    {
        ["recipe"] = Generate.Name,
        ["bonito"] = BonitoVersion.Number,
        ["model"] = Hashes(generator.Hashes),
        ["adapter"] = options.AdapterFolder is { } adapter ? Hashes(AdapterLocation.Hashes(AdapterLocation.Find(adapter))) : null,
        ["inputs"] = Hashes(inputs.Select(file => KeyValuePair.Create(file.Name, FileHash.Of(file.Path)))),
        ["context_col"] = options.ContextColumn,
        ["max_context_tokens"] = options.Contexts.MaxTokens,
        ["min_context_tokens"] = options.Contexts.MinTokens,
        ["overlap_tokens"] = options.Contexts.OverlapTokens,
        ["max_contexts"] = options.MaxContexts,
        ["task_type"] = new JsonArray([.. taskTypes.Select(t => JsonValue.Create(t.ShortName))]),
        ["samples"] = options.Samples,
        ["max_tokens"] = options.Sampling.MaxTokens,
        ["temperature"] = options.Sampling.Temperature,
        ["top_p"] = options.Sampling.TopP,
        ["top_k"] = options.Sampling.TopK,
        ["frequency_penalty"] = options.Sampling.FrequencyPenalty,
        ["seed"] = options.Sampling.Seed,
        ["constrain"] = options.Constrain,
        [RunFolder.Execution] = new JsonObject
        {
            ["model"] = ModelLocation.NameOf(options.ModelFolder),
            ["inputs"] = new JsonArray([.. options.Inputs.Select(i => JsonValue.Create(i))]),
            ["batch_size"] = options.BatchSize,
            ["threads"] = options.Threads,
        },
    };

    static JsonObject Hashes(IEnumerable<KeyValuePair<string, string>> files) =>
        new(files.Select(file => KeyValuePair.Create(file.Key, (JsonNode?)file.Value)));
}
