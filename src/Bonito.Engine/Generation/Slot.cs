using System.Runtime.InteropServices;
using System.Text;
using Bonito.Engine.Generation.Constraints;
using Bonito.Engine.Models;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Generation;

/// <summary>
/// One place in the batch and in the cache, and the sequence in it. Its lists are reused, so that a token costs no allocation.
/// </summary>
sealed class Slot(int index)
{
    static readonly GenerationRequest Nothing = new("", [], 0);

    readonly List<int> tokens = [];
    readonly List<byte> text = [];
    int textEnd;

    /// <summary>Its number in the cache.</summary>
    public int Index { get; } = index;

    /// <summary>The request whose prompt the cache holds here, or will when <see cref="Past"/> is long enough; also after the sequence has left.</summary>
    public GenerationRequest Request { get; private set; } = Nothing;

    public int Sample { get; private set; }

    /// <summary>Whether a sequence is in it that has not ended.</summary>
    public bool Active { get; private set; }

    /// <summary>Where the prompt is being computed that this sequence waits for, to copy it.</summary>
    public Slot? Source { get; set; }

    /// <summary>Tokens of the sequence that the cache holds.</summary>
    public int Past { get; set; }

    /// <summary>How the sequence ended; null while it runs.</summary>
    public FinishReason? Finish { get; private set; }

    /// <summary>The token that was drawn in this step.</summary>
    public int Drawn { get; set; }

    public RandomStream Random;

    /// <summary>Where the text stands in the request's constraint.</summary>
    public long ConstraintState { get; private set; }

    public int PromptLength => Request.Prompt.Length;

    /// <summary>Tokens of the prompt that are not in the cache yet.</summary>
    public ReadOnlySpan<int> PromptLeft => Request.Prompt.AsSpan(Math.Min(Past, PromptLength));

    /// <summary>The newest token, the only one that is not in the cache while the sequence is continued.</summary>
    public ReadOnlySpan<int> Newest => CollectionsMarshal.AsSpan(tokens)[^1..];

    public void Start(GenerationRequest request, int sample, SamplingOptions options)
    {
        // The last token of the prompt is computed for every sample: its output is what the first draw needs.
        Past = ReferenceEquals(request, Request) ? Math.Min(Past, PromptLength - 1) : 0;
        Request = request;
        Sample = sample;
        Random = new RandomStream(options.Seed, request.Key, sample);
        ConstraintState = request.Constraint?.Start ?? Constraint.Dead;
        tokens.Clear();
        text.Clear();
        Finish = null;
        Active = true;
    }

    /// <summary>Lowers the logits of the tokens that the completion has, once for each time.</summary>
    /// <param name="logits">[vocabulary].</param>
    public void Penalize(Span<float> logits, float penalty)
    {
        foreach (int token in tokens) logits[token] -= penalty;
    }

    /// <summary>Appends the drawn token and decides whether the sequence ends with it.</summary>
    /// <param name="window">Tokens of prompt and completion together at most.</param>
    public void Append(Tokenizer tokenizer, TokenIds endOfText, StopStrings stops, int maxTokens, int window)
    {
        if (endOfText.Contains(Drawn))
        {
            textEnd = text.Count;
            Finish = FinishReason.EndOfText;
            return;
        }
        tokens.Add(Drawn);
        int before = text.Count;
        if (!tokenizer.IsSpecial(Drawn)) text.AddRange(tokenizer.BytesOf(Drawn));
        int stop = stops.Find(CollectionsMarshal.AsSpan(text), before);
        textEnd = stop < 0 ? text.Count : stop;
        if (stop >= 0) Finish = FinishReason.StopString;
        else if (ConstraintEnds(CollectionsMarshal.AsSpan(text)[before..])) Finish = FinishReason.Complete;
        else if (tokens.Count == maxTokens) Finish = FinishReason.Length;
        else if (PromptLength + tokens.Count == window) Finish = FinishReason.Window;
    }

    /// <summary>Follows the constraint through the newest bytes; whether nothing can come after them.</summary>
    bool ConstraintEnds(ReadOnlySpan<byte> bytes)
    {
        if (Request.Constraint is not { } constraint) return false;
        ConstraintState = constraint.Next(ConstraintState, bytes);
        return constraint.Ends(ConstraintState);
    }

    /// <summary>Takes the ended sequence out. The cache keeps what it holds until another enters.</summary>
    public Completion Leave()
    {
        Completion completion = new(Request, Sample, [.. tokens], Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(text)[..textEnd]), Finish!.Value);
        Active = false;
        return completion;
    }

    /// <summary>Forgets the sequence and what the cache holds.</summary>
    public void Empty()
    {
        Request = Nothing;
        Active = false;
        Source = null;
        Past = 0;
        Finish = null;
    }
}
