namespace Bonito.Engine.Generation;

/// <summary>
/// What a <see cref="Generator"/> has done so far. Prompts run beside decoding: the time of a step that did both is split by
/// their numbers of tokens.
/// </summary>
/// <param name="PromptTokens">Tokens of prompts that were computed; what samples share counts once.</param>
/// <param name="GeneratedTokens">Tokens that were drawn, ends of text included.</param>
public readonly record struct GenerationStatistics(long PromptTokens, double PromptSeconds, long GeneratedTokens, double GenerationSeconds)
{
    /// <summary>Tokens a second; 0 before the first.</summary>
    public double PromptRate => PromptSeconds > 0 ? PromptTokens / PromptSeconds : 0;

    /// <summary>Tokens a second; 0 before the first.</summary>
    public double GenerationRate => GenerationSeconds > 0 ? GeneratedTokens / GenerationSeconds : 0;
}
