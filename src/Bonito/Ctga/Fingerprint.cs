using System.Buffers;
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
        int size = sizeof(int) + Size(purpose);
        foreach (string text in texts) size += Size(text);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        BinaryPrimitives.WriteInt32LittleEndian(buffer, seed);
        int length = Append(buffer, sizeof(int), purpose);
        foreach (string text in texts) length = Append(buffer, length, text);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.AsSpan(0, length), digest);
        ArrayPool<byte>.Shared.Return(buffer);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    /// <summary>SHA-256 of a text in lower-case hexadecimal.</summary>
    public static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    static int Size(string text) => sizeof(int) + Encoding.UTF8.GetMaxByteCount(text.Length);

    // The length first, so that ("ab", "c") and ("a", "bc") differ.
    static int Append(byte[] buffer, int at, string text)
    {
        int written = Encoding.UTF8.GetBytes(text, buffer.AsSpan(at + sizeof(int)));
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(at), written);
        return at + sizeof(int) + written;
    }
}
