using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bonito.Engine.Generation;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;

namespace Bonito.Benchmarks;

/// <summary>Perplexity on the first rows of the validation split of a CTGA folder, encoded as in training.</summary>
static class QualityHeldOut
{
    const int BatchSize = 16;

    public static HeldOut Measure(Llama model, Tokenizer tokenizer, WorkerPool pool, string folder, int count)
    {
        string path = Path.Combine(folder, "validation.jsonl");
        if (!File.Exists(path)) throw new BonitoException($"There is no {path}. Give a folder that 'bonito ctga build' wrote as JSON Lines.");
        int end = model.Config.EosTokenId ?? throw new BonitoException("The model's configuration names no end-of-text token (eos_token_id); perplexity needs one, since ending is part of the target.");
        Row[] rows = [.. File.ReadLines(path).Take(count).Select(line => Read(line, tokenizer, end))];
        Row[] fitting = [.. rows.Where(row => row.Sequence.Ids.Length - 1 <= model.Config.MaxPositionEmbeddings)];
        using Scorer scorer = new(model, pool, BatchSize);
        foreach ((Row row, IReadOnlyList<ContinuationScore> scores) in fitting.Zip(scorer.Score(fitting.Select(row => (IReadOnlyList<Continuation>)[row.Sequence]))))
            row.Nats = -scores[0].Sum;
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
        return new HeldOut(hash, rows.Length, [.. rows.GroupBy(row => row.TaskType).OrderBy(type => type.Key, StringComparer.Ordinal)
            .Select(type => Total(type.Key, [.. type])).Append(Total(HeldOutMeasures.AllTypes, rows))]);
    }

    static HeldOutMeasures Total(string name, Row[] rows)
    {
        Row[] scored = [.. rows.Where(row => row.Nats is not null)];
        return new HeldOutMeasures(name, rows.Length, rows.Length - scored.Length, scored.Sum(row => (long)row.Sequence.Ids.Length - row.Sequence.Start), scored.Sum(row => (long)row.Bytes), scored.Sum(row => row.Nats!.Value));
    }

    /// <summary>Beginning of text, input, output, end of text; input and output are encoded apart.</summary>
    static Row Read(string line, Tokenizer tokenizer, int end)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        string Text(string name) => document.RootElement.GetProperty(name).GetString()!;
        List<int> ids = [.. tokenizer.Beginning];
        tokenizer.Encode(Text("input"), ids);
        int start = ids.Count;
        tokenizer.Encode(Text("output"), ids);
        ids.Add(end);
        return new Row(Text("task_type"), new Continuation([.. ids], start), Encoding.UTF8.GetByteCount(Text("output")));
    }

    sealed record Row(string TaskType, Continuation Sequence, int Bytes)
    {
        /// <summary>Null until scored.</summary>
        public double? Nats { get; set; }
    }
}
