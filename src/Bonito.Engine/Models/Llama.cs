using Bonito.Engine.Autograd;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Kernels;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Models;

/// <summary>
/// The Llama-family decoder (Touvron et al., 2023): pre-norm blocks of grouped-query attention with rotary positions and of
/// SwiGLU, names and layout of Hugging Face's LlamaForCausalLM, and what <see cref="Architecture"/> adds to it. Its weights are
/// float32 memory of its own, with gradients where it is trained, or stay in a checkpoint, in the formats in which that stores them.
/// </summary>
public sealed unsafe class Llama : IDisposable
{
    readonly NativeBuffer weights;
    readonly NativeBuffer? gradients;
    readonly ICheckpoint? checkpoint;
    readonly RotaryEmbedding rotary;
    readonly Parameter embedding;
    readonly Parameter norm;
    readonly Block[] blocks;
    readonly List<Linear> linears = [];
    readonly List<Parameter> parameters = [];
    readonly List<NF4Matrix> quantized = [];
    long taken;

    /// <summary>A model in memory, its weights zero.</summary>
    /// <param name="config">Checked with <see cref="LlamaConfig.Validate"/>.</param>
    /// <param name="gradients">Whether the model is to be trained: doubles its memory.</param>
    public Llama(LlamaConfig config, bool gradients = false) : this(config, null, gradients) { }

    /// <summary>A model for inference whose matrices stay in a checkpoint; vectors are widened to float32.</summary>
    /// <param name="checkpoint">Verified to hold <see cref="ExpectedTensors"/>; the model disposes it.</param>
    public Llama(LlamaConfig config, ICheckpoint checkpoint) : this(config, checkpoint, false) { }

    Llama(LlamaConfig config, ICheckpoint? checkpoint, bool gradients)
    {
        config.Validate("The configuration");
        Config = config;
        this.checkpoint = checkpoint;
        int width = config.HiddenSize, queries = config.QueryWidth, keys = config.KeyValueWidth, inner = config.IntermediateSize;
        // Each parameter starts on a cache line.
        long count = ExpectedTensors(config).Where(t => checkpoint == null || t.Shape.Count == 1).Sum(t => Aligned(t.Shape.Aggregate(1L, (a, b) => a * b)));
        weights = new NativeBuffer(count);
        this.gradients = gradients ? new NativeBuffer(count) : null;
        rotary = new RotaryEmbedding(config.HeadWidth, config.MaxPositionEmbeddings, config.RopeTheta, config.RopeScaling, config.RotaryInterleaved);
        embedding = Add("model.embed_tokens.weight", config.VocabSize, width);
        blocks = new Block[config.NumHiddenLayers];
        for (int i = 0; i < blocks.Length; i++)
        {
            string path = $"model.layers.{i}.";
            blocks[i] = new Block
            {
                InputNorm = Add(path + "input_layernorm.weight", width),
                Query = AddLinear(path + "self_attn.q_proj", queries, width, config.HasQueryKeyValueBias),
                Key = AddLinear(path + "self_attn.k_proj", keys, width, config.HasQueryKeyValueBias),
                Value = AddLinear(path + "self_attn.v_proj", keys, width, config.HasQueryKeyValueBias),
                Output = AddLinear(path + "self_attn.o_proj", width, queries, config.HasOutputBias),
                QueryNorm = config.HasQueryKeyNorm ? Add(path + "self_attn.q_norm.weight", config.HeadWidth) : null,
                KeyNorm = config.HasQueryKeyNorm ? Add(path + "self_attn.k_norm.weight", config.HeadWidth) : null,
                PostAttentionNorm = Add(path + "post_attention_layernorm.weight", width),
                Gate = AddLinear(path + "mlp.gate_proj", inner, width, config.MlpBias),
                Up = AddLinear(path + "mlp.up_proj", inner, width, config.MlpBias),
                Down = AddLinear(path + "mlp.down_proj", width, inner, config.MlpBias),
            };
        }
        norm = Add("model.norm.weight", width);
        if (config.TieWordEmbeddings)
        {
            Head = new Linear(embedding);
            linears.Add(Head);
        }
        else Head = AddLinear("lm_head", config.VocabSize, width, false);
        if (gradients) KeepUnpacked();
    }

