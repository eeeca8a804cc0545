using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bonito.Engine.Models;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// <c>adapter_config.json</c> of PEFT (https://huggingface.co/docs/peft/developer_guides/checkpoint and package_reference/lora). What
/// this engine does not compute is refused with the key that asks for it, also where the key is newer than this code.
/// </summary>
internal static class PeftConfig
{
    public const string FileName = "adapter_config.json";

    /// <summary>A hostile expression must not hold the program up.</summary>
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    /// <summary>What says how an adapter is computed, read below.</summary>
    private static readonly string[] Computed =
        ["peft_type", "r", "lora_alpha", "lora_dropout", "use_rslora", "target_modules", "exclude_modules", "layers_to_transform", "layers_pattern", "bias", "init_lora_weights"];

    /// <summary>What says where an adapter comes from or how it is handled, not what it computes.</summary>
    private static readonly string[] Descriptive =
        ["auto_mapping", "base_model_name_or_path", "revision", "task_type", "inference_mode", "peft_version", "megatron_core", "qalora_group_size", "runtime_config", "eva_config"];

    /// <summary>Ways to draw A and B that leave the base weights as they are.</summary>
    private static readonly string[] HarmlessStarts = ["gaussian", "eva", "orthogonal"];

    /// <summary>Modules that adapters elsewhere may have.</summary>
    private static readonly string[] NeverAdapted = ["lm_head", "model.embed_tokens"];

    /// <summary>Reads what the adapter of a model is.</summary>
    /// <param name="layers">The paths of the model's linear layers but the head.</param>
    /// <returns>Targets as names that every <see cref="LoraOptions"/> may have, whatever the file's way of saying them.</returns>
    /// <exception cref="EngineException">All that cannot be run, one a line.</exception>
    public static LoraOptions Read(string path, IReadOnlyList<string> layers)
    {
        using JsonDocument document = Parse(path);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new EngineException($"{path} is not an adapter's configuration: expected a JSON object, got {document.RootElement.ValueKind}.");
        List<string> troubles = [];
        ConfigKeys keys = new(document.RootElement, troubles);
        string type = keys.Text("peft_type") ?? "null";
        if (type != "LORA") throw new EngineException($"{path}: peft_type: this engine runs adapters of the type LORA, got {type}.");
        Refuse(keys);
        LoraOptions options = new()
        {
            Rank = keys.Integer("r"),
            Alpha = (float)keys.Number("lora_alpha"),
            Dropout = (float)keys.Number("lora_dropout", 0),
            UseRslora = keys.Flag("use_rslora"),
            TargetModules = Targets(keys, layers, troubles),
        };
        if (troubles.Count > 0) throw new EngineException($"{path} cannot be run:\n{ErrorText.Lines(troubles)}");
        try
        {
            options.Validate();
        }
        catch (EngineException e)
        {
            throw new EngineException($"{path}: {e.Message}", e);
        }
        return options;
    }

