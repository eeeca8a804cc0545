using System.Text.Json;

namespace Bonito.Rows;

/// <summary>What a user reads of broken JSON.</summary>
static class JsonErrors
{
    /// <param name="where">File and line.</param>
    /// <param name="error">What the JSON reader threw.</param>
    /// <param name="hint">What to do, when that can be told.</param>
    public static BonitoException Broken(string where, Exception error, string hint = "")
    {
        // The position at the end of the library's message is one within our bytes, hence wrong for the file.
        string reason = error is JsonException
            ? error.Message.Split(" LineNumber:")[0].TrimEnd('.')
            : "a text is not Unicode: broken UTF-8, or half of a surrogate pair (\\uD800 to \\uDFFF)";
        return new BonitoException($"{where}: broken JSON: {reason}.{hint}", error);
    }
}
