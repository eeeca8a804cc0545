namespace Bonito.Engine.Generation;

/// <summary>Why a completion ended.</summary>
public enum FinishReason
{
    /// <summary>The model said that the text is complete (<c>eos_token_id</c>).</summary>
    EndOfText,

    /// <summary>The text is all that the request's constraint allows: nothing can follow it.</summary>
    Complete,

    /// <summary>One of <see cref="SamplingOptions.Stop"/> appeared.</summary>
    StopString,

    /// <summary><see cref="SamplingOptions.MaxTokens"/> were written.</summary>
    Length,

    /// <summary>Prompt and completion fill the model's window.</summary>
    Window,
}

/// <summary>What the model wrote after a prompt.</summary>
/// <param name="Sample">Which of the request's samples, from 0.</param>
/// <param name="Tokens">All ids written, the end of text left out, those of a stop string included.</param>
/// <param name="Text">Without special tokens, ending before a stop string; bytes that are not UTF-8 are U+FFFD.</param>
public sealed record Completion(GenerationRequest Request, int Sample, int[] Tokens, string Text, FinishReason Finish);