    /// <summary>Writes an adapter's configuration with the keys that PEFT's own has.</summary>
    public static void Write(string path, Adapter adapter, string baseModelName) => AtomicFile.Write(path, stream =>
    {
        LoraOptions options = adapter.Options;
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        WriteEmpty(json, "alpha_pattern");
        json.WriteNull("auto_mapping");
        json.WriteString("base_model_name_or_path", baseModelName);
        json.WriteString("bias", "none");
        json.WriteNull("exclude_modules");
        json.WriteBoolean("fan_in_fan_out", false);
        json.WriteBoolean("inference_mode", true);
        json.WriteBoolean("init_lora_weights", true);
        json.WriteNull("layer_replication");
        json.WriteNull("layers_pattern");
        json.WriteNull("layers_to_transform");
        WriteEmpty(json, "loftq_config");
        // PEFT declares a whole number, and takes any.
        json.WritePropertyName("lora_alpha");
        json.WriteRawValue(options.Alpha.ToString(CultureInfo.InvariantCulture));
        json.WriteBoolean("lora_bias", false);
        json.WritePropertyName("lora_dropout");
        json.WriteRawValue(options.Dropout.ToString(CultureInfo.InvariantCulture));
        json.WriteNull("megatron_config");
        json.WriteString("megatron_core", "megatron.core");
        json.WriteNull("modules_to_save");
        json.WriteString("peft_type", "LORA");
        json.WriteNumber("r", options.Rank);
        WriteEmpty(json, "rank_pattern");
        json.WriteNull("revision");
        json.WriteStartArray("target_modules");
        foreach (string target in options.TargetModules ?? LeafNames(adapter.Layers.Select(layer => layer.Path))) json.WriteStringValue(target);
        json.WriteEndArray();
        json.WriteString("task_type", "CAUSAL_LM");
        json.WriteBoolean("use_dora", false);
        json.WriteBoolean("use_rslora", options.UseRslora);
        json.WriteEndObject();
    });

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new EngineException($"{path}: not valid JSON: {e.Message} Download or write the adapter again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be read: {e.Message.TrimEnd('.')}. A PEFT adapter is a folder with {FileName} and {PeftFolder.WeightsName}.", e);
        }
    }

    private static void WriteEmpty(Utf8JsonWriter json, string key)
    {
        json.WriteStartObject(key);
        json.WriteEndObject();
    }

    private static void Refuse(ConfigKeys keys)
    {
        if (keys.Text("bias") is not (null or "none")) keys.Refuse("bias", "\"none\"");
        // PiSSA, OLoRA, CorDA and LoftQ change the base weights, too: such an adapter means nothing beside the original ones.
        if (keys.Find("init_lora_weights") is { } start && !(start.ValueKind is JsonValueKind.True or JsonValueKind.False || (start.ValueKind == JsonValueKind.String && HarmlessStarts.Contains(start.GetString()))))
            keys.Refuse("init_lora_weights", $"true, false, {string.Join(", ", HarmlessStarts)}, which leave the base weights as they are");
        foreach (string key in keys.Present.Except(Computed).Except(Descriptive))
            if (!IsOff(keys.Find(key)!.Value)) keys.Refuse(key, "adapters without it");
    }

    /// <summary>Whether a value stands for what is not used.</summary>
    private static bool IsOff(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    private static string[]? Targets(ConfigKeys keys, IReadOnlyList<string> layers, List<string> troubles)
    {
        if (!keys.Has("target_modules"))
        {
            troubles.Add("target_modules is missing");
            return null;
        }
        Predicate<string> isTarget = Selection(keys, "target_modules", troubles), isExcluded = Selection(keys, "exclude_modules", troubles);
        int[]? indices = LayerIndices(keys, troubles);
        if (troubles.Count > 0) return null;
        try
        {
            string[] others = [.. NeverAdapted.Where(path => isTarget(path) && !isExcluded(path) && !IsAll(keys))];
            if (others.Length > 0) keys.Refuse("target_modules", $"adapters of linear layers other than the output layer, and none of the embedding ({string.Join(", ", others)})");
            string[] chosen = [.. layers.Where(path => isTarget(path) && !isExcluded(path) && (indices == null || indices.Contains(LayerOf(path))))];
            if (chosen.Length == 0) keys.Refuse("target_modules", $"adapters of {string.Join(", ", LeafNames(layers))} ({layers.Count} layers, none of which this names)");
            return Names(chosen, layers);
        }
        catch (RegexMatchTimeoutException)
        {
            troubles.Add("target_modules or exclude_modules: the expression takes too long to match; give a list of names instead");
            return null;
        }
    }

    private static bool IsAll(ConfigKeys keys) => keys.Find("target_modules")!.Value is { ValueKind: JsonValueKind.String } value && value.ValueEquals("all-linear");

    /// <summary>The layers that a list of names or, for a string, a regular expression means; nothing where the key is absent.</summary>
    private static Predicate<string> Selection(ConfigKeys keys, string key, List<string> troubles)
    {
        if (keys.Find(key) is not { } value) return _ => false;
        if (value.ValueKind != JsonValueKind.String)
        {
            string[] names = keys.Texts(key) ?? [];
            return path => names.Any(name => LoraOptions.Names(name, path));
        }
        string text = value.GetString()!;
        if (text == "all-linear" && key == "target_modules") return _ => true;
        try
        {
            Regex whole = new($@"\A(?:{text})\z", RegexOptions.CultureInvariant, MatchLimit);
            return whole.IsMatch;
        }
        catch (ArgumentException e)
        {
            troubles.Add($"{key}: {ErrorText.Quote(text)} is no regular expression: {e.Message}");
            return _ => false;
        }
    }

    /// <summary>The layers that the adapter is limited to; null where it is not.</summary>
    private static int[]? LayerIndices(ConfigKeys keys, List<string> troubles)
    {
        if (keys.Find("layers_pattern") is { } pattern && !IsOff(pattern) && !pattern.ValueEqualsAny("layers")) keys.Refuse("layers_pattern", "\"layers\"");
        if (keys.Find("layers_to_transform") is not { } value || IsOff(value)) return null;
        int index = 0;
        JsonElement[] numbers = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        if (numbers.All(number => number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out index))) return [.. numbers.Select(number => number.GetInt32())];
        troubles.Add("layers_to_transform: expected a layer's number or a list of them");
        return null;
    }

    /// <summary>Whether a JSON value is the text, or a list of it alone.</summary>
    private static bool ValueEqualsAny(this JsonElement value, string text) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().All(item => item.ValueEqualsAny(text)) : value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    /// <summary>N of <c>model.layers.N.self_attn.q_proj</c>.</summary>
    private static int LayerOf(string path) => int.Parse(path.Split('.')[2], CultureInfo.InvariantCulture);

    private static string[] LeafNames(IEnumerable<string> paths) => [.. paths.Select(path => path[(path.LastIndexOf('.') + 1)..]).Distinct(StringComparer.Ordinal)];

    /// <summary>The shortest names of chosen layers: none for all, last names where these mean no others, else whole paths.</summary>
    private static string[]? Names(string[] chosen, IReadOnlyList<string> layers)
    {
        if (chosen.Length == layers.Count) return null;
        string[] leaves = LeafNames(chosen);
        return layers.Count(path => leaves.Any(leaf => LoraOptions.Names(leaf, path))) == chosen.Length ? leaves : chosen;
    }
}
