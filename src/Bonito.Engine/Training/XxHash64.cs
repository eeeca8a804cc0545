using System.Buffers.Binary;
using System.Numerics;

namespace Bonito.Engine.Training;

/// <summary>
/// The XXH64 checksum (Collet, 2012), seed 0: finds damage, at the speed of memory, where nobody means harm. SHA-256 without the
/// processor's help is twenty times slower, seconds for each checkpoint.
/// </summary>
sealed class XxHash64
{
    const ulong Prime1 = 0x9E3779B185EBCA87, Prime2 = 0xC2B2AE3D27D4EB4F, Prime3 = 0x165667B19E3779F9, Prime4 = 0x85EBCA77C2B2AE63, Prime5 = 0x27D4EB2F165667C5;
    const int Stripe = 32;

    readonly byte[] pending = new byte[Stripe];
    ulong lane1 = unchecked(Prime1 + Prime2), lane2 = Prime2, lane3, lane4 = unchecked(0 - Prime1);
    ulong length;
    int kept;

    /// <summary>The checksum of a file, 16 hexadecimal digits.</summary>
    public static string OfFile(string path)
    {
        XxHash64 hash = new();
        byte[] buffer = GC.AllocateUninitializedArray<byte>(1 << 20);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        for (int read = file.Read(buffer); read > 0; read = file.Read(buffer)) hash.Append(buffer.AsSpan(0, read));
        return hash.ToString();
    }

    /// <summary>The checksum of some bytes, 16 hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        XxHash64 hash = new();
        hash.Append(bytes);
        return hash.ToString();
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        length += (ulong)bytes.Length;
        if (kept > 0)
        {
            int taken = Math.Min(Stripe - kept, bytes.Length);
            bytes[..taken].CopyTo(pending.AsSpan(kept));
            kept += taken;
            bytes = bytes[taken..];
            if (kept < Stripe) return;
            Consume(pending);
            kept = 0;
        }
        int whole = bytes.Length / Stripe * Stripe;
        Consume(bytes[..whole]);
        bytes[whole..].CopyTo(pending);
        kept = bytes.Length - whole;
    }

    /// <summary>The checksum of what was appended so far.</summary>
    public ulong Value
    {
        get
        {
            unchecked
            {
                ulong hash = length < Stripe ? Prime5
                    : Merge(Merge(Merge(Merge(
                        BitOperations.RotateLeft(lane1, 1) + BitOperations.RotateLeft(lane2, 7) + BitOperations.RotateLeft(lane3, 12) + BitOperations.RotateLeft(lane4, 18),
                        lane1), lane2), lane3), lane4);
                hash += length;
                ReadOnlySpan<byte> rest = pending.AsSpan(0, kept);
                for (; rest.Length >= 8; rest = rest[8..])
                    hash = BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest)), 27) * Prime1 + Prime4;
                if (rest.Length >= 4)
                {
                    hash = BitOperations.RotateLeft(hash ^ BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1, 23) * Prime2 + Prime3;
                    rest = rest[4..];
                }
                foreach (byte b in rest) hash = BitOperations.RotateLeft(hash ^ b * Prime5, 11) * Prime1;
                hash = (hash ^ hash >> 33) * Prime2;
                hash = (hash ^ hash >> 29) * Prime3;
                return hash ^ hash >> 32;
            }
        }
    }

    public override string ToString() => Value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    static ulong Round(ulong lane, ulong input) => unchecked(BitOperations.RotateLeft(lane + input * Prime2, 31) * Prime1);

    static ulong Merge(ulong hash, ulong lane) => unchecked((hash ^ Round(0, lane)) * Prime1 + Prime4);

    void Consume(ReadOnlySpan<byte> stripes)
    {
        ulong a = lane1, b = lane2, c = lane3, d = lane4;
        for (; stripes.Length >= Stripe; stripes = stripes[Stripe..])
        {
            a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(stripes));
            b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(stripes[8..]));
            c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(stripes[16..]));
            d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(stripes[24..]));
        }
        (lane1, lane2, lane3, lane4) = (a, b, c, d);
    }
}
