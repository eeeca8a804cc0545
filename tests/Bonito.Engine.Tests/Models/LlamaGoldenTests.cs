using System.Globalization;
using Bonito.Engine.Autograd;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Generation;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tests.Kernels;
using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Models;

/// <summary>
/// A tiny model against PyTorch, which computed it in float64 from the same float32 weights (tests/goldens/llama/make.py): every
/// logit, every gradient, ten losses. The tolerances are the engine's float32 rounding, each a few times what was measured.
/// </summary>
public sealed class LlamaGoldenTests : IDisposable
{
    readonly WorkerPool pool = new(2);

    public void Dispose() => pool.Dispose();

    [Theory]
    [InlineData("tied")]
    [InlineData("untied")]
    public void Every_logit_agrees(string name)
    {
        using Golden golden = new(name);
        using Ops ops = new(pool);
        using KvCache cache = golden.Cache(ops);
        Tensor logits = golden.Model.Logits(ops, golden.Model.Forward(ops, golden.Batch, cache));
        // Logits of size 10 are sums of 32 products whose factors carry some 1e-6 from two layers; measured 6e-6.
        Expect.Close(golden.Read("logits"), logits.Values, 2e-5, 0, name);
    }

    [Theory]
    [InlineData("tied")]
    [InlineData("untied")]
    public void Every_log_probability_agrees(string name)
    {
        using Golden golden = new(name);
        using Scorer scorer = new(golden.Model, pool, batchSize: 2);
        float[] logits = golden.Read("logits");
        int vocabulary = golden.Model.Config.VocabSize, scored = 0;
        foreach (Segment s in golden.Batch.Segments.ToArray().Where(s => s.Count > 1))
        {
            int[] ids = golden.Batch.Ids.Slice(s.FirstRow, s.Count).ToArray();
            ContinuationScore score = scorer.Score([[new Continuation(ids, 1)]], TestContext.Current.CancellationToken).Single().Single();
            for (int i = 1; i < ids.Length; i++, scored++)
                // The logits' own tolerance, twice: of the token and of the sum.
                Assert.Equal(LogProbability.Reference(logits.AsSpan((s.FirstRow + i - 1) * vocabulary, vocabulary), ids[i]), score.LogProbabilities[i - 1], 4e-5);
        }
        Assert.Equal(17, scored);
    }

    [Theory]
    [InlineData("tied")]
    [InlineData("untied")]
    public void Every_gradient_agrees(string name)
    {
        using Golden golden = new(name);
        using Ops ops = new(pool, new Tape());
        using KvCache cache = golden.Cache(ops);
        double loss = golden.Loss(ops, cache);
        Assert.Equal(golden.Read("losses")[0], loss, 2e-6);
        ops.Tape!.Backward();
        foreach (Parameter p in golden.Model.Parameters)
        {
            float[] expected = golden.Read("grad." + p.Name);
            // Rounding errors of sums over 20 tokens are relative to the largest gradient of a tensor, not to each element; measured 8e-7.
            Expect.Close(expected, p.Tensor.Gradients, 5e-6 * expected.Max(Math.Abs), 1e-6, $"{name}, {p}");
        }
    }

    [Theory]
    [InlineData("tied")]
    [InlineData("untied")]
    public void Ten_losses_of_AdamW_agree(string name)
    {
        using Golden golden = new(name);
        using Ops ops = new(pool, new Tape());
        using KvCache cache = golden.Cache(ops);
        using AdamW optimizer = new(pool, golden.Model.Parameters);
        List<float> losses = [], norms = [];
        for (int step = 1; step <= golden.Options.MaxSteps; step++)
        {
            ops.Arena.Reset();
            golden.Model.ZeroGradients();
            losses.Add((float)golden.Loss(ops, cache));
            ops.Tape!.Backward();
            norms.Add((float)optimizer.Step(step, golden.Options));
        }
        // AdamW divides a gradient by its own size: where that is hardly more than rounding, steps differ by a part of the rate; measured 1e-6 of
        // the losses and, where the loss curves most (step 6 of "untied"), 1.2e-5 of the norms.
        Expect.Close(golden.Read("losses"), losses.ToArray(), 5e-6, 0, name + ", losses");
        Expect.Close(golden.Read("norms"), norms.ToArray(), 0, 3e-5, name + ", norms");
    }

    /// <summary>The file of one model: weights, inputs, expected values.</summary>
    sealed class Golden : IDisposable
    {
        readonly SafetensorsFile file;
        readonly int[] targets;
        readonly float[] mask;

        public Golden(string name)
        {
            file = SafetensorsFile.Open(Path.Combine(Folder(), name + ".safetensors"));
            LlamaConfig config = new()
            {
                VocabSize = Integer("vocab_size"),
                HiddenSize = Integer("hidden_size"),
                IntermediateSize = Integer("intermediate_size"),
                NumHiddenLayers = Integer("num_hidden_layers"),
                NumAttentionHeads = Integer("num_attention_heads"),
                NumKeyValueHeads = Integer("num_key_value_heads"),
                MaxPositionEmbeddings = Integer("max_position_embeddings"),
                RmsNormEps = Number("rms_norm_eps"),
                RopeTheta = Number("rope_theta"),
                TieWordEmbeddings = bool.Parse(file.Metadata["tie_word_embeddings"]),
            };
            Options = new TrainingOptions
            {
                LearningRate = Number("learning_rate"),
                Schedule = Schedule.Linear,
                WarmupSteps = Integer("warmup_steps"),
                MaxSteps = Integer("max_steps"),
                Beta1 = Number("beta1"),
                Beta2 = Number("beta2"),
                Epsilon = Number("epsilon"),
                WeightDecay = Number("weight_decay"),
                MaxGradientNorm = Number("max_gradient_norm"),
            };
            Model = new Llama(config, gradients: true);
            foreach (Parameter p in Model.Parameters)
            {
                Assert.Equal(p.Shape.Select(n => (long)n), file.Tensors[p.Name].Shape);
                file.Read(p.Name, p.Tensor.Values);
            }
            int[] ids = Integers("ids");
            int row = 0;
            foreach (int length in Integers("sequences"))
            {
                Batch.Add(Batch.Segments.Length, 0, ids.AsSpan(row, length));
                row += length;
            }
            targets = Integers("targets");
            mask = Read("mask");
        }

        public Llama Model { get; }

        public TokenBatch Batch { get; } = new();

        public TrainingOptions Options { get; }

        public KvCache Cache(Ops ops) => new(Model.Config, ops.Gemm.Kernel, Batch.Segments.Length, Batch.Rows);

        public double Loss(Ops ops, KvCache cache) =>
            ops.CrossEntropy(Model.Forward(ops, Batch, cache), Model.Head, targets, mask, 1 / mask.Sum()) / mask.Sum();

        public float[] Read(string name)
        {
            float[] values = new float[file.Tensors[name].Shape.Aggregate(1L, (a, b) => a * b)];
            file.Read(name, values);
            return values;
        }

        public void Dispose()
        {
            Model.Dispose();
            file.Dispose();
        }

        int[] Integers(string name) => [.. Read(name).Select(v => (int)v)];

        int Integer(string name) => int.Parse(file.Metadata[name], CultureInfo.InvariantCulture);

        float Number(string name) => float.Parse(file.Metadata[name], CultureInfo.InvariantCulture);

        static string Folder()
        {
            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                string goldens = Path.Combine(folder.FullName, "tests", "goldens", "llama");
                if (Directory.Exists(goldens)) return goldens;
            }
            throw new DirectoryNotFoundException("tests/goldens/llama is in no folder above " + AppContext.BaseDirectory);
        }
    }
}
