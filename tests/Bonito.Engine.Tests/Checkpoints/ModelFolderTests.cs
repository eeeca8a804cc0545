using System.Text;
using System.Text.Json.Nodes;
using Bonito.Engine.Autograd;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Tests.Checkpoints;

public sealed class ModelFolderTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("bonito-model").FullName;
    readonly Tokenizer tokenizer = BpeTrainer.Train(["a small text to train a small tokenizer on, a small text"], 280, ["<s>", "</s>"]);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(DType.F32, true)]
    [InlineData(DType.F32, false)]
    [InlineData(DType.BF16, true)]
    [InlineData(DType.F16, false)]
    public void What_is_saved_loads_with_the_same_values(DType type, bool tied)
    {
        using Llama model = Model(tied);
        ModelFolder.Save(folder, model, tokenizer, type);
        (Llama loaded, Tokenizer read) = ModelFolder.Load(folder);
        using Llama second = loaded;
        Assert.Equal(model.Config, second.Config);
        Assert.Equal(tokenizer.Encode("a small text"), read.Encode("a small text"));
        for (int i = 0; i < model.Parameters.Count; i++)
        {
            float[] expected = model.Parameters[i].Tensor.Values.ToArray();
            if (type == DType.BF16) expected = [.. expected.Select(v => Narrow(v))];
            if (type == DType.F16) expected = [.. expected.Select(v => (float)(Half)v)];
            Assert.Equal(expected, second.Parameters[i].Values().ToArray());
        }
    }

    [Fact]
    public void A_loaded_model_computes_the_same_logits()
    {
        using Llama model = Model(tied: true);
        ModelFolder.Save(folder, model, tokenizer, DType.F32);
        (Llama loaded, _) = ModelFolder.Load(folder);
        using Llama second = loaded;
        Assert.Equal(Logits(model), Logits(second));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using Llama model = Model(tied: true);
        ModelFolder.Save(folder, model, tokenizer, DType.F32);
        File.Delete(Path.Combine(folder, "tokenizer.json"));
        Refused("expected tokenizer.json or tokenizer.model");
    }

    [Fact]
    public void All_mismatches_of_tensors_are_told_at_once()
    {
        using Llama model = Model(tied: true);
        ModelFolder.Save(folder, model, tokenizer, DType.F32);
        Edit(config => config["intermediate_size"] = 40);
        Refused("model.layers.0.mlp.gate_proj.weight", "model.layers.1.mlp.down_proj.weight", "40");
    }

    [Theory]
    [InlineData("model_type", "\"mistral\"", "model_type")]
    [InlineData("rope_scaling", "{\"type\": \"linear\"}", "rope_scaling")]
    [InlineData("attention_bias", "true", "q_proj.bias")]
    [InlineData("head_dim", "16", "q_proj.weight")]
    [InlineData("num_attention_heads", "0", "num_attention_heads")]
    [InlineData("num_key_value_heads", "3", "num_key_value_heads")]
    [InlineData("eos_token_id", "279000", "eos_token_id")]
    public void A_configuration_that_would_be_computed_wrongly_is_refused(string key, string value, string named)
    {
        using Llama model = Model(tied: true);
        ModelFolder.Save(folder, model, tokenizer, DType.F32);
        Edit(config => config[key] = JsonNode.Parse(value));
        Refused(named);
    }

    [Fact]
    public void A_model_that_does_not_fit_is_refused_with_the_numbers()
    {
        using Llama model = Model(tied: true);
        ModelFolder.Save(folder, model, tokenizer, DType.F32);
        Edit(config => config["num_hidden_layers"] = 2_000_000);
        Edit(config => config["hidden_size"] = 8192);
        Edit(config => config["head_dim"] = 2048);
        Refused("GiB");
    }

    [Fact]
    public void A_model_beyond_memory_is_loaded_where_a_plan_has_said_what_becomes_of_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "files with holes, whose sizes cost nothing, are taken for granted on Linux only");
        const int Width = 4096;
        int rows = (int)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (sizeof(ushort) * Width) * 2);
        using (Llama model = Model(tied: true)) ModelFolder.Save(folder, model, tokenizer, DType.BF16);
        LlamaConfig config = LlamaConfig.Load(Path.Combine(folder, "config.json")) with { HiddenSize = Width, NumHiddenLayers = 1, VocabSize = rows };
        config.Save(Path.Combine(folder, "config.json"), "bfloat16");
        WriteHoles(Path.Combine(folder, "model.safetensors"), Llama.ExpectedTensors(config));
        Refused("GiB");
        using Llama loaded = ModelFolder.Load(folder, requireMemory: false).Model;
        Assert.Equal((rows, Width), (loaded.Parameters[0].Tensor.Rows, loaded.Parameters[0].Tensor.Columns));
    }

    [Fact]
    public void A_tokenizer_with_more_ids_than_the_model_has_rows_is_refused()
    {
        using Llama model = Model(tied: true);
        ModelFolder.Save(folder, model, tokenizer, DType.F32);
        Edit(config => config["vocab_size"] = 260);
        Refused("do not belong together");
    }

    /// <summary>A file of BF16 zeros that has its size, but takes no room.</summary>
    static void WriteHoles(string path, IEnumerable<ExpectedTensor> tensors)
    {
        List<string> header = [];
        long end = 0;
        foreach (ExpectedTensor tensor in tensors)
        {
            long start = end;
            end += sizeof(ushort) * tensor.Shape.Aggregate(1L, (a, b) => a * b);
            header.Add($"\"{tensor.Name}\":{{\"dtype\":\"BF16\",\"shape\":[{string.Join(',', tensor.Shape)}],\"data_offsets\":[{start},{end}]}}");
        }
        byte[] json = Encoding.UTF8.GetBytes($"{{{string.Join(',', header)}}}");
        using FileStream file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)json.Length));
        file.Write(json);
        file.SetLength(file.Position + end);
    }

    static float Narrow(float value)
    {
        float[] back = new float[1];
        ushort[] narrow = new ushort[1];
        FloatConversion.F32ToBF16([value], narrow);
        FloatConversion.BF16ToF32(narrow, back);
        return back[0];
    }

    Llama Model(bool tied)
    {
        Llama model = new(new LlamaConfig
        {
            VocabSize = tokenizer.VocabularySize,
            HiddenSize = 32,
            IntermediateSize = 48,
            NumHiddenLayers = 2,
            NumAttentionHeads = 4,
            NumKeyValueHeads = 2,
            MaxPositionEmbeddings = 64,
            TieWordEmbeddings = tied,
            BosTokenId = tokenizer.TokenToId("<s>"),
            EosTokenId = tokenizer.TokenToId("</s>"),
        });
        model.Initialise(4);
        return model;
    }

    float[] Logits(Llama model)
    {
        using WorkerPool pool = new(2);
        using Ops ops = new(pool);
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, 1, 16);
        TokenBatch batch = new();
        batch.Add(0, 0, tokenizer.Encode("a small text"));
        return model.Logits(ops, model.Forward(ops, batch, cache)).Values.ToArray();
    }

    void Edit(Action<JsonObject> change)
    {
        string path = Path.Combine(folder, "config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(config);
        File.WriteAllText(path, config.ToJsonString());
    }

    void Refused(params string[] named)
    {
        EngineException e = Assert.Throws<EngineException>(() => ModelFolder.Load(folder));
        foreach (string text in named) Assert.Contains(text, e.Message, StringComparison.Ordinal);
    }
}
