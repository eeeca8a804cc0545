using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Checkpoints;

/// <summary>Models between safetensors and GGUF: configurations, names, the order of rows, formats.</summary>
public class GgufCheckpointTests
{
    private static readonly LlamaConfig Tiny = new()
    {
        VocabSize = 40,
        HiddenSize = 64,
        IntermediateSize = 96,
        NumHiddenLayers = 3,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        MaxPositionEmbeddings = 128,
        BosTokenId = 1,
        EosTokenIds = [2, 5],
    };

    public static TheoryData<string, LlamaConfig> Configurations => new()
    {
        { "llama", Tiny },
        { "tied", Tiny with { TieWordEmbeddings = true, RmsNormEps = 1e-6f, RopeTheta = 100_000 } },
        { "biases", Tiny with { AttentionBias = true, MlpBias = true } },
        { "mistral", Tiny with { Architecture = Architecture.Mistral, SlidingWindow = 32, EosTokenIds = [2] } },
        { "wide heads", Tiny with { HeadDim = 32 } },
        { "linear", Tiny with { RopeScaling = new RopeScaling.Linear(4) } },
        { "yarn", Tiny with { Architecture = Architecture.Qwen2, RopeScaling = new RopeScaling.Yarn(4, 64) } },
        { "yarn with all numbers", Tiny with { RopeScaling = new RopeScaling.Yarn(4, 64, AttentionFactor: 1.25, BetaFast: 16, BetaSlow: 2) } },
        { "qwen2", Tiny with { Architecture = Architecture.Qwen2, BosTokenId = null } },
        { "qwen3", Tiny with { Architecture = Architecture.Qwen3, HeadDim = 24, RopeTheta = 1_000_000 } },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public void A_model_becomes_GGUF_and_itself_again(string name, LlamaConfig config)
    {
        using var folder = new TemporaryFolder();
        string original = WriteModel(folder, config), gguf = folder.File("m.gguf"), back = folder.File("back.safetensors");
        using (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(folder.Path))
            WriteGguf(gguf, checkpoint, config, GgufConfig.Write(name, config), WeightMix.Find("BF16")!);
        using (GgufCheckpoint checkpoint = GgufCheckpoint.Open(gguf))
        {
            bool interleaved = config.Architecture is Architecture.Llama or Architecture.Mistral;
            LlamaConfig read = checkpoint.Config;
            // GGUF stores these numbers as float32.
            if (read.RopeScaling is RopeScaling.Yarn { AttentionFactor: double factor } yarn) read = read with { RopeScaling = yarn with { AttentionFactor = Math.Round(factor, 6) } };
            Assert.Equal(config with { RotaryInterleaved = interleaved }, read);
            checkpoint.Verify([.. Llama.ExpectedTensors(checkpoint.Config)]);
            ModelWriter.WriteSafetensors(back, checkpoint, checkpoint.Config, DType.BF16, cancellation: TestContext.Current.CancellationToken);
        }
        Assert.Equal(File.ReadAllBytes(original), File.ReadAllBytes(back));
    }

    [Fact]
    public unsafe void Rows_of_a_llama_are_in_the_order_that_GGUF_files_have()
    {
        using var folder = new TemporaryFolder();
        WriteModel(folder, Tiny);
        using SafetensorsCheckpoint original = SafetensorsCheckpoint.Open(folder.Path);
        WriteGguf(folder.File("m.gguf"), original, Tiny, GgufConfig.Write("m", Tiny), WeightMix.Find("BF16")!);
        using GgufFile file = GgufFile.Open(folder.File("m.gguf"));
        StoredMatrix rows = original.Matrix("model.layers.1.self_attn.k_proj.weight"), stored = file.Matrix("blk.1.attn_k.weight");
        float[] expected = new float[64], got = new float[64];
        // Heads of 16: 0, 8, 1, 9, ..., of the second head 16, 24, 17, ...
        foreach ((int at, int row) in (ReadOnlySpan<(int, int)>)[(0, 0), (1, 8), (2, 1), (3, 9), (15, 15), (16, 16), (17, 24), (18, 17), (31, 31)])
        {
            RowCodec.ToFloat(rows, row, expected);
            RowCodec.ToFloat(stored, at, got);
            Assert.Equal(expected, got);
        }
        Assert.Equal(Row(original.Matrix("model.layers.1.self_attn.v_proj.weight"), 1), Row(file.Matrix("blk.1.attn_v.weight"), 1));
    }

    [Fact]
    public void Orders_of_rows_undo_each_other()
    {
        foreach (int width in (int[])[2, 6, 16, 128])
        {
            int[] there = RotaryRows.ToInterleaved(4 * width, width), back = RotaryRows.ToHalves(4 * width, width);
            Assert.Equal(Enumerable.Range(0, 4 * width), there.Select(row => back[row]));
            Assert.Equal(Enumerable.Range(0, 4 * width), back.Select(row => there[row]));
        }
    }

    [Theory]
    [InlineData(8, 1, 4, 8192, 500_000, 128)]
    [InlineData(32, 1, 4, 8192, 500_000, 64)]
    [InlineData(16, 2, 8, 4096, 10_000, 96)]
    public void The_scaling_of_Llama_3_is_found_again(double factor, double low, double high, int window, double theta, int headWidth)
    {
        LlamaConfig config = Tiny with { HeadDim = headWidth, RopeTheta = theta, RopeScaling = new RopeScaling.Llama3(factor, low, high, window) };
        RopeScaling.Llama3 found = GgufRotary.FindLlama3(GgufRotary.Divisors(config)!, theta)!;
        // All three may be divided by the first without changing anything.
        Assert.Equal(new RopeScaling.Llama3(factor, 1, high / low, (int)(window / low)), found);
        float[] expected = RopeScaling.Frequencies(config.RopeScaling, headWidth, theta), got = RopeScaling.Frequencies(found, headWidth, theta);
        Assert.All(expected.Zip(got), pair => Assert.InRange(pair.First / pair.Second, 1 - 1e-5f, 1 + 1e-5f));
    }

    [Fact]
    public void Divisors_that_no_scaling_gives_are_told()
    {
        Assert.Null(GgufRotary.FindLlama3([1, 1, 3, 2, 8, 8, 8, 8], 10_000));
        Assert.Null(GgufRotary.FindLlama3([1, 1, 1, 1], 10_000));
        Assert.Null(GgufRotary.FindLlama3([1, 1.5f, 2.5f, 3, 3.5f, 4], 10_000));
    }

    [Fact]
    public void Divisors_of_frequencies_become_part_of_the_configuration()
    {
        LlamaConfig config = Tiny with { HeadDim = 64, RopeTheta = 500_000, RopeScaling = new RopeScaling.Llama3(8, 1, 4, 8192) };
        using var folder = new TemporaryFolder();
        WriteModel(folder, config);
        using (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(folder.Path))
            WriteGguf(folder.File("m.gguf"), checkpoint, config, GgufConfig.Write("m", config), WeightMix.Find("F16")!);
        using GgufCheckpoint read = GgufCheckpoint.Open(folder.File("m.gguf"));
        Assert.Equal(32, Assert.IsType<RopeScaling.Divided>(read.Config.RopeScaling).Divisors.Count);
        Assert.DoesNotContain("rope_freqs.weight", read.Tensors.Keys);
        float[] expected = RopeScaling.Frequencies(config.RopeScaling, 64, 500_000), got = RopeScaling.Frequencies(read.Config.RopeScaling, 64, 500_000);
        Assert.All(expected.Zip(got), pair => Assert.InRange(pair.First / pair.Second, 1 - 1e-6f, 1 + 1e-6f));
    }

    [Fact]
    public void Q4_K_M_spends_more_where_llama_cpp_does()
    {
        WeightMix mix = WeightMix.Find("q4_k_m")!;
        LlamaConfig config = Tiny with { NumHiddenLayers = 32, HiddenSize = 256 };
        int[] more = [.. Enumerable.Range(0, 32).Where(i => mix.TypeOf($"blk.{i}.ffn_down.weight", [256, 512], config) == DType.Q6_K)];
        // As in every published Q4_K_M of a model with 32 layers.
        Assert.Equal([0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 28, 29, 30, 31], more);
        Assert.Equal(more, Enumerable.Range(0, 32).Where(i => mix.TypeOf($"blk.{i}.attn_v.weight", [256, 256], config) == DType.Q6_K));
        Assert.Equal(DType.Q6_K, mix.TypeOf("output.weight", [1000, 256], config));
        Assert.Equal(DType.Q4_K, mix.TypeOf("token_embd.weight", [1000, 256], config));
        Assert.Equal(DType.Q6_K, mix.TypeOf("token_embd.weight", [1000, 256], config with { TieWordEmbeddings = true }));
        Assert.Equal(DType.Q4_K, mix.TypeOf("blk.0.attn_q.weight", [256, 256], config));
        Assert.Equal(DType.F32, mix.TypeOf("blk.0.attn_norm.weight", [256], config));
        Assert.Equal(DType.Q8_0, mix.TypeOf("blk.0.attn_q.weight", [256, 96], config));
        Assert.Equal(DType.F16, mix.TypeOf("blk.0.attn_q.weight", [256, 100], config));
    }

    [Fact]
    public void Quantised_weights_are_those_of_the_codec_and_fallbacks_are_told()
    {
        using var folder = new TemporaryFolder();
        LlamaConfig config = Tiny with { HiddenSize = 256, NumAttentionHeads = 4, IntermediateSize = 288, NumHiddenLayers = 1 };
        WriteModel(folder, config);
        List<string> notes = [];
        using SafetensorsCheckpoint original = SafetensorsCheckpoint.Open(folder.Path);
        WriteGguf(folder.File("m.gguf"), original, config, GgufConfig.Write("m", config), WeightMix.Find("Q4_K_M")!, notes.Add);
        using GgufCheckpoint read = GgufCheckpoint.Open(folder.File("m.gguf"));
        Assert.Equal(15, read.Metadata.Count("general.file_type"));
        Assert.Equal(2, read.Metadata.Count("general.quantization_version"));
        Assert.Equal(["blk.0.ffn_down.weight is stored as Q8_0: its rows of 288 values are no whole blocks of Q6_K"], notes);
        StoredMatrix source = original.Matrix("model.layers.0.mlp.up_proj.weight"), stored = read.Matrix("model.layers.0.mlp.up_proj.weight");
        Assert.Equal(DType.Q4_K, stored.Type);
        var values = new float[256];
        var expected = new byte[stored.RowBytes];
        for (int i = 0; i < source.Rows; i++)
        {
            RowCodec.ToFloat(source, i, values);
            RowCodec.Quantize(DType.Q4_K, values, expected);
            Assert.Equal(expected, Row(stored, i));
        }
    }

    [Fact]
    public void A_value_that_cannot_be_stored_is_named()
    {
        using var folder = new TemporaryFolder();
        WriteModel(folder, Tiny, spoil: float.NaN);
        using SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(folder.Path);
        string message = Assert.Throws<EngineException>(() =>
            WriteGguf(folder.File("m.gguf"), checkpoint, Tiny, GgufConfig.Write("m", Tiny), WeightMix.Find("Q8_0")!)).Message;
        Assert.Contains("Tensor 'model.embed_tokens.weight' cannot be stored as Q8_0: its value at row 0, column 3 is NaN", message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("m.gguf")));
    }

