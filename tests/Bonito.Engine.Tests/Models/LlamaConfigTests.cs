using System.Text.Json.Nodes;
using Bonito.Engine.Models;

namespace Bonito.Engine.Tests.Models;

/// <summary>What is read from config.json, in both spellings, with which defaults, and what is refused with which words.</summary>
public sealed class LlamaConfigTests : IDisposable
{
    const string Sizes = """ "vocab_size": 10, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4""";
    const string Llama = """ "architectures": ["LlamaForCausalLM"], "model_type": "llama", """ + Sizes;
    const string Mistral = """ "architectures": ["MistralForCausalLM"], "model_type": "mistral", "num_key_value_heads": 2, """ + Sizes;
    const string Qwen2 = """ "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "num_key_value_heads": 2, """ + Sizes;
    const string Qwen3 = """ "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "num_key_value_heads": 2, """ + Sizes;

    readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Absent_keys_have_the_values_that_transformers_gives_them()
    {
        LlamaConfig llama = Read(Llama), mistral = Read(Mistral), qwen2 = Read(Qwen2), qwen3 = Read(Qwen3);
        Assert.Equal((4, 8, 2048, 1e-6f, 10_000.0), (llama.NumKeyValueHeads, llama.HeadWidth, llama.MaxPositionEmbeddings, llama.RmsNormEps, llama.RopeTheta));
        Assert.Equal((131072, false), (mistral.MaxPositionEmbeddings, mistral.HasQueryKeyValueBias));
        Assert.Equal((32768, true, false, false), (qwen2.MaxPositionEmbeddings, qwen2.HasQueryKeyValueBias, qwen2.HasOutputBias, qwen2.HasQueryKeyNorm));
        Assert.Equal((128, 512, 256, true, false), (qwen3.HeadWidth, qwen3.QueryWidth, qwen3.KeyValueWidth, qwen3.HasQueryKeyNorm, qwen3.HasQueryKeyValueBias));
        foreach (LlamaConfig config in new[] { llama, mistral, qwen2, qwen3 })
        {
            Assert.Null(config.SlidingWindow);
            Assert.Null(config.RopeScaling);
            Assert.False(config.TieWordEmbeddings);
            Assert.Null(config.BosTokenId);
            Assert.Null(config.EosTokenId);
        }
    }

    [Fact]
    public void An_end_of_text_may_be_one_token_or_several()
    {
        Assert.Equal([7], Read(Llama + """, "eos_token_id": 7""").EosTokenIds);
        LlamaConfig several = Read(Llama + """, "eos_token_id": [7, 3]""");
        Assert.Equal(7, several.EosTokenId);
        Assert.True(several.EosTokenIds.Contains(3));
        Assert.False(several.EosTokenIds.Contains(4));
    }

    [Theory]
    [InlineData(""" "rope_theta": 500, "rope_scaling": {"rope_type": "linear", "factor": 2}""")]
    [InlineData(""" "rope_theta": 500, "rope_scaling": {"type": "linear", "factor": 2.0}""")]
    [InlineData(""" "rope_parameters": {"rope_theta": 500.0, "rope_type": "linear", "factor": 2}""")]
    public void Rotary_scaling_is_read_in_every_spelling(string keys)
    {
        LlamaConfig config = Read(Llama + ", " + keys);
        Assert.Equal(500, config.RopeTheta);
        Assert.Equal(new RopeScaling.Linear(2), config.RopeScaling);
    }

    [Fact]
    public void Kinds_of_rotary_scaling()
    {
        Assert.Null(Read(Llama + """, "rope_scaling": {"rope_type": "default"}""").RopeScaling);
        Assert.Equal(new RopeScaling.Dynamic(3), Read(Llama + """, "rope_scaling": {"type": "dynamic", "factor": 3}""").RopeScaling);
        Assert.Equal(new RopeScaling.Yarn(4, 2048), Read(Llama + """, "rope_scaling": {"type": "yarn", "factor": 4}""").RopeScaling);
        Assert.Equal(new RopeScaling.Yarn(4, 16, 1.5, 20, 2), Read(Llama + """, "rope_scaling": {"type": "yarn", "factor": 4, "original_max_position_embeddings": 16, "attention_factor": 1.5, "beta_fast": 20, "beta_slow": 2}""").RopeScaling);
        Assert.Equal(new RopeScaling.Llama3(8, 1, 4, 8192), Read(Llama + """, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}""").RopeScaling);
    }

