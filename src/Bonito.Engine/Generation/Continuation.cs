using System.Runtime.InteropServices;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Generation;

/// <summary>A prompt and what might follow it, as one sequence of ids.</summary>
/// <param name="Ids">Those of the prompt, at least one, and those of the continuation, at least one.</param>
/// <param name="Start">Where the continuation begins.</param>
public sealed record Continuation(int[] Ids, int Start)
{
    /// <summary>
    /// Encodes a prompt and its continuation as one text, as evaluation harnesses do: a tokenizer may join the characters on both
    /// sides of the border, and models have seen text that is joined so. White space at the end of the prompt is the continuation's,
    /// and so is a token that spans the border.
    /// </summary>
    /// <param name="begin">Whether the prompt begins the text: what the tokenizer puts first (BOS, or nothing) comes before it.</param>
    /// <param name="end">The token that ends a text, where the continuation is to be its end.</param>
    /// <exception cref="EngineException">The prompt has no tokens, or the continuation none.</exception>
    public static Continuation Encode(Tokenizer tokenizer, string prompt, string text, bool begin, int? end)
    {
        IReadOnlyList<int> first = begin ? tokenizer.Beginning : [];
        List<int> before = [.. first], whole = [.. first];
        tokenizer.Encode(prompt.AsSpan().TrimEnd(), before);
        tokenizer.Encode(prompt + text, whole);
        int start = CollectionsMarshal.AsSpan(whole).CommonPrefixLength(CollectionsMarshal.AsSpan(before));
        if (end is { } last) whole.Add(last);
        if (start == 0) throw new EngineException("The prompt has no tokens, so the first token of the continuation has nothing to follow. Give a prompt, or the token that begins a text.");
        if (start == whole.Count) throw new EngineException("The continuation has no tokens. Give a text, or have it end with the end of text.");
        return new Continuation([.. whole], start);
    }
}

/// <summary>How likely a continuation is.</summary>
/// <param name="LogProbabilities">Natural logarithm of the probability of each token of the continuation after all before it.</param>
public sealed record ContinuationScore(Continuation Continuation, float[] LogProbabilities)
{
    /// <summary>Log-probability of the whole continuation.</summary>
    public double Sum => LogProbabilities.Sum(p => (double)p);
}
