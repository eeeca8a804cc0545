namespace Bonito.Engine.Generation;

/// <summary>How tokens are chosen and when a completion ends; the names are the field's.</summary>
public sealed record SamplingOptions
{
    /// <summary>Tokens of a completion at most.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>Logits are divided by it; 0 takes the likeliest token always (greedy).</summary>
    public float Temperature { get; init; } = 0.5f;

    /// <summary>
    /// Nucleus (Holtzman et al., 2020): only the likeliest tokens whose probabilities together reach it are drawn from, at least
    /// one; 1 turns it off. It applies after temperature and <see cref="TopK"/>.
    /// </summary>
    public float TopP { get; init; } = 0.95f;

    /// <summary>Only so many of the likeliest tokens are drawn from; 0 turns it off.</summary>
    public int TopK { get; init; }

    /// <summary>
    /// Before anything else, a token's logit falls by it for each time that the token stands in the completion so far (not in the
    /// prompt, so a quotation costs nothing), as in OpenAI's API and vLLM; 0 turns it off. A small model that begins to repeat
    /// itself finds out of it. Null is no choice, for whoever knows what the model needs; the engine takes it as 0.
    /// </summary>
    public float? FrequencyPenalty { get; init; }

    /// <summary>With a request's key and a sample's number it decides all draws.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>A completion ends before the first of these that appears in its text.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <exception cref="EngineException">All troubles, one a line.</exception>
    public void Validate()
    {
        List<string> troubles = [];
        void Check(bool good, string name, object value, string wanted)
        {
            if (!good) troubles.Add($"{name} must be {wanted}, got {value}");
        }
        Check(MaxTokens > 0, "max-tokens", MaxTokens, "positive");
        // Below a thousandth, rounding of the scaled logits would decide more than the model.
        Check(Temperature is 0 or (>= 0.001f and <= 1000), "temperature", Temperature, "0 (greedy) or from 0.001 to 1000");
        Check(TopP is > 0 and <= 1, "top-p", TopP, "above 0 and at most 1");
        Check(TopK >= 0, "top-k", TopK, "zero (off) or more");
        Check(FrequencyPenalty is null or (>= -2 and <= 2), "frequency-penalty", FrequencyPenalty ?? 0, "from -2 to 2");
        foreach (string stop in Stop) Check(!string.IsNullOrEmpty(stop), "stop", "an empty text", "at least one character");
        if (troubles.Count > 0) throw new EngineException("The sampling options do not work:\n  " + string.Join("\n  ", troubles));
    }
}
