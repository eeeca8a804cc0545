using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Bonito.Datasets;
using Bonito.Engine.Training;
using Bonito.Hub;
using Bonito.Recipes;
using Bonito.Rows;

namespace Bonito.Adaptation;

/// <summary>What <c>config.json</c> of a training run says: everything that decides the result, and apart from it how the run was started.</summary>
static class AdaptationConfiguration
{
    static readonly JsonSerializerOptions Names = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Keys of <see cref="TrainingOptions"/> that say how often to look and to save, or trade time for memory; they do not change the weights.</summary>
    static readonly string[] Free = ["save_steps", "save_total_limit", "eval_steps", "sample_steps", "gradient_checkpointing"];

    /// <param name="recipe">Which of Bonito's recipes this is.</param>
    /// <param name="format">The format in force; null for raw text.</param>
    public static JsonObject Of(string recipe, AdaptationOptions options, TrainingFiles files, DataFormat dataFormat, PromptFormat? format)
    {
        DataOptions data = options.Data;
        JsonObject training = JsonSerializer.SerializeToNode(options.Training, Names)!.AsObject();
        Rename(training, "evaluation_steps", "eval_steps");
        Rename(training, "schedule", "lr_scheduler_type");
        Rename(training, "max_gradient_norm", "max_grad_norm");
        JsonObject execution = new()
        {
            ["data"] = data.Data,
            ["validation"] = data.Validation,
            ["base"] = options.BaseModel is { } path ? ModelLocation.NameOf(path) : null,
            ["threads"] = options.Threads,
        };
        foreach (string key in Free)
        {
            execution[key] = training[key]?.DeepClone();
            training.Remove(key);
        }
        return new JsonObject
        {
            ["recipe"] = recipe,
            ["bonito"] = BonitoVersion.Number,
            ["data"] = new JsonObject
            {
                ["train"] = Hashes(files.Training),
                ["validation"] = files.Validation.Count > 0 ? Hashes(files.Validation) : null,
                ["validation_share"] = files.Validation.Count > 0 ? null : data.ValidationShare,
                ["max_validation_examples"] = data.ValidationExamples,
                ["objective"] = data.Objective == Objective.Tapt ? "tapt" : "instruct",
                ["format"] = dataFormat.Name(),
                ["text_col"] = data.TextColumn,
                ["prompt_format"] = format?.Name(),
                ["max_source_length"] = data.MaxSourceLength,
                ["max_target_length"] = data.MaxTargetLength,
                ["copy_share"] = data.CopyShare,
                ["capitals_share"] = data.CapitalsShare,
            },
            ["model"] = options.BaseModel is { } model
                ? new JsonObject { ["base"] = Hashes(GeneratorFolder.Read(model).Hashes) }
                : JsonSerializer.SerializeToNode(options.Shape, Names),
            ["method"] = new JsonObject
            {
                ["name"] = options.Method.Name(),
                ["lora"] = options.Method == Method.Full ? null : Lora(options),
                ["quantization"] = options.Method == Method.Qlora ? "nf4" : null,
            },
            ["training"] = training,
            [BegunFolder.Execution] = execution,
        };
    }

    static JsonObject Lora(AdaptationOptions options)
    {
        JsonObject lora = JsonSerializer.SerializeToNode(options.Lora, Names)!.AsObject();
        // What follows from the others.
        lora.Remove("scale");
        return lora;
    }

    static JsonObject Hashes(IEnumerable<SourceFile> files) => Hashes(files.Select(file => KeyValuePair.Create(file.Name, FileHash.Of(file.Path))));

    static JsonObject Hashes(IEnumerable<KeyValuePair<string, string>> files) =>
        new(files.Select(file => KeyValuePair.Create(file.Key, (JsonNode?)file.Value)));

    static void Rename(JsonObject json, string from, string to)
    {
        JsonNode? value = json[from]?.DeepClone();
        json.Remove(from);
        json[to] = value;
    }
}
