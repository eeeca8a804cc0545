using System.Globalization;

namespace Bonito.Engine.Tokenizers;

/// <summary>The tokens of single bytes in vocabularies with byte fallback: <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
internal static class ByteToken
{
    public static string Of(byte value) => $"<0x{value:X2}>";

    public static bool TryRead(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>' &&
            byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && Of(value) == token;
    }
}
