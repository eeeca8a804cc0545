using Bonito.Engine.Generation;
using Bonito.Engine.Generation.Constraints;
using Bonito.Engine.Models;

namespace Bonito.Engine.Tests.Generation;

public sealed class ConstrainedGenerationTests
{
    const string Text = "The cat sat on the mat, and the dog on a log. Ein K\u00E4fer l\u00E4uft; \u65E5\u672C\u8A9E.";

    static readonly Constraint Input = Constraint.TextUntil("th");

    // Constraints of all kinds, some shared by requests, and requests without.
    static GenerationRequest[] Requests =>
    [
        TinyModel.Request(1, 7, 3) with { Constraint = Constraint.Sequence(Input, Constraint.Span(Text)) },
        TinyModel.Request(2, 30, 2),
        TinyModel.Request(3, 80) with { Constraint = Constraint.Choice(["Yes", "No", "no"]) },
        TinyModel.Request(4, 1, 4) with { Constraint = Constraint.Sequence(Input, Constraint.Literal("\n"), Constraint.TextWithout("th")) },
        TinyModel.Request(5, 16, 4) with { Constraint = Constraint.Span(Text) },
        TinyModel.Request(6, 94, 2) with { Constraint = Input },
        TinyModel.Request(7, 12) with { Constraint = Constraint.TextWithout("a") },
    ];

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(0.7f, 0, 0.9f)]
    [InlineData(1.3f, 20, 0.9f)]
    public void Constrained_generation_equals_trying_every_token(float temperature, int topK, float topP)
    {
        SamplingOptions options = new() { Temperature = temperature, TopK = topK, TopP = topP, MaxTokens = 14, Stop = ["og"] };
        using Llama plain = TinyModel.Create(endOfText: 1);
        using Llama model = TinyModel.Create(endOfText: 1);
        List<Completion> expected = TinyModel.GenerateNaively(plain, Requests, options);
        Assert.Equal(TinyModel.Sorted(expected), TinyModel.Sorted(TinyModel.Generate(model, Requests, options, batchSize: 4, threads: 2)));
        Assert.Contains(expected, completion => completion.Finish == FinishReason.Complete);
    }

    [Fact]
    public void Batch_size_threads_and_order_do_not_change_a_completion()
    {
        SamplingOptions options = new() { Temperature = 0.9f, TopP = 0.9f, MaxTokens = 30 };
        using Llama model = TinyModel.Create(endOfText: 1);
        string[] expected = TinyModel.Sorted(TinyModel.Generate(model, Requests, options, batchSize: 1, threads: 1));
        foreach ((int batchSize, int threads) in new[] { (3, 2), (8, 1) })
        {
            GenerationRequest[] shuffled = Requests;
            new Random(10 * batchSize + threads).Shuffle(shuffled);
            Assert.Equal(expected, TinyModel.Sorted(TinyModel.Generate(model, shuffled, options, batchSize, threads)));
        }
    }

    [Fact]
    public void What_ends_by_itself_is_what_the_constraint_accepts()
    {
        // So hot that the model has no say.
        SamplingOptions options = new() { Temperature = 50, TopP = 1, MaxTokens = 60 };
        using Llama model = TinyModel.Create(endOfText: 1);
        GenerationRequest[] requests = [.. Requests.Where(request => request.Constraint != null).Select(request => request with { Samples = 20 })];
        List<Completion> completions = TinyModel.Generate(model, requests, options);
        foreach (Completion completion in completions)
            Assert.Equal(completion.Finish is FinishReason.EndOfText or FinishReason.Complete, completion.Finish is not (FinishReason.Length or FinishReason.Window) && completion.Request.Constraint!.Accepts(completion.Text));
        foreach (FinishReason reason in (FinishReason[])[FinishReason.EndOfText, FinishReason.Complete, FinishReason.Length, FinishReason.Window])
            Assert.Contains(completions, completion => completion.Finish == reason);
        Assert.Equal(["No", "Yes", "no"], completions.Where(completion => completion.Request.Key == "request 3").Select(completion => completion.Text).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_constraint_that_asks_for_nothing_leaves_a_completion_as_it_is()
    {
        // Always the likeliest, so that special tokens, which are never allowed, count only where one would have been taken.
        SamplingOptions options = new() { Temperature = 0, MaxTokens = 30 };
        using Llama model = TinyModel.Create(endOfText: 1);
        GenerationRequest[] requests = [.. Enumerable.Range(1, 8).Select(number => TinyModel.Request(number, 9))];
        List<Completion> free = [.. TinyModel.Generate(model, requests, options).Where(completion => !completion.Tokens.Contains(0) && completion.Tokens.Length > 0)];
        List<Completion> constrained = TinyModel.Generate(model, requests.Select(request => request with { Constraint = Constraint.TextWithout("never seen") }), options);
        Assert.NotEmpty(free);
        Assert.All(free, completion => Assert.Equal(completion.Tokens, constrained.Single(other => other.Request.Key == completion.Request.Key).Tokens));
    }

    [Fact]
    public void A_model_that_cannot_write_every_text_is_refused_only_where_there_is_a_constraint()
    {
        // Its end of text is a letter.
        using Llama model = TinyModel.Create(endOfText: TinyModel.Tokenizer.TokenToId("l"));
        GenerationRequest request = TinyModel.Request(1, 5);
        Assert.Single(TinyModel.Generate(model, [request], new SamplingOptions { MaxTokens = 1 }));
        string message = Assert.Throws<EngineException>(() => TinyModel.Generate(model, [request with { Constraint = Input }], new SamplingOptions())).Message;
        Assert.Contains("no token for the byte 0x6C", message, StringComparison.Ordinal);
    }
}
