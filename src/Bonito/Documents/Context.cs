using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bonito.Documents;

/// <summary>The passage of a document that a task is about.</summary>
/// <param name="Document">The document's name.</param>
/// <param name="Index">The context's number within its document, from 0.</param>
/// <param name="CharStart">Where its span starts, in UTF-16 code units of the document's text.</param>
/// <param name="CharEnd">Where its span ends (exclusive). Separators belong to the span that they follow.</param>
/// <param name="Text">The span's text, trimmed: what the generator reads.</param>
public sealed record Context(string Document, int Index, int CharStart, int CharEnd, string Text)
{
    /// <summary>
    /// 16 hexadecimal digits made from document name, index and text: the same in every run over the same documents.
    /// Computed on each call.
    /// </summary>
    public string Id
    {
        get
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"{Document}\0{Index}\0{Text}");
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 8));
        }
    }
}
