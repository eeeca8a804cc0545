using System.Buffers.Binary;
using System.Text;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// Walks the header of a GGUF file once, front to back. Nothing is read or allocated before the file is known to hold it; every
/// deviation is an <see cref="EngineException"/> with the file and the byte.
/// </summary>
internal sealed class GgufCursor(MappedFile file)
{
    public const string Remedy = "The file is damaged or was not written as the format demands; download or write it again.";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The next byte to be read.</summary>
    public long Position { get; private set; }

    /// <summary>The next bytes, in place.</summary>
    /// <param name="what">What is read, for messages.</param>
    public ReadOnlySpan<byte> Take(string what, int length)
    {
        if (file.Length - Position < length) throw Bad(what, $"{length} bytes", $"only {file.Length - Position} before the file ends");
        ReadOnlySpan<byte> bytes = file.Bytes(Position, length);
        Position += length;
        return bytes;
    }

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(what, sizeof(uint)));

    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(what, sizeof(ulong)));

    /// <summary>A number of things that follow, made sure to fit into the rest of the file.</summary>
    /// <param name="bytesEach">The fewest bytes that one of them takes.</param>
    public int Count(string what, int bytesEach)
    {
        long at = Position;
        ulong count = UInt64(what);
        ulong room = Math.Min((ulong)(file.Length - Position) / (ulong)bytesEach, (ulong)Array.MaxLength);
        if (count <= room) return (int)count;
        Position = at;
        throw Bad(what, $"at most {room}, which is what the rest of the file has room for", $"{count}");
    }

    public string String(string what)
    {
        int length = Count($"{what}: length in bytes", 1);
        long at = Position;
        try
        {
            return Utf8.GetString(Take(what, length));
        }
        catch (DecoderFallbackException)
        {
            Position = at;
            throw Bad(what, "a string in UTF-8", "other bytes");
        }
    }

    public EngineException Bad(string what, string expected, string got) =>
        new($"{file.Path}: {what} at byte {Position}: expected {expected}, got {got}. {Remedy}");
}
