using Bonito.Engine.Autograd;
using Bonito.Engine.Generation;
using Bonito.Engine.Generation.Constraints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Tests.Generation;

/// <summary>A small model of random weights, large enough for its text to vary, and generation in the plainest way.</summary>
static class TinyModel
{
    public const string Begin = "<s>", End = "</s>";

    public static readonly Tokenizer Tokenizer = BpeTrainer.Train(
        ["the cat sat on the mat and the dog sat on the log", "ein Käfer läuft über die Straße, 日本語 und 日本"], 300, [Begin, End], Begin, threads: 1);

    public static Llama Create(int window = 96, int? endOfText = null, int vocabulary = 0)
    {
        Llama model = new(new LlamaConfig
        {
            VocabSize = vocabulary == 0 ? Tokenizer.VocabularySize : vocabulary,
            HiddenSize = 32,
            IntermediateSize = 48,
            NumHiddenLayers = 2,
            NumAttentionHeads = 4,
            NumKeyValueHeads = 2,
            MaxPositionEmbeddings = window,
            TieWordEmbeddings = true,
            EosTokenId = endOfText,
        });
        Random random = new(11);
        foreach (Parameter p in model.Parameters)
            if (p.Shape.Count == 1) p.Tensor.Values.Fill(1);
            else foreach (ref float w in p.Tensor.Values) w = 1.2f * (random.NextSingle() - 0.5f);
        return model;
    }

    public static GenerationRequest Request(int number, int tokens, int samples = 1)
    {
        Random random = new(number);
        return new GenerationRequest($"request {number}", [0, .. Enumerable.Range(1, tokens - 1).Select(_ => random.Next(2, Tokenizer.VocabularySize))], samples);
    }

    public static List<Completion> Generate(Llama model, IEnumerable<GenerationRequest> requests, SamplingOptions options, int batchSize = 4, int threads = 1)
    {
        using WorkerPool pool = new(threads);
        using Generator generator = new(model, Tokenizer, pool, batchSize);
        return [.. generator.Generate(requests, options, TestContext.Current.CancellationToken)];
    }

    /// <summary>Each sample by itself, everything computed anew for every token, stop strings sought in the whole text, each token of the vocabulary tried on the constraint.</summary>
    /// <param name="model">Not packed.</param>
    public static List<Completion> GenerateNaively(Llama model, IEnumerable<GenerationRequest> requests, SamplingOptions options)
    {
        using WorkerPool pool = new(1);
        using Ops ops = new(pool);
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, 1, model.Config.MaxPositionEmbeddings);
        Sampler sampler = new(model.Config.VocabSize);
        List<Completion> completions = [];
        foreach (GenerationRequest request in requests)
            for (int sample = 0; sample < request.Samples; sample++)
            {
                RandomStream random = new(options.Seed, request.Key, sample);
                List<int> ids = [.. request.Prompt], written = [];
                FinishReason? finish = null;
                string text = "";
                while (finish == null)
                {
                    TokenBatch batch = new();
                    batch.Add(0, 0, ids.ToArray());
                    ops.Arena.Reset();
                    Tensor logits = model.Logits(ops, model.Forward(ops, batch, cache));
                    Span<float> row = logits.Row(ids.Count - 1)[..Tokenizer.VocabularySize];
                    foreach (int id in written) row[id] -= options.FrequencyPenalty ?? 0;
                    if (request.Constraint is { } constraint && StateAfter(constraint, written) is var state)
                        for (int id = 0; id < row.Length; id++)
                            if (!Allows(constraint, state, id, model.Config.EosTokenId)) row[id] = float.NegativeInfinity;
                    int next = sampler.Sample(row, options, ref random);
                    if (next == model.Config.EosTokenId)
                    {
                        finish = FinishReason.EndOfText;
                        break;
                    }
                    ids.Add(next);
                    written.Add(next);
                    text = Tokenizer.Decode(written.ToArray());
                    int stop = options.Stop.Select(s => text.IndexOf(s, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
                    if (stop >= 0) (text, finish) = (text[..stop], FinishReason.StopString);
                    else if (request.Constraint is { } whole && whole.Ends(StateAfter(whole, written))) finish = FinishReason.Complete;
                    else if (written.Count == options.MaxTokens) finish = FinishReason.Length;
                    else if (ids.Count == model.Config.MaxPositionEmbeddings) finish = FinishReason.Window;
                }
                completions.Add(new Completion(request, sample, [.. written], text, finish.Value));
            }
        return completions;
    }

    static bool Allows(Constraint constraint, long state, int id, int? endOfText)
    {
        if (id == endOfText) return constraint.Accepts(state);
        return !Tokenizer.IsSpecial(id) && constraint.Next(state, Tokenizer.BytesOf(id)) != Constraint.Dead;
    }

    static long StateAfter(Constraint constraint, List<int> written) =>
        constraint.Next(constraint.Start, written.SelectMany(id => Tokenizer.BytesOf(id).ToArray()).ToArray());

    /// <summary>Completions by request and sample, as text: to compare two runs.</summary>
    public static string[] Sorted(IEnumerable<Completion> completions) =>
        [.. completions.Select(c => $"{c.Request.Key} #{c.Sample}: {string.Join(' ', c.Tokens)} | {c.Text} | {c.Finish}").Order(StringComparer.Ordinal)];
}