    [Theory]
    [InlineData("general.architecture", "gemma2", "the architecture is 'gemma2'; this engine runs llama, qwen2, qwen3")]
    [InlineData("llama.expert_count", 8u, "this engine does not run models with a mixture of experts")]
    [InlineData("llama.rope.dimension_count", 8u, "metadata 'llama.rope.dimension_count' is 8; this engine runs models where it is the width of a key, 16")]
    [InlineData("llama.attention.value_length", 32u, "where it is the width of a key")]
    [InlineData("llama.rope.scaling.type", "longrope", "metadata 'llama.rope.scaling.type' is 'longrope'")]
    [InlineData("llama.block_count", null, "expected metadata 'llama.block_count', got none")]
    [InlineData("llama.attention.head_count", 3u, "num_attention_heads 3 must be a multiple of num_key_value_heads 2")]
    [InlineData("llama.attention.head_count_kv", 3u, "num_attention_heads 4 must be a multiple of num_key_value_heads 3")]
    public void What_would_be_computed_wrongly_is_refused(string key, object? value, string problem)
    {
        using var folder = new TemporaryFolder();
        WriteModel(folder, Tiny);
        OrderedDictionary<string, object> metadata = GgufConfig.Write("m", Tiny);
        if (value is null) metadata.Remove(key);
        else metadata[key] = value;
        using (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(folder.Path))
            WriteGguf(folder.File("m.gguf"), checkpoint, Tiny, metadata, WeightMix.Find("F32")!);
        Assert.Contains(problem, Assert.Throws<EngineException>(() => GgufCheckpoint.Open(folder.File("m.gguf"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_differences_are_told_at_once_by_Hugging_Face_names()
    {
        using var folder = new TemporaryFolder();
        WriteModel(folder, Tiny);
        using (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(folder.Path))
            WriteGguf(folder.File("m.gguf"), checkpoint, Tiny, GgufConfig.Write("m", Tiny), WeightMix.Find("F32")!);
        using GgufCheckpoint read = GgufCheckpoint.Open(folder.File("m.gguf"));
        string message = Assert.Throws<EngineException>(() => read.Verify([.. Llama.ExpectedTensors(Tiny with { NumHiddenLayers = 4, IntermediateSize = 64, TieWordEmbeddings = true })])).Message;
        foreach (string line in (string[])[
            "missing: 'model.layers.3.self_attn.q_proj.weight' [64, 64]", "shape: 'model.layers.0.mlp.up_proj.weight': the model expects [64, 64], the checkpoint has [96, 64]",
            "unexpected: 'lm_head.weight' F32 [40, 64]"])
            Assert.Contains(line, message, StringComparison.Ordinal);
    }

    private static void WriteGguf(string path, SafetensorsCheckpoint checkpoint, LlamaConfig config, OrderedDictionary<string, object> metadata, WeightMix mix, Action<string>? note = null) =>
        ModelWriter.WriteGguf(path, checkpoint, config, metadata, mix, note, cancellation: TestContext.Current.CancellationToken);

    private static unsafe byte[] Row(StoredMatrix matrix, int row) => new ReadOnlySpan<byte>(matrix.Row(row), (int)matrix.RowBytes).ToArray();

    /// <summary>A folder's <c>model.safetensors</c> with random BF16 weights.</summary>
    private static string WriteModel(TemporaryFolder folder, LlamaConfig config, float? spoil = null)
    {
        var random = new Random(5);
        List<TensorToWrite> tensors = [];
        foreach (ExpectedTensor tensor in Llama.ExpectedTensors(config))
        {
            float[] values = [.. Enumerable.Range(0, (int)tensor.Shape.Aggregate(1L, (a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)];
            if (spoil is float value && tensors.Count == 0) values[3] = value;
            tensors.Add(new TensorToWrite(tensor.Name, tensor.Shape, () => values));
        }
        SafetensorsWriter.Write(folder.File("model.safetensors"), tensors, DType.BF16);
        return folder.File("model.safetensors");
    }
}