    [Fact]
    public void Sliding_windows_are_of_the_layers_that_transformers_gives_them_to()
    {
        LlamaConfig mistral = Read(Mistral + """, "sliding_window": 5""");
        Assert.Equal([5, 5, 5], Enumerable.Range(0, 3).Select(mistral.WindowOf));
        LlamaConfig upper = Read(Qwen2 + """, "use_sliding_window": true, "sliding_window": 6, "max_window_layers": 1""");
        Assert.Equal([int.MaxValue, 6, 6], Enumerable.Range(0, 3).Select(upper.WindowOf));
        LlamaConfig listed = Read(Qwen3 + """, "use_sliding_window": true, "sliding_window": 6, "max_window_layers": 0, "layer_types": ["full_attention", "full_attention", "sliding_attention"]""");
        Assert.Equal([int.MaxValue, int.MaxValue, 6], Enumerable.Range(0, 3).Select(listed.WindowOf));
        // As Qwen2.5 has it: a window that is not in use, or that starts after the last layer.
        Assert.Null(Read(Qwen2 + """, "use_sliding_window": false, "sliding_window": 6, "max_window_layers": 1""").SlidingWindow);
        Assert.Null(Read(Qwen2 + """, "use_sliding_window": true, "sliding_window": 6, "max_window_layers": 3""").SlidingWindow);
        Assert.Null(Read(Qwen3 + """, "layer_types": ["full_attention", "full_attention", "full_attention"]""").SlidingWindow);
    }

