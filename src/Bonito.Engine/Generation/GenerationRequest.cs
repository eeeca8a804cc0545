using Bonito.Engine.Generation.Constraints;

namespace Bonito.Engine.Generation;

/// <summary>A prompt and how many completions of it are wanted.</summary>
/// <param name="Key">
/// Names the request. With the seed and the sample's number it decides what is drawn, so it should be the same in every run
/// that is to give the same completions, and another for every request.
/// </param>
/// <param name="Prompt">Token ids, those of the beginning of text included where the model expects them.</param>
/// <param name="Samples">Completions wanted, 1 or more. They share the work on the prompt.</param>
/// <param name="Constraint">
/// What the completions may be; null leaves them free. One that ends by a stop string, the token limit or the window is the beginning
/// of a text that the constraint accepts.
/// </param>
public sealed record GenerationRequest(string Key, int[] Prompt, int Samples = 1, Constraint? Constraint = null);