    public LlamaConfig Config { get; }

    /// <summary>All tensors of the model, in the order of a checkpoint.</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>What training changes, each with a gradient: all parameters of a model made with gradients, the adapter's of one that has an adapter, or none.</summary>
    public IReadOnlyList<Parameter> Trainable => Adapter?.Parameters ?? (gradients == null ? [] : parameters);

    /// <summary>The low-rank matrices beside the frozen weights; null where there are none.</summary>
    public Adapter? Adapter { get; private set; }

    /// <summary>The output layer; with tied embeddings it is the embedding table.</summary>
    public Linear Head { get; }

    public long ParameterCount => parameters.Sum(p => p.Tensor.Count);

    /// <summary>
    /// Freezes the weights where and as they are stored and puts trained matrices beside those of the linear layers that the options
    /// name. The model computes what it did until these are trained. Norms, embeddings and head have no gradients from here on.
    /// </summary>
    /// <param name="seed">Decides the values that A begins with; B begins with zero.</param>
    /// <exception cref="EngineException">The options do not work, or name layers that the model does not have.</exception>
    public void AddLora(LoraOptions options, int seed)
    {
        if (Adapter != null) throw new InvalidOperationException("The model has an adapter already.");
        if (gradients != null) throw new InvalidOperationException("The model was made with gradients of all its weights; an adapter needs one whose weights are frozen.");
        Adapter = new Adapter(options, [.. linears.Where(linear => linear != Head)], seed);
        KeepUnpacked();
    }

    /// <summary>Names and shapes of a checkpoint of this configuration.</summary>
    public static IEnumerable<ExpectedTensor> ExpectedTensors(LlamaConfig config)
    {
        long width = config.HiddenSize, queries = config.QueryWidth, keys = config.KeyValueWidth, inner = config.IntermediateSize;
        yield return new ExpectedTensor("model.embed_tokens.weight", [config.VocabSize, width]);
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            string path = $"model.layers.{i}.";
            yield return new ExpectedTensor(path + "input_layernorm.weight", [width]);
            foreach (ExpectedTensor t in Layer(path + "self_attn.q_proj", queries, width, config.HasQueryKeyValueBias)) yield return t;
            foreach (ExpectedTensor t in Layer(path + "self_attn.k_proj", keys, width, config.HasQueryKeyValueBias)) yield return t;
            foreach (ExpectedTensor t in Layer(path + "self_attn.v_proj", keys, width, config.HasQueryKeyValueBias)) yield return t;
            foreach (ExpectedTensor t in Layer(path + "self_attn.o_proj", width, queries, config.HasOutputBias)) yield return t;
            if (config.HasQueryKeyNorm)
            {
                yield return new ExpectedTensor(path + "self_attn.q_norm.weight", [config.HeadWidth]);
                yield return new ExpectedTensor(path + "self_attn.k_norm.weight", [config.HeadWidth]);
            }
            yield return new ExpectedTensor(path + "post_attention_layernorm.weight", [width]);
            foreach (ExpectedTensor t in Layer(path + "mlp.gate_proj", inner, width, config.MlpBias)) yield return t;
            foreach (ExpectedTensor t in Layer(path + "mlp.up_proj", inner, width, config.MlpBias)) yield return t;
            foreach (ExpectedTensor t in Layer(path + "mlp.down_proj", width, inner, config.MlpBias)) yield return t;
        }
        yield return new ExpectedTensor("model.norm.weight", [width]);
        if (!config.TieWordEmbeddings) yield return new ExpectedTensor("lm_head.weight", [config.VocabSize, width]);

