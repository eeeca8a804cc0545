using System.Globalization;
using Bonito.Documents;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Generation;
using Bonito.Engine.Generation.Constraints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;
using Bonito.Tasks;

namespace Bonito.Benchmarks;

/// <summary>
/// What constraints cost: a model writes constrained completions about documents, which are then followed once more by the
/// constraint alone, from nothing known, on one thread. Everything counts: making the constraint, finding the tokens that are allowed,
/// ruling out the others. Its share is of decoding's wall-clock time, as if no two sequences were followed at once; it means
/// something on a quiet machine only.
/// </summary>
static class ConstraintBenchmark
{
    const int Rounds = 15, MaxTokens = 96;

    static readonly TaskType[] TaskTypes = [TaskType.ExtractiveQuestionAnswering, TaskType.YesNoQuestionAnswering, TaskType.QuestionAnsweringWithoutChoices];

    /// <param name="args">A model folder, documents, and optionally the tokenizer.json of another vocabulary to follow the same texts in.</param>
    public static void Run(string[] args)
    {
        (Llama model, Tokenizer tokenizer) = ModelFolder.Load(args[0]);
        using Llama loaded = model;
        using WorkerPool pool = new();
        List<int> ids = [];
        Chunker chunker = new(new ChunkOptions(), text =>
        {
            ids.Clear();
            tokenizer.Encode(text, ids);
            return ids.Count;
        });
        Context[] contexts = [.. DocumentReader.Read(DocumentFinder.Find([args[1]]), null, _ => { }).SelectMany(chunker.Chunk)];
        TaskConstraints constraints = new();
        int[] batchSizes = [1, 8, 32];
        Console.WriteLine($"{contexts.Length} contexts, {pool.Threads} threads, completions of {MaxTokens} tokens at most");
        Console.WriteLine("| task type | vocabulary | constraint, us/token | decode, us/token (share) at batch 1 | 8 | 32 |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (TaskType taskType in TaskTypes)
        {
            Dictionary<string, Context> byKey = contexts.ToDictionary(context => context.Id);
            GenerationRequest[] requests = [.. contexts.Select(context => new GenerationRequest(
                context.Id, [.. tokenizer.Beginning, .. tokenizer.Encode(BonitoPrompt.Format(taskType, context.Text))], 1, constraints.Of(taskType, context.Text)))];
            List<Completion> completions = [];
            double[] decode = [.. batchSizes.Select(batchSize =>
            {
                using Generator generator = new(model, tokenizer, pool, batchSize);
                completions = [.. generator.Generate(requests, new SamplingOptions { MaxTokens = MaxTokens })];
                return 1e6 / generator.Statistics.GenerationRate;
            })];
            Report(taskType, tokenizer, model.Config.EosTokenIds, [.. completions.Select(c => (byKey[c.Request.Key].Text, c.Tokens))], decode);
            if (args.Length < 3) continue;
            Tokenizer other = Tokenizer.Load(args[2]);
            Report(taskType, other, [], [.. completions.Where(c => c.Finish is FinishReason.Complete or FinishReason.EndOfText).Select(c => (byKey[c.Request.Key].Text, other.Encode(c.Text)))], []);
        }
    }

    static void Report(TaskType taskType, Tokenizer tokenizer, TokenIds endOfText, (string Context, int[] Tokens)[] texts, double[] decode)
    {
        float[] logits = new float[tokenizer.VocabularySize];
        List<double> rounds = [];
        // The first half warms up.
        for (int round = 0; round < 2 * Rounds; round++)
        {
            AllowedTokens allowed = AllowedTokens.Of(tokenizer, endOfText);
            AllowedTokens.Scratch scratch = allowed.NewScratch();
            TaskConstraints constraints = new();
            // Processor time, since this is short enough for a busy machine to distort it.
            TimeSpan start = Environment.CpuUsage.TotalTime;
            foreach ((string context, int[] tokens) in texts) Follow(constraints.Of(taskType, context), tokens);
            if (round >= Rounds) rounds.Add((Environment.CpuUsage.TotalTime - start).TotalMicroseconds / texts.Sum(text => text.Tokens.Length));

            void Follow(Constraint constraint, int[] tokens)
            {
                long state = constraint.Start;
                foreach (int token in tokens)
                {
                    TokenMask mask = allowed.Find(constraint, state, scratch);
                    if (!mask.Contains(token)) throw new InvalidOperationException($"Token {token} was written and is not allowed.");
                    mask.Apply(logits);
                    state = constraint.Next(state, tokenizer.BytesOf(token));
                }
            }
        }
        rounds.Sort();
        double cost = rounds[Rounds / 2];
        string shares = string.Join(" | ", decode.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d:F0} ({cost / d:P1})")));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {taskType} | {tokenizer.VocabularySize} | {cost:F2} | {shares} |"));
    }
}
