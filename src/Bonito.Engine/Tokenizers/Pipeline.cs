namespace Bonito.Engine.Tokenizers;

/// <summary>What is done to text between added tokens, and what begins and ends a sequence.</summary>
/// <param name="Normalizer">Changes the text before anything else; null where it stays as it is.</param>
/// <param name="Model">Text to tokens and back.</param>
/// <param name="Beginning">The ids that begin a sequence.</param>
/// <param name="End">The ids that end a sequence.</param>
internal sealed record Pipeline(Normalizer? Normalizer, TokenModel Model, IReadOnlyList<int> Beginning, IReadOnlyList<int> End);
