namespace Bonito.Engine.Tokenizers;

/// <summary>How a <see cref="PieceModel"/> works, apart from its vocabulary.</summary>
/// <param name="ByteFallback">Whether a character without a token becomes the tokens of its bytes.</param>
/// <param name="Unknown">The token of what has no tokens otherwise; null when there is none.</param>
/// <param name="FuseUnknown">Whether several unknown characters in a row become one unknown token.</param>
/// <param name="Metaspace">How spaces become visible; null where the normalizer does it.</param>
/// <param name="StripsLeadingSpace">Whether decoded text loses the one space that it begins with.</param>
internal sealed record PieceSettings(bool ByteFallback, int? Unknown, bool FuseUnknown, Metaspace? Metaspace, bool StripsLeadingSpace);
