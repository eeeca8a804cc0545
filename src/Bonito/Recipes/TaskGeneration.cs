using System.Diagnostics;
using Bonito.Datasets;
using Bonito.Engine.Generation;
using Bonito.Engine.Tokenizers;
using Bonito.Tasks;

namespace Bonito.Recipes;

/// <summary>Asks the generator for the tasks of a plan that have no fate yet, and writes down what becomes of each.</summary>
/// <param name="constraints">What the generator may write; null leaves it free.</param>
sealed class TaskGeneration(TaskPlan plan, TaskConstraints? constraints, Ledger ledger, Tally tally, Action<GenerateProgress>? progress)
{
    /// <summary>A prompt that leaves less of the window than this, and less than the completion may have, is not asked.</summary>
    const int LeastRoom = 32;

    readonly Dictionary<string, PromptInFlight> inFlight = [];
    readonly SharedClock clock = new();
    readonly long start = Stopwatch.GetTimestamp();
    int doneNow;
    long generatedTokens;

    /// <exception cref="OperationCanceledException">Stopped; what was finished is in the ledger.</exception>
    public void Run(Generator generator, Tokenizer tokenizer, SamplingOptions sampling, CancellationToken cancellation)
    {
        int longestPrompt = generator.Window - Math.Min(LeastRoom, sampling.MaxTokens);
        foreach (Completion completion in generator.Generate(Requests(tokenizer, longestPrompt), sampling, cancellation))
            Take(completion);
    }

    /// <summary>Prompts with a sample that has no fate. Their other samples come again with it, and are passed over.</summary>
    IEnumerable<GenerationRequest> Requests(Tokenizer tokenizer, int longestPrompt)
    {
        foreach (PlannedPrompt prompt in plan.Prompts)
        {
            RequestedTask[] missing = [.. plan.Tasks(prompt).Where(task => !ledger.Contains(task.Id))];
            if (missing.Length == 0) continue;
            int[] tokens = [.. tokenizer.Beginning, .. tokenizer.Encode(BonitoPrompt.Format(prompt.TaskType, prompt.Context.Text))];
            if (tokens.Length > longestPrompt)
            {
                foreach (RequestedTask task in missing)
                    Record(new LedgerEntry(0, Rejected: Rejection.From(task, RejectionReason.ContextTooLong, "", tokens.Length, 0)));
                continue;
            }
            inFlight.Add(prompt.Key, new PromptInFlight(missing, plan.Samples, clock.Enter(plan.Samples)));
            yield return new GenerationRequest(prompt.Key, tokens, plan.Samples, constraints?.Of(prompt.TaskType, prompt.Context.Text));
        }
    }

    void Take(Completion completion)
    {
        PromptInFlight prompt = inFlight[completion.Request.Key];
        double seconds = Math.Round(clock.Leave(prompt.Entered), 6);
        if (--prompt.Running == 0) inFlight.Remove(completion.Request.Key);
        if (Array.Find(prompt.Missing, task => task.Sample == completion.Sample) is { } requested)
            Record(Fate(requested, completion, seconds));
    }

    static LedgerEntry Fate(RequestedTask requested, Completion completion, double seconds)
    {
        bool reachedLimit = completion.Finish is FinishReason.Length or FinishReason.Window;
        int promptTokens = completion.Request.Prompt.Length, generated = completion.Tokens.Length;
        return TaskParser.TryParse(completion.Text, requested.Context.Text, reachedLimit, out ParsedTask? task, out RejectionReason? reason)
            ? new LedgerEntry(seconds, Kept: TaskExample.From(requested, task, promptTokens, generated))
            : new LedgerEntry(seconds, Rejected: Rejection.From(requested, reason.Value, completion.Text, promptTokens, generated));
    }

    void Record(LedgerEntry entry)
    {
        ledger.Append(entry);
        tally.Add(entry);
        doneNow++;
        generatedTokens += entry.GeneratedTokens;
        progress?.Invoke(new GenerateProgress(plan.Total, ledger.Count, tally.Kept, doneNow, generatedTokens, Stopwatch.GetElapsedTime(start)));
    }

    sealed class PromptInFlight(RequestedTask[] missing, int samples, double entered)
    {
        public RequestedTask[] Missing => missing;

        public double Entered => entered;

        /// <summary>Samples that have not ended.</summary>
        public int Running { get; set; } = samples;
    }
}
