using Bonito.Engine.Generation;
using Bonito.Engine.Tokenizers;
using Bonito.Evaluation;
using Bonito.Tasks;
using Context = Bonito.Documents.Context;

namespace Bonito.Benchmarks;

/// <summary>What a generator wrote for one passage and task type.</summary>
/// <param name="Number">Of the passage in its set, from 1.</param>
/// <param name="Completion">As written.</param>
/// <param name="Task">Null where the completion did not become one, for <paramref name="Reason"/>.</param>
sealed record QualityTask(string Set, int Number, Context Context, TaskType TaskType, string Completion, ParsedTask? Task, RejectionReason? Reason)
{
    /// <summary>The answer of the round trip; null where none was made.</summary>
    public string? AnswerAgain { get; init; }

    /// <summary>The task's input and output, each with <c>{passage}</c> for the passage.</summary>
    public (string Input, string Output) WithoutPassage(string passage) =>
        (Task!.Input.Replace(Context.Text, passage, StringComparison.Ordinal), Task.Output.Replace(Context.Text, passage, StringComparison.Ordinal));
}

/// <summary>Asks a generator for tasks, and for the answers to its own questions.</summary>
/// <param name="constraints">What completions may be; null leaves them free.</param>
/// <param name="sampling">For the tasks; answers of the round trip are greedy.</param>
sealed class QualityAsker(Generator generator, Tokenizer tokenizer, TaskConstraints? constraints, SamplingOptions sampling)
{
    // An answer that is a quotation has a few tokens; a model that finds no end is stopped here.
    const int AnswerTokens = 64;

    /// <summary>One task of the type about each passage.</summary>
    public IReadOnlyList<QualityTask> Ask(QualitySet set, TaskType taskType)
    {
        IReadOnlyList<Context> contexts = set.Contexts;
        GenerationRequest[] requests = [.. contexts.Select(context => new GenerationRequest(
            $"{context.Id} {taskType.ShortName}", Prompt(taskType, context), Constraint: constraints?.Of(taskType, context.Text)))];
        Completion[] completions = Complete(requests, sampling);
        return [.. completions.Select((completion, i) =>
        {
            TaskParser.TryParse(completion.Text, contexts[i].Text, completion.Finish == FinishReason.Length, out ParsedTask? task, out RejectionReason? reason);
            return new QualityTask(set.Name, i + 1, contexts[i], taskType, completion.Text, task, reason);
        })];
    }

    /// <summary>
    /// The round trip: the model reads the prompt of task type qa about the same passage and then its own question, up to and including the
    /// pipe, as if it had just written that, and writes the answer greedily.
    /// </summary>
    public IReadOnlyList<QualityTask> AskAgain(IReadOnlyList<QualityTask> tasks)
    {
        QualityTask[] parsed = [.. tasks.Where(task => task.Task is not null)];
        GenerationRequest[] requests = [.. parsed.Select(task => new GenerationRequest(
            $"{task.Context.Id} round trip",
            [.. Prompt(TaskType.QuestionAnsweringWithoutChoices, task.Context), .. tokenizer.Encode(task.Completion.Split(BonitoPrompt.PipeMarker)[0] + BonitoPrompt.PipeMarker + "\n")]))];
        Completion[] completions = Complete(requests, new SamplingOptions { Temperature = 0, MaxTokens = AnswerTokens });
        return [.. parsed.Select((task, i) => task with { AnswerAgain = completions[i].Text.Replace(BonitoPrompt.ContextPlaceholder, task.Context.Text, StringComparison.Ordinal) })];
    }

    int[] Prompt(TaskType taskType, Context context) => [.. tokenizer.Beginning, .. tokenizer.Encode(BonitoPrompt.Format(taskType, context.Text))];

    /// <summary>The completions in the order of the requests.</summary>
    Completion[] Complete(GenerationRequest[] requests, SamplingOptions options)
    {
        Dictionary<GenerationRequest, Completion> done = new(ReferenceEqualityComparer.Instance);
        foreach (Completion completion in generator.Generate(requests, options)) done.Add(completion.Request, completion);
        return [.. requests.Select(request => done[request])];
    }
}
