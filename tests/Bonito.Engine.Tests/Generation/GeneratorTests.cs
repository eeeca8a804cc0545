using System.Text;
using Bonito.Engine.Generation;
using Bonito.Engine.Generation.Constraints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Generation;

public sealed class GeneratorTests
{
    static readonly SamplingOptions Varied = new() { Temperature = 1, TopP = 1, MaxTokens = 40 };

    [Fact]
    public void A_completion_ends_before_a_stop_string_even_where_it_spans_tokens()
    {
        using Llama model = TinyModel.Create();
        GenerationRequest request = TinyModel.Request(1, 5);
        Completion whole = Assert.Single(TinyModel.Generate(model, [request], Varied));
        // A stop string from the middle of one token into the token after the next.
        int[] tokens = whole.Tokens;
        for (int at = 1; at < whole.Text.Length - 4; at++)
        {
            string stop = whole.Text.Substring(at, 3);
            if (stop.Contains('\uFFFD', StringComparison.Ordinal)) continue;
            Completion cut = Assert.Single(TinyModel.Generate(model, [request], Varied with { Stop = ["never seen", stop] }));
            Assert.Equal(FinishReason.StopString, cut.Finish);
            Assert.Equal(whole.Text[..whole.Text.IndexOf(stop, StringComparison.Ordinal)], cut.Text);
            Assert.Equal(tokens[..cut.Tokens.Length], cut.Tokens);
            Assert.Contains(stop, TinyModel.Tokenizer.Decode(cut.Tokens), StringComparison.Ordinal);
            Assert.DoesNotContain(stop, TinyModel.Tokenizer.Decode(cut.Tokens.AsSpan(0, cut.Tokens.Length - 1)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void End_of_text_ends_a_completion_and_is_not_part_of_it()
    {
        using Llama endless = TinyModel.Create();
        GenerationRequest request = TinyModel.Request(1, 5);
        Completion whole = Assert.Single(TinyModel.Generate(endless, [request], Varied));
        int end = whole.Tokens[12], at = Array.IndexOf(whole.Tokens, end);
        using Llama model = TinyModel.Create(endOfText: end);
        Completion ended = Assert.Single(TinyModel.Generate(model, [request], Varied));
        Assert.Equal(FinishReason.EndOfText, ended.Finish);
        Assert.Equal(whole.Tokens[..at], ended.Tokens);
        Assert.Equal(TinyModel.Tokenizer.Decode(ended.Tokens), ended.Text);
    }

    [Fact]
    public void A_completion_ends_where_the_window_does()
    {
        using Llama model = TinyModel.Create(window: 32);
        List<Completion> completions = TinyModel.Generate(model, [TinyModel.Request(1, 31), TinyModel.Request(2, 22), TinyModel.Request(3, 10)], Varied with { MaxTokens = 12 });
        Assert.Equal(["request 1: 1 Window", "request 2: 10 Window", "request 3: 12 Length"],
            completions.OrderBy(c => c.Request.Key, StringComparer.Ordinal).Select(c => $"{c.Request.Key}: {c.Tokens.Length} {c.Finish}"));
    }

    [Fact]
    public void Special_tokens_are_drawn_but_not_in_the_text()
    {
        using Llama model = TinyModel.Create();
        List<Completion> completions = TinyModel.Generate(model, [TinyModel.Request(1, 4, 60)], Varied with { Temperature = 50 });
        Assert.Contains(completions, c => c.Tokens.Contains(0));
        Assert.All(completions, c => Assert.Equal(TinyModel.Tokenizer.Decode(c.Tokens), c.Text));
        Assert.All(completions, c => Assert.DoesNotContain(TinyModel.Begin, c.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Outputs_that_the_tokenizer_does_not_have_are_never_drawn()
    {
        using Llama model = TinyModel.Create(vocabulary: TinyModel.Tokenizer.VocabularySize + 200);
        Assert.All(TinyModel.Generate(model, [TinyModel.Request(1, 4, 20)], Varied with { Temperature = 50 }),
            c => Assert.All(c.Tokens, id => Assert.InRange(id, 0, TinyModel.Tokenizer.VocabularySize - 1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public void Samples_of_a_prompt_share_the_work_on_it(int batchSize)
    {
        using Llama model = TinyModel.Create(window: 700);
        using WorkerPool pool = new(1);
        using Generator generator = new(model, TinyModel.Tokenizer, pool, batchSize);
        GenerationRequest[] requests = [TinyModel.Request(1, 600, 7), TinyModel.Request(2, 50, 2), TinyModel.Request(3, 20)];
        Completion[] completions = [.. generator.Generate(requests, Varied with { MaxTokens = 9 }, TestContext.Current.CancellationToken)];
        Assert.Equal(10, completions.Length);
        // Every further sample computes one token of the prompt.
        Assert.Equal(600 + 6 + 50 + 1 + 20, generator.Statistics.PromptTokens);
        Assert.Equal(completions.Sum(c => c.Tokens.Length), generator.Statistics.GeneratedTokens);
        Assert.True(generator.Statistics is { PromptRate: > 0, GenerationRate: > 0 });
    }

    [Fact]
    public void Requests_are_pulled_when_there_is_room_for_them()
    {
        using Llama model = TinyModel.Create();
        using WorkerPool pool = new(1);
        using Generator generator = new(model, TinyModel.Tokenizer, pool, 3);
        int pulled = 0, completed = 0;
        IEnumerable<GenerationRequest> Endless()
        {
            while (true) yield return TinyModel.Request(++pulled, 4 + pulled % 20);
        }
        foreach (Completion _ in generator.Generate(Endless(), Varied, TestContext.Current.CancellationToken))
        {
            Assert.InRange(pulled, completed, completed + 3);
            if (++completed == 50) break;
        }
        // What was left behind does not disturb the next call.
        GenerationRequest request = TinyModel.Request(9, 9);
        Assert.Equal(TinyModel.Sorted(TinyModel.Generate(model, [request], Varied)), TinyModel.Sorted(generator.Generate([request], Varied, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Short_sequences_overtake_long_ones()
    {
        using Llama model = TinyModel.Create(window: 96);
        // Only the window ends these: 90, then 6 and 1 tokens.
        GenerationRequest[] requests = [TinyModel.Request(1, 6), TinyModel.Request(2, 90), TinyModel.Request(3, 95)];
        Assert.Equal(["request 2", "request 3", "request 1"], TinyModel.Generate(model, requests, Varied with { MaxTokens = 1000 }, batchSize: 2).Select(c => c.Request.Key));
    }

    [Fact]
    public void Cancellation_ends_the_enumeration()
    {
        using Llama model = TinyModel.Create();
        using WorkerPool pool = new(1);
        using Generator generator = new(model, TinyModel.Tokenizer, pool, 2);
        using CancellationTokenSource source = new();
        IEnumerable<Completion> completions = generator.Generate(Enumerable.Range(1, 100).Select(i => TinyModel.Request(i, 5)), Varied, source.Token);
        int given = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (Completion _ in completions)
                if (++given == 4) source.Cancel();
        });
        Assert.InRange(given, 4, 5);
        Assert.Single(generator.Generate([TinyModel.Request(1, 5)], Varied, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void One_call_runs_at_a_time()
    {
        using Llama model = TinyModel.Create();
        using WorkerPool pool = new(1);
        using Generator generator = new(model, TinyModel.Tokenizer, pool, 1);
        IEnumerable<Completion> completions = generator.Generate([TinyModel.Request(1, 5)], Varied, TestContext.Current.CancellationToken);
        foreach (Completion _ in completions) Assert.Throws<InvalidOperationException>(() => completions.Count());
    }

    [Fact]
    public void Prompts_that_cannot_be_completed_are_refused()
    {
        using Llama model = TinyModel.Create(window: 32);
        using WorkerPool pool = new(1);
        using Generator generator = new(model, TinyModel.Tokenizer, pool, 1);
        Assert.True(generator.Fits(31));
        Assert.False(generator.Fits(32));
        Assert.Equal(32, generator.Window);
        string Refusal(GenerationRequest request) => Assert.Throws<EngineException>(() => generator.Generate([request], Varied, TestContext.Current.CancellationToken).Count()).Message;
        Assert.Contains("request 5 has 32 tokens; the model's window of 32 takes at most 31", Refusal(TinyModel.Request(5, 32)), StringComparison.Ordinal);
        Assert.Contains("a has no tokens", Refusal(new GenerationRequest("a", [])), StringComparison.Ordinal);
        Assert.Contains("Token id 5000", Refusal(new GenerationRequest("a", [5000])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_and_a_tokenizer_of_different_vocabularies_are_refused()
    {
        using WorkerPool pool = new(1);
        using Llama small = TinyModel.Create(vocabulary: 200);
        Assert.Contains("vocab_size is 200", Assert.Throws<EngineException>(() => new Generator(small, TinyModel.Tokenizer, pool, 1)).Message, StringComparison.Ordinal);
        using Llama large = TinyModel.Create(vocabulary: 2000, endOfText: 1999);
        Assert.Contains("eos_token_id 1999", Assert.Throws<EngineException>(() => new Generator(large, TinyModel.Tokenizer, pool, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_model_is_an_error_and_not_a_text()
    {
        using Llama model = TinyModel.Create();
        model.Parameters[^1].Tensor.Values[3] = float.NaN;
        foreach (float temperature in (float[])[0, 1])
            Assert.Contains("damaged", Assert.Throws<EngineException>(() => TinyModel.Generate(model, [TinyModel.Request(1, 5)], Varied with { Temperature = temperature })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frequency_penalty_ends_repetitions()
    {
        using Llama model = TinyModel.Create();
        // The last norm's weights: all logits are zero, and the likeliest token is the first.
        foreach (ref float w in model.Parameters[^1].Tensor.Values) w = 0;
        GenerationRequest request = TinyModel.Request(1, 20);
        int[] repeated = Written(0), penalized = Written(0.1f);
        Assert.Single(repeated.Distinct());
        // With the penalty no token comes again before all others came.
        Assert.Equal(penalized.Length, penalized.Distinct().Count());

        int[] Written(float penalty) =>
            Assert.Single(TinyModel.Generate(model, [request], new SamplingOptions { Temperature = 0, FrequencyPenalty = penalty, MaxTokens = 60 })).Tokens;
    }

    [Fact]
    public void Options_that_do_not_work_are_refused_all_at_once()
    {
        SamplingOptions options = new() { MaxTokens = 0, Temperature = float.NaN, TopP = 0, TopK = -1, FrequencyPenalty = float.NaN, Stop = ["a", ""] };
        string message = Assert.Throws<EngineException>(options.Validate).Message;
        foreach (string part in (string[])["max-tokens must be positive, got 0", "temperature", "top-p", "top-k", "frequency-penalty must be from -2 to 2", "stop must be at least one character"])
            Assert.Contains(part, message, StringComparison.Ordinal);
        new SamplingOptions().Validate();
    }

    public static TheoryData<string> Allocations => ["free", "without a literal", "until a literal", "a span"];

    [Theory]
    [MemberData(nameof(Allocations))]
    public void A_token_costs_no_allocation(string kind)
    {
        // None of them ends: the span may be as long as the text, wherever in it it begins to repeat itself.
        Constraint? constraint = kind switch
        {
            "free" => null,
            "without a literal" => Constraint.TextWithout("the cat"),
            "until a literal" => Constraint.Sequence(Constraint.TextUntil("never seen"), Constraint.Literal("this")),
            _ => Constraint.Span(string.Concat(Enumerable.Repeat("the cat sat on the mat and the dog ", 100))),
        };
        using Llama model = TinyModel.Create(window: 400);
        // Only plain characters are to be drawn, since decoding broken ones allocates: others get the logit 0, and top-k keeps
        // larger ones only.
        for (int id = 0; id < TinyModel.Tokenizer.VocabularySize; id++)
            if (!Ascii.IsValid(TinyModel.Tokenizer.Decode([id]))) model.Head.Weight.Tensor.Row(id).Clear();
        using WorkerPool pool = new(1);
        using Generator generator = new(model, TinyModel.Tokenizer, pool, 4);
        GenerationRequest[] requests = [.. new[] { TinyModel.Request(1, 40, 2), TinyModel.Request(2, 60), TinyModel.Request(3, 10) }.Select(request => request with { Constraint = constraint })];
        // What a run allocates besides the completions themselves; everything runs on this thread.
        long Overhead(int maxTokens)
        {
            SamplingOptions options = Varied with { MaxTokens = maxTokens, TopK = 8, TopP = 0.9f, Stop = ["never seen"] };
            List<Completion> completions = new(4);
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (Completion completion in generator.Generate(requests, options, TestContext.Current.CancellationToken)) completions.Add(completion);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.All(completions, c => Assert.True(c.Tokens.Length == maxTokens && Ascii.IsValid(c.Text)));
            return allocated - completions.Sum(c => (c.Tokens.Length * sizeof(int)) + (c.Text.Length * sizeof(char)));
        }
        Overhead(250);
        // Objects are rounded to eight bytes: two in each completion. What a token costs shows every time; what the runtime does once
        // (a list that grows, a method compiled again) does not.
        long[] differences = [.. Enumerable.Range(0, 3).Select(_ => Overhead(250) - Overhead(50))];
        Assert.InRange(differences.Min(Math.Abs), 0, 64);
    }
}