        static ExpectedTensor[] Layer(string path, long outputs, long inputs, bool bias)
        {
            ExpectedTensor weight = new(path + ".weight", [outputs, inputs]);
            return bias ? [weight, new ExpectedTensor(path + ".bias", [outputs])] : [weight];
        }
    }

    /// <summary>Paths and weights' shapes of the linear layers but the head: those that an adapter may have.</summary>
    internal static IEnumerable<ExpectedTensor> LinearLayers(LlamaConfig config) => ExpectedTensors(config)
        .Where(t => t.Shape.Count == 2 && t.Name is not ("model.embed_tokens.weight" or "lm_head.weight"))
        .Select(t => t with { Name = t.Name[..^".weight".Length] });

    /// <summary>
    /// Runs the tokens of a batch through the model: [M, C], normalised, ready for <see cref="Logits"/> or
    /// <see cref="Ops.CrossEntropy"/>. Their keys and values enter the cache.
    /// </summary>
    public Tensor Forward(Ops ops, TokenBatch batch, KvCache cache)
    {
        Tensor x = ops.Embedding(batch.Ids, embedding);
        if (ops.Tape != null && ops.Checkpointing) x = ForwardCheckpointed(ops, x, batch, cache);
        else if (ops.Tape != null)
            for (int layer = 0; layer < blocks.Length; layer++) x = ForwardBlock(ops, layer, x, batch, cache);
        else
            for (int layer = 0; layer < blocks.Length; layer++)
            {
                // Nothing else of the layer is needed: memory for one layer is enough, whatever their number.
                (int, long) start = ops.Arena.Position;
                ForwardBlock(ops, layer, x, batch, cache).Values.CopyTo(x.Values);
                ops.Arena.Rewind(start);
            }
        return ops.RmsNorm(x, norm, Config.RmsNormEps);
    }

    /// <summary>Logits of rows of <see cref="Forward"/>'s result: [rows, V].</summary>
    public Tensor Logits(Ops ops, Tensor hidden) => ops.Linear(hidden, Head);

    /// <summary>
    /// Draws weights from N(0, 0.02), the projections back into the residual stream from N(0, 0.02 / sqrt(2 layers)) (Radford et
    /// al., 2019); norms are 1, biases 0.
    /// </summary>
    public void Initialise(int seed)
    {
        Random random = new(seed);
        double residual = 0.02 / Math.Sqrt(2.0 * blocks.Length);
        foreach (Parameter p in parameters)
        {
            Span<float> values = p.Tensor.Values;
            if (p.Shape.Count == 1)
            {
                values.Fill(p.Name.EndsWith(".bias", StringComparison.Ordinal) ? 0 : 1);
                continue;
            }
            double deviation = p.Name.EndsWith("o_proj.weight", StringComparison.Ordinal) || p.Name.EndsWith("down_proj.weight", StringComparison.Ordinal) ? residual : 0.02;
            for (int i = 0; i < values.Length; i++) values[i] = (float)(deviation * Normal(random));
        }
    }

    /// <summary>
    /// Packs the weights in memory for inference: faster, at the price of a second copy. They must not change afterwards. Those
    /// that stay in a checkpoint are packed as they are first used. A model with something <see cref="Trainable"/> stays as it is.
    /// </summary>
    public void Pack(Gemm gemm)
    {
        foreach (Linear linear in linears)
            if (!linear.Weight.InCheckpoint) linear.Pack(gemm);
    }

    /// <summary>
    /// Turns the matrices of all linear layers but the head into NF4 in memory of the model, one after another; what they were in a
    /// checkpoint may leave memory. For training adapters over them: products decode them, in inference too.
    /// </summary>
    /// <param name="type"><see cref="DType.NF4"/>.</param>
    /// <exception cref="EngineException">A weight is not finite.</exception>
    public void Quantize(DType type, WorkerPool pool)
    {
        if (type != DType.NF4) throw new ArgumentException($"A model in memory is quantised to {DType.NF4}; for {type} convert its file.", nameof(type));
        if (Trainable.Count > 0) throw new InvalidOperationException("What is trained cannot be quantised. Quantise a model before adapters are added to it.");
        foreach (Linear linear in linears)
        {
            if (linear == Head) continue;
            NF4Matrix matrix = NF4Matrix.Quantize(linear.Weight.Name, linear.Weight.Stored, pool);
            quantized.Add(matrix);
            linear.Weight.Replace(matrix.Stored);
            linear.KeepUnpacked();
        }
    }

    /// <summary>Sets the gradients of what is trained to zero.</summary>
    public void ZeroGradients()
    {
        foreach (Parameter p in Trainable) p.Tensor.Gradients.Clear();
    }

    public void Dispose()
    {
        Adapter?.Dispose();
        foreach (Linear linear in linears) linear.Dispose();
        foreach (NF4Matrix matrix in quantized) matrix.Dispose();
        rotary.Dispose();
        weights.Dispose();
        gradients?.Dispose();
        checkpoint?.Dispose();
    }

    // Gradients at the borders of blocks are needed two at a time, so blocks take turns with two.
    Tensor ForwardCheckpointed(Ops ops, Tensor x, TokenBatch batch, KvCache cache)
    {
        Tensor even = ops.Arena.Tensor(x.Rows, x.Columns), odd = ops.Arena.Tensor(x.Rows, x.Columns);
        even.Values.Clear();
        odd.Values.Clear();
        for (int i = 0; i < blocks.Length; i++)
        {
            int layer = i;
            x = ops.Checkpoint(x, (i % 2 == 0 ? even : odd).Data, input => ForwardBlock(ops, layer, input, batch, cache));
        }
        return x;
    }

    /// <summary>One block: [M, C] to [M, C].</summary>
    Tensor ForwardBlock(Ops ops, int layer, Tensor x, TokenBatch batch, KvCache cache)
    {
        Block block = blocks[layer];
        Tensor h = ops.RmsNorm(x, block.InputNorm, Config.RmsNormEps);
        (Tensor q, Tensor k, Tensor v) = ops.Linear(h, block.Query, block.Key, block.Value);
        if (block.QueryNorm != null) q = ops.HeadNorm(q, block.QueryNorm, Config.RmsNormEps);
        if (block.KeyNorm != null) k = ops.HeadNorm(k, block.KeyNorm, Config.RmsNormEps);
        ops.Rotary(q, batch, rotary);
        ops.Rotary(k, batch, rotary);
        Tensor attended = ops.Attention(q, k, v, batch, cache, layer, Config.WindowOf(layer));
        x = ops.Add(x, ops.Linear(attended, block.Output));
        h = ops.RmsNorm(x, block.PostAttentionNorm, Config.RmsNormEps);
        (Tensor gate, Tensor up) = ops.Linear(h, block.Gate, block.Up);
        return ops.Add(x, ops.Linear(ops.SwiGlu(gate, up), block.Down));
    }

    void KeepUnpacked()
    {
        foreach (Linear linear in linears) linear.KeepUnpacked();
    }

    /// <summary>Floats that a tensor takes where the next one is to start on a cache line.</summary>
    internal static long Aligned(long count) => (count + 15) / 16 * 16;

    // Box and Muller, 1958.
    static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    Parameter Add(string name, params int[] shape)
    {
        if (checkpoint != null && shape.Length == 2)
        {
            Parameter stored = new(name, shape, checkpoint);
            parameters.Add(stored);
            return stored;
        }
        int rows = shape.Length == 1 ? 1 : shape[0], columns = shape[^1];
        Tensor tensor = new(weights.Data + taken, gradients == null ? null : gradients.Data + taken, rows, columns);
        taken += Aligned(tensor.Count);
        if (checkpoint != null) RowCodec.ToFloat(checkpoint.Matrix(name), 0, tensor.Values);
        Parameter parameter = new(name, shape, tensor);
        parameters.Add(parameter);
        return parameter;
    }

    Linear AddLinear(string path, int outputs, int inputs, bool bias)
    {
        Linear linear = new(Add(path + ".weight", outputs, inputs), bias ? Add(path + ".bias", outputs) : null);
        linears.Add(linear);
        return linear;
    }

    sealed class Block
    {
        public required Parameter InputNorm { get; init; }

        public required Linear Query { get; init; }

        public required Linear Key { get; init; }

        public required Linear Value { get; init; }

        public required Linear Output { get; init; }

        public required Parameter? QueryNorm { get; init; }

        public required Parameter? KeyNorm { get; init; }

        public required Parameter PostAttentionNorm { get; init; }

        public required Linear Gate { get; init; }

        public required Linear Up { get; init; }

        public required Linear Down { get; init; }
    }
}
