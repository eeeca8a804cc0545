namespace Bonito.Engine.Tokenizers;

/// <summary>A token matched in the text as it stands, before the text is cut into words.</summary>
/// <param name="Id">Its id; shared with the vocabulary when the vocabulary holds the same string.</param>
/// <param name="Content">The text that it stands for, not in the byte-level alphabet.</param>
/// <param name="Special">
/// Whether it is a control token: recognised in text only on request, and left out of decoded text by default.
/// </param>
/// <param name="Normalized">Kept for the file; without a normalizer it makes no difference.</param>
public sealed record AddedToken(int Id, string Content, bool Special, bool Normalized = false);
