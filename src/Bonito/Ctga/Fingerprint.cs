using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Bonito.Ctga;

/// <summary>
/// Seeded 128-bit hashes of texts: every random choice of a build is the hash of what it is about, so it depends on
/// neither order nor threads. SHA-256, because the value is the same on every machine and in every version.
/// </summary>
internal static class Fingerprint
{
    public static UInt128 Of(int seed, string purpose, params ReadOnlySpan<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, seed);
        hash.AppendData(number);
        Append(hash, purpose);
        foreach (string text in texts) Append(hash, text);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    /// <summary>SHA-256 of a text in lower-case hexadecimal.</summary>
    public static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // The length first, so that ("ab", "c") and ("a", "bc") differ.
    static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
