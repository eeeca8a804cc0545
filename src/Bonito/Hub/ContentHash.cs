using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bonito.Hub;

/// <summary>Computes what a file's checksum must be: SHA-256, or for 40 digits git's SHA-1 of "blob SIZE\0" and the content.</summary>
sealed class ContentHash : IDisposable
{
    readonly IncrementalHash hash;
    readonly byte[] prefix;

    public ContentHash(RemoteFile file)
    {
        bool git = file.Checksum.Length == 40;
#pragma warning disable CA5350 // The hub names small files by git's SHA-1; it finds damage, it is no defence against the hub.
        hash = IncrementalHash.CreateHash(git ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
#pragma warning restore CA5350
        prefix = git ? Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {file.Size}\0")) : [];
        hash.AppendData(prefix);
    }

    /// <summary>Whether a checksum is of a kind that can be computed.</summary>
    public static bool Knows(string checksum) => checksum.Length is 40 or 64 && checksum.All(char.IsAsciiHexDigitLower);

    public void Append(ReadOnlySpan<byte> content) => hash.AppendData(content);

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        hash.GetHashAndReset();
        hash.AppendData(prefix);
    }

    /// <summary>The checksum of all that was appended; begins anew.</summary>
    public string Finish()
    {
        string digits = Convert.ToHexStringLower(hash.GetHashAndReset());
        hash.AppendData(prefix);
        return digits;
    }

    public void Dispose() => hash.Dispose();
}