    [Theory]
    [InlineData(Llama, """ "rope_scaling": {"type": "longrope", "factor": 2}""", "type of rope_scaling: this engine runs", "\"longrope\"", "\"llama3\"")]
    [InlineData(Llama, """ "rope_scaling": {"type": "linear"}""", "factor of rope_scaling is missing")]
    [InlineData(Llama, """ "rope_scaling": {"type": "linear", "factor": -1}""", "factor of rope_scaling must be positive, got -1")]
    [InlineData(Llama, """ "rope_scaling": {"type": "yarn", "factor": 4, "mscale": 0.7}""", "mscale of rope_scaling", "0.7")]
    [InlineData(Llama, """ "rope_scaling": {"rope_type": "llama3", "factor": 8}""", "low_freq_factor of rope_scaling is missing", "original_max_position_embeddings of rope_scaling is missing")]
    [InlineData(Llama, """ "rope_parameters": {"sliding_attention": {"rope_theta": 3}, "factor": 2, "rope_type": "linear"}""", "sliding_attention of rope_parameters")]
    [InlineData(Llama, """ "rope_scaling": 3""", "rope_scaling: expected an object, got 3")]
    [InlineData(Llama, """ "hidden_act": "gelu" """, "hidden_act: this engine runs \"silu\", got \"gelu\"")]
    [InlineData(Llama, """ "sliding_window": 4096""", "sliding_window: this engine runs null for LlamaForCausalLM, got 4096")]
    [InlineData(Llama, """ "partial_rotary_factor": 0.5""", "partial_rotary_factor", "0.5")]
    [InlineData(Llama, """ "quantization_config": {"quant_method": "gptq"}""", "quantization_config", "gptq")]
    [InlineData(Llama, """ "eos_token_id": "x", "rms_norm_eps": "small" """, "eos_token_id: expected a token id or a list of them, got \"x\"", "rms_norm_eps: expected a number")]
    [InlineData(Llama, """ "head_dim": 7""", "head_dim must be positive and even, got 7")]
    [InlineData(Mistral, """ "attention_bias": true""", "attention_bias: this engine runs false for MistralForCausalLM, got true")]
    [InlineData(Mistral, """ "sliding_window": 0""", "sliding_window must be positive, got 0")]
    [InlineData(Qwen3, """ "mlp_bias": true""", "mlp_bias: this engine runs true for LlamaForCausalLM only")]
    [InlineData(Qwen2, """ "use_sliding_window": true, "sliding_window": 4, "layer_types": ["sliding_attention", "full_attention", "full_attention"]""", "layer_types: this engine runs")]
    [InlineData(Qwen2, """ "use_sliding_window": true, "sliding_window": 4, "layer_types": ["sliding_attention"]""", "layer_types: this engine runs num_hidden_layers = 3 entries")]
    [InlineData(Qwen2, """ "layer_types": ["full_attention", "full_attention", "sliding_attention"]""", "no sliding_window is in use")]
    public void What_would_be_computed_otherwise_than_its_authors_do_is_refused(string sizes, string keys, params string[] told)
    {
        string message = Assert.Throws<EngineException>(() => Read(sizes + ", " + keys)).Message;
        foreach (string part in told.Append(path)) Assert.Contains(part, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"architectures": ["GemmaForCausalLM"], "model_type": "gemma"}""", "got architectures [\"GemmaForCausalLM\"], model_type \"gemma\"")]
    [InlineData("""{"architectures": ["LlamaForSequenceClassification"], "model_type": "llama"}""", "LlamaForSequenceClassification")]
    [InlineData("""{"architectures": ["LlamaForCausalLM"], "model_type": "mistral"}""", "model_type \"mistral\"")]
    [InlineData("""{"vocab_size": 10}""", "got architectures null, model_type null")]
    [InlineData("""[]""", "expected a JSON object, got Array")]
    [InlineData("""{""", "is not a model's configuration")]
    public void Another_architecture_is_refused_with_those_that_run(string json, string told)
    {
        File.WriteAllText(path, json);
        Assert.Contains(told, Assert.Throws<EngineException>(() => LlamaConfig.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_troubles_are_told_at_once()
    {
        string message = Assert.Throws<EngineException>(() => Read(""" "model_type": "llama", "hidden_size": 1.5, "num_hidden_layers": "two", "mlp_bias": 3""")).Message;
        foreach (string key in new[] { "vocab_size is missing", "hidden_size: expected a whole number", "intermediate_size is missing", "num_hidden_layers: expected", "num_attention_heads is missing", "mlp_bias: expected true or false, got 3" })
            Assert.Contains(key, message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_saved_says_the_same()
    {
        LlamaConfig[] configs =
        [
            Read(Llama + """, "attention_bias": true, "mlp_bias": true, "head_dim": 6, "bos_token_id": 1, "eos_token_id": [2, 3]"""),
            Read(Mistral + """, "sliding_window": 5, "max_position_embeddings": 777, "rope_theta": 1e6"""),
            Read(Qwen2 + """, "use_sliding_window": true, "sliding_window": 6, "max_window_layers": 1, "tie_word_embeddings": true"""),
            Read(Qwen3 + """, "attention_bias": true, "rms_norm_eps": 1e-5"""),
            Read(Llama) with { RopeScaling = new RopeScaling.Linear(2) },
            Read(Llama) with { RopeScaling = new RopeScaling.Dynamic(2) },
            Read(Llama) with { RopeScaling = new RopeScaling.Llama3(8, 1, 4, 8192) },
            Read(Llama) with { RopeScaling = new RopeScaling.Yarn(4, 1024) },
            Read(Llama) with { RopeScaling = new RopeScaling.Yarn(4, 1024, 1.25, 16, 2) },
        ];
        foreach (LlamaConfig config in configs)
        {
            config.Save(path, "bfloat16");
            Assert.Equal(config, LlamaConfig.Load(path));
            Assert.Equal("bfloat16", (string?)JsonNode.Parse(File.ReadAllText(path))!["torch_dtype"]);
        }
    }

    [Fact]
    public void What_a_file_cannot_say_is_not_saved()
    {
        LlamaConfig config = Read(Llama);
        Assert.Contains("Reorder the rows", Assert.Throws<EngineException>(() => (config with { RotaryInterleaved = true }).Save(path, "float32")).Message, StringComparison.Ordinal);
        Assert.Contains("divisors", Assert.Throws<EngineException>(() => (config with { RopeScaling = new RopeScaling.Divided([1, 2, 3, 4]) }).Save(path, "float32")).Message, StringComparison.Ordinal);
    }

    LlamaConfig Read(string keys)
    {
        File.WriteAllText(path, "{" + keys + "}");
        return LlamaConfig.Load(path);
    }
}
