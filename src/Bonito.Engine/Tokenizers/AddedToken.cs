namespace Bonito.Engine.Tokenizers;

/// <summary>A token matched in the text as a whole, before the text is cut into words.</summary>
/// <param name="Id">Its id; shared with the vocabulary when the vocabulary holds the same string.</param>
/// <param name="Content">The text that it stands for, not in the spelling of the vocabulary.</param>
/// <param name="Special">
/// Whether it is a control token: recognised in text only on request, and left out of decoded text by default.
/// </param>
/// <param name="Normalized">Whether it is looked for in the normalised text, itself normalised, instead of the text as it stands.</param>
/// <param name="SingleWord">Whether it counts only where no letter, digit or underscore touches it.</param>
/// <param name="LeftStrip">Whether it takes the white space before it with it.</param>
/// <param name="RightStrip">Whether it takes the white space after it with it.</param>
public sealed record AddedToken(
    int Id, string Content, bool Special, bool Normalized = false,
    bool SingleWord = false, bool LeftStrip = false, bool RightStrip = false);
