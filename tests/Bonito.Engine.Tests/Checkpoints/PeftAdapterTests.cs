using System.Text.Json;
using System.Text.Json.Nodes;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tests.Kernels;
using Bonito.Engine.Tests.Models;

namespace Bonito.Engine.Tests.Checkpoints;

/// <summary>Adapters as PEFT writes them, read, written and refused. What they compute is tested with the models (<see cref="LoraGoldenTests"/>).</summary>
public sealed class PeftAdapterTests : IDisposable
{
    const string Config = "adapter_config.json", Weights = "adapter_model.safetensors";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("all", 4, 8f, false, null)]
    [InlineData("rslora", 5, 3f, true, "q_proj v_proj")]
    [InlineData("chosen", 3, 7f, false, "model.layers.1.self_attn.q_proj model.layers.1.self_attn.k_proj model.layers.1.mlp.down_proj")]
    public void Options_are_read(string name, int rank, float alpha, bool rslora, string? targets)
    {
        using LoraGolden golden = new(name);
        PeftAdapter.Load(golden.Folder, golden.Model);
        LoraOptions options = golden.Model.Adapter!.Options;
        Assert.Equal((rank, alpha, rslora, targets), (options.Rank, options.Alpha, options.UseRslora, options.TargetModules == null ? null : string.Join(' ', options.TargetModules)));
    }

    /// <summary>Tensors keep names, shapes, order and bits; what a loaded adapter writes, it writes again.</summary>
    [Theory]
    [InlineData("all")]
    [InlineData("rslora")]
    [InlineData("chosen")]
    public void Adapters_survive_a_round_trip(string name)
    {
        using (LoraGolden golden = new(name))
        {
            PeftAdapter.Load(golden.Folder, golden.Model);
            PeftAdapter.Save(folder.File("first"), golden.Model, "tiny");
            using SafetensorsFile made = SafetensorsFile.Open(Path.Combine(golden.Folder, Weights)), written = SafetensorsFile.Open(Path.Combine(folder.File("first"), Weights));
            Assert.Equal(made.Tensors.Values.Select(t => (t.Name, ErrorShape(t))), written.Tensors.Values.Select(t => (t.Name, ErrorShape(t))));
            foreach (StoredTensor tensor in made.Tensors.Values) Expect.SameBits(Read(made, tensor), Read(written, tensor), tensor.Name);
        }
        using (LoraGolden golden = new(name))
        {
            PeftAdapter.Load(folder.File("first"), golden.Model);
            PeftAdapter.Save(folder.File("second"), golden.Model, "tiny");
        }
        foreach (string file in (string[])[Config, Weights])
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder.File("first"), file)), File.ReadAllBytes(Path.Combine(folder.File("second"), file)));
    }

    /// <summary>PEFT checks nothing that is not there: every key it needs to load an adapter is written, with its type.</summary>
    [Fact]
    public void The_written_configuration_has_the_keys_of_PEFT()
    {
        using LoraGolden golden = new("all");
        PeftAdapter.Load(golden.Folder, golden.Model);
        PeftAdapter.Save(folder.Path, golden.Model, "org/tiny");
        JsonObject made = Json(Path.Combine(golden.Folder, Config)), written = Json(folder.File(Config));
        Assert.Subset(made.Select(entry => entry.Key).ToHashSet(), written.Select(entry => entry.Key).ToHashSet());
        made["base_model_name_or_path"] = "org/tiny";
        foreach ((string key, JsonNode? value) in written)
            if (key == "target_modules") Assert.Equal(Names(made[key]!).Order(StringComparer.Ordinal), Names(value!).Order(StringComparer.Ordinal));
            else if (value?.GetValueKind() == JsonValueKind.Number) Assert.Equal(made[key]!.GetValue<double>(), value.GetValue<double>());
            else Assert.True(JsonNode.DeepEquals(made[key], value), $"{key}: {value}, expected {made[key]}");

        static IEnumerable<string> Names(JsonNode value) => value.AsArray().Select(item => item!.GetValue<string>());
    }

    /// <summary>A target says the same in each of the ways that PEFT has.</summary>
    [Theory]
    [InlineData("\"all-linear\"", null, null)]
    [InlineData("[\"q_proj\",\"k_proj\",\"v_proj\",\"o_proj\",\"gate_proj\",\"up_proj\",\"down_proj\",\"c_attn\"]", null, null)]
    [InlineData("\".*_proj\"", null, "[]")]
    [InlineData("\"all-linear\"", "[0, 1]", null)]
    [InlineData("\"(?:.*)\"", null, "[\"lm_head\", \"embed_tokens\"]")]
    public void All_layers_can_be_named_in_many_ways(string targets, string? layers, string? excluded)
    {
        using LoraGolden golden = new("all");
        Copy(golden, config =>
        {
            config["target_modules"] = JsonNode.Parse(targets);
            if (layers != null) config["layers_to_transform"] = JsonNode.Parse(layers);
            if (excluded != null) config["exclude_modules"] = JsonNode.Parse(excluded);
        });
        PeftAdapter.Load(folder.Path, golden.Model);
        Assert.Null(golden.Model.Adapter!.Options.TargetModules);
    }

    [Theory]
    [InlineData("bias", "\"all\"", "bias: this engine runs \"none\", got \"all\"")]
    [InlineData("use_dora", "true", "use_dora: this engine runs adapters without it, got true")]
    [InlineData("modules_to_save", "[\"lm_head\"]", "modules_to_save: this engine runs adapters without it")]
    [InlineData("rank_pattern", "{\"q_proj\": 8}", "rank_pattern: this engine runs adapters without it")]
    [InlineData("alpha_pattern", "{\"q_proj\": 8}", "alpha_pattern: this engine runs adapters without it")]
    [InlineData("fan_in_fan_out", "true", "fan_in_fan_out: this engine runs adapters without it")]
    [InlineData("lora_bias", "true", "lora_bias: this engine runs adapters without it")]
    [InlineData("trainable_token_indices", "[3]", "trainable_token_indices: this engine runs adapters without it")]
    [InlineData("invented_later", "{\"a\": 1}", "invented_later: this engine runs adapters without it")]
    [InlineData("init_lora_weights", "\"pissa\"", "init_lora_weights: this engine runs true, false")]
    [InlineData("init_lora_weights", "8", "init_lora_weights: this engine runs true, false")]
    [InlineData("layers_pattern", "\"blocks\"", "layers_pattern: this engine runs \"layers\"")]
    [InlineData("layers_to_transform", "\"all\"", "layers_to_transform: expected a layer's number")]
    [InlineData("peft_type", "\"IA3\"", "peft_type: this engine runs adapters of the type LORA, got IA3")]
    [InlineData("r", "\"4\"", "r: expected a whole number below 2^31, got \"4\"")]
    [InlineData("r", "null", "r is missing")]
    [InlineData("r", "0", "LoRA option Rank: expected at least 1, got 0")]
    [InlineData("target_modules", "null", "target_modules is missing")]
    [InlineData("target_modules", "[\"q_proj\", \"lm_head\"]", "none of the embedding (lm_head)")]
    [InlineData("target_modules", "[\"c_attn\"]", "target_modules: this engine runs adapters of q_proj, k_proj")]
    [InlineData("target_modules", "\"(q_proj\"", "target_modules: '(q_proj' is no regular expression")]
    [InlineData("target_modules", "\"(([a-z._0-9]+)+)+!\"", "takes too long to match")]
    public void What_is_not_supported_is_refused_by_its_key(string key, string value, string message)
    {
        using LoraGolden golden = new("all");
        Copy(golden, config => config[key] = JsonNode.Parse(value));
        string text = Assert.Throws<EngineException>(() => PeftAdapter.Load(folder.Path, golden.Model)).Message;
        Assert.Contains(message, text, StringComparison.Ordinal);
        Assert.Contains(Config, text, StringComparison.Ordinal);
        Assert.Null(golden.Model.Adapter);
    }

    [Fact]
    public void Troubles_are_told_together()
    {
        using LoraGolden golden = new("all");
        Copy(golden, config => (config["use_dora"], config["bias"], config["r"]) = (true, "lora_only", "x"));
        string text = Assert.Throws<EngineException>(() => PeftAdapter.Load(folder.Path, golden.Model)).Message;
        Assert.All((string[])["use_dora", "bias", "r: expected"], key => Assert.Contains(key, text, StringComparison.Ordinal));
    }

    /// <summary>Another rank in the configuration, and a target less: every shape and every tensor too many is named.</summary>
    [Fact]
    public void All_mismatches_are_told_at_once()
    {
        using LoraGolden golden = new("rslora");
        Copy(golden, config => (config["r"], config["target_modules"]) = (6, new JsonArray("q_proj", "o_proj")));
        string text = Assert.Throws<EngineException>(() => PeftAdapter.Load(folder.Path, golden.Model)).Message;
        Assert.Contains("(12 differences)", text, StringComparison.Ordinal);
        Assert.Contains("shape: 'base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight': the model expects [32, 6], the checkpoint has [32, 5]", text, StringComparison.Ordinal);
        Assert.Contains("missing: 'base_model.model.model.layers.0.self_attn.o_proj.lora_A.weight' [6, 32]", text, StringComparison.Ordinal);
        Assert.Contains("unexpected: 'base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight'", text, StringComparison.Ordinal);
        Assert.Contains("trained on this model", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_adapter_is_refused()
    {
        using LoraGolden golden = new("all");
        Assert.Contains("There is no adapter folder", Refusal(folder.File("nowhere")), StringComparison.Ordinal);
        Assert.Contains("A PEFT adapter is a folder with adapter_config.json and adapter_model.safetensors", Refusal(folder.Path), StringComparison.Ordinal);
        folder.Write(Config, "{");
        Assert.Contains("not valid JSON", Refusal(folder.Path), StringComparison.Ordinal);
        folder.Write(Config, "[]");
        Assert.Contains("expected a JSON object", Refusal(folder.Path), StringComparison.Ordinal);
        File.Copy(Path.Combine(golden.Folder, Config), folder.File(Config), overwrite: true);
        Assert.Contains(Weights, Refusal(folder.Path), StringComparison.Ordinal);
        folder.Write("adapter_model.bin", "x");
        Assert.Contains("pickled adapter", Refusal(folder.Path), StringComparison.Ordinal);

        string Refusal(string path) => Assert.Throws<EngineException>(() => PeftAdapter.Load(path, golden.Model)).Message;
    }

    void Copy(LoraGolden golden, Action<JsonObject> change)
    {
        JsonObject config = Json(Path.Combine(golden.Folder, Config));
        change(config);
        folder.Write(Config, config.ToJsonString());
        File.Copy(Path.Combine(golden.Folder, Weights), folder.File(Weights));
    }

    static JsonObject Json(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();

    static string ErrorShape(StoredTensor tensor) => string.Join(" x ", tensor.Shape);

    static float[] Read(SafetensorsFile file, StoredTensor tensor)
    {
        float[] values = new float[tensor.Shape.Aggregate(1L, (a, b) => a * b)];
        file.Read(tensor.Name, values);
        return values;
    }
}
