using Bonito.Engine.Generation;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Generation;

/// <summary>A completion does not depend on how it was computed.</summary>
public sealed class GeneratorDeterminismTests
{
    public static TheoryData<float, int, float, float> Samplings => new()
    {
        { 0, 0, 1, 0 },
        { 1, 0, 1, 0 },
        { 0.7f, 0, 0.9f, 0.3f },
        { 1.3f, 20, 1, 0 },
        { 0.9f, 30, 0.8f, -1 },
        { 0, 0, 1, 2 },
    };

    // More prompt tokens than one step computes, prompts of one token and of almost the whole window, several samples.
    static GenerationRequest[] Requests =>
        [TinyModel.Request(1, 7, 3), TinyModel.Request(2, 1, 2), TinyModel.Request(3, 560), TinyModel.Request(4, 33), TinyModel.Request(5, 16, 5), TinyModel.Request(6, 598, 2), TinyModel.Request(7, 2)];

    [Theory]
    [MemberData(nameof(Samplings))]
    public void Batched_generation_equals_computing_everything_anew_for_each_token(float temperature, int topK, float topP, float frequencyPenalty)
    {
        SamplingOptions options = new() { Temperature = temperature, TopK = topK, TopP = topP, FrequencyPenalty = frequencyPenalty, MaxTokens = 14, Stop = ["at", "本", "\u00fc"] };
        using Llama plain = TinyModel.Create(window: 600, endOfText: 77);
        using Llama model = TinyModel.Create(window: 600, endOfText: 77);
        List<Completion> expected = TinyModel.GenerateNaively(plain, Requests, options);
        Assert.Equal(TinyModel.Sorted(expected), TinyModel.Sorted(TinyModel.Generate(model, Requests, options, batchSize: 4, threads: 2)));
        Assert.Contains(expected, c => c.Finish == FinishReason.Length);
        Assert.Contains(expected, c => c.Finish == FinishReason.Window);
    }

    [Fact]
    public void Batch_size_threads_and_order_do_not_change_a_completion()
    {
        SamplingOptions options = new() { Temperature = 0.9f, TopP = 0.9f, MaxTokens = 16, Stop = ["th"] };
        using Llama model = TinyModel.Create(window: 600, endOfText: 77);
        string[] expected = TinyModel.Sorted(TinyModel.Generate(model, Requests, options, batchSize: 1, threads: 1));
        foreach ((int batchSize, int threads) in new[] { (1, 2), (2, 1), (2, 3), (3, 2), (8, 1), (8, 2), (8, 3) })
        {
            GenerationRequest[] shuffled = Requests;
            new Random(10 * batchSize + threads).Shuffle(shuffled);
            Assert.Equal(expected, TinyModel.Sorted(TinyModel.Generate(model, shuffled, options, batchSize, threads)));
        }
    }

    [Fact]
    public void A_generator_gives_the_same_completions_when_it_is_used_again()
    {
        SamplingOptions options = new() { Temperature = 1, MaxTokens = 20 };
        using Llama model = TinyModel.Create(window: 600);
        using WorkerPool pool = new(1);
        using Generator generator = new(model, TinyModel.Tokenizer, pool, 3);
        string[] first = TinyModel.Sorted(generator.Generate(Requests, options, TestContext.Current.CancellationToken));
        string[] second = TinyModel.Sorted(generator.Generate(Requests.Reverse(), options, TestContext.Current.CancellationToken));
        Assert.Equal(first, second);
    }

    [Fact]
    public void Seed_key_and_sample_number_each_change_what_is_drawn()
    {
        using Llama model = TinyModel.Create();
        SamplingOptions options = new() { Temperature = 1, TopP = 1, MaxTokens = 20 };
        GenerationRequest request = TinyModel.Request(1, 5, 2);
        List<Completion> completions =
        [
            .. TinyModel.Generate(model, [request], options),
            .. TinyModel.Generate(model, [request], options with { Seed = 1 }),
            .. TinyModel.Generate(model, [request with { Key = "another" }], options),
        ];
        Assert.Equal(6, completions.Select(c => string.Join(' ', c.Tokens)).Distinct().Count());
    }
}
