using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bonito.Rows;

namespace Bonito.Ctga;

/// <summary>
/// Seeded 128-bit hashes: every random choice of a build is the hash of what it is about, so it depends on
/// neither order nor threads. SHA-256, because the value is the same on every machine and in every version.
/// </summary>
internal static class Fingerprint
{
    public static UInt128 Of(int seed, string purpose, params ReadOnlySpan<string> texts)
    {
        var bytes = new Bytes();
        bytes.Add(seed);
        bytes.Add(purpose);
        foreach (string text in texts) bytes.Add(text);
        return bytes.Hash();
    }

    /// <summary>Of all values of a row.</summary>
    public static UInt128 Of(int seed, string purpose, Row row)
    {
        var bytes = new Bytes();
        bytes.Add(seed);
        bytes.Add(purpose);
        bytes.Add(row);
        return bytes.Hash();
    }

    /// <summary>A further number from a hash, as good as another hash of the same.</summary>
    public static ulong Draw(UInt128 hash, int number)
    {
        // SplitMix64 over the lower half, moved by the upper one.
        ulong z = (ulong)hash + 0x9e3779b97f4a7c15 * (ulong)(number + 1);
        z = (z ^ (z >> 30) ^ (ulong)(hash >> 64)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>SHA-256 of a text in lower-case hexadecimal.</summary>
    public static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>What is hashed; every value says its kind and length first, so that ("ab", "c") and ("a", "bc") differ.</summary>
    struct Bytes()
    {
        byte[] buffer = new byte[1024];
        int length;

        public void Add(string text)
        {
            int size = Encoding.UTF8.GetMaxByteCount(text.Length);
            Reserve(size + sizeof(int));
            int written = Encoding.UTF8.GetBytes(text, buffer.AsSpan(length + sizeof(int)));
            Add(written);
            length += written;
        }

        public void Add(int number)
        {
            Reserve(sizeof(int));
            BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(length), number);
            length += sizeof(int);
        }

        public void Add(object? value)
        {
            switch (value)
            {
                case null: Add(-1); break;
                case string text: Add(text); break;
                case bool flag: Add(flag ? -3 : -2); break;
                case long number: AddLong(-4, number); break;
                case double number: AddLong(-5, BitConverter.DoubleToInt64Bits(number)); break;
                case Row row:
                    AddLong(-6, row.Count);
                    foreach ((string name, object? item) in row)
                    {
                        Add(name);
                        Add(item);
                    }
                    break;
                case IReadOnlyList<object?> list:
                    AddLong(-7, list.Count);
                    foreach (object? item in list) Add(item);
                    break;
                default: throw new InvalidOperationException($"A row holds no {value.GetType()}.");
            }
        }

        public readonly UInt128 Hash()
        {
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(buffer.AsSpan(0, length), digest);
            return BinaryPrimitives.ReadUInt128BigEndian(digest);
        }

        void AddLong(int kind, long number)
        {
            Add(kind);
            Reserve(sizeof(long));
            BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(length), number);
            length += sizeof(long);
        }

        void Reserve(int size)
        {
            if (buffer.Length - length < size) Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + size));
        }
    }
}
