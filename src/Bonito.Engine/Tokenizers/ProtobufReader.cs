using System.Buffers.Binary;
using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// Reads the fields of a protocol buffers message one after another: <see cref="Next"/>, then the value by its type, or
/// <see cref="Skip"/>. Never reads outside the message.
/// </summary>
/// <param name="data">The message.</param>
/// <param name="source">The file, for messages.</param>
/// <param name="name">What the message is, for messages.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> data, string source, string name)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> data = data;
    private int at;
    private int wireType;

    /// <summary>The number of the field that <see cref="Next"/> came to.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field; false at the end of the message.</summary>
    public bool Next()
    {
        if (at == data.Length)
            return false;
        ulong key = Varint();
        wireType = (int)(key & 7);
        Field = key >> 3 is > 0 and < 1 << 29 ? (int)(key >> 3) : throw Bad("a field number", $"{key >> 3}");
        return true;
    }

    public ulong Integer()
    {
        Require(0, "an integer");
        return Varint();
    }

    public bool Flag() => Integer() != 0;

    public float Single()
    {
        Require(5, "a float");
        return BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));
    }

    public ReadOnlySpan<byte> Bytes()
    {
        Require(2, "bytes");
        ulong length = Varint();
        return length <= (ulong)(data.Length - at) ? Take((int)length) : throw Bad($"{length} bytes", $"the end after {data.Length - at}");
    }

    public string Text()
    {
        try
        {
            return Strict.GetString(Bytes());
        }
        catch (DecoderFallbackException)
        {
            throw Bad("UTF-8 text", "other bytes");
        }
    }

    /// <summary>Passes over the value of a field that is not needed.</summary>
    public void Skip()
    {
        switch (wireType)
        {
            case 0: Varint(); break;
            case 1: Take(8); break;
            case 2: Bytes(); break;
            case 5: Take(4); break;
            default: throw Bad("a wire type of protocol buffers", $"{wireType}");
        }
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw Bad("an integer of at most ten bytes", "a longer one");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > data.Length - at)
            throw Bad($"{length} bytes", $"the end after {data.Length - at}");
        at += length;
        return data.Slice(at - length, length);
    }

    private readonly void Require(int type, string expected)
    {
        if (wireType != type)
            throw Bad(expected, $"wire type {wireType}");
    }

    private readonly EngineException Bad(string expected, string got) => new(
        $"Cannot read the tokenizer {source}: {name}, byte {at}, field {Field}: expected {expected}, got {got}. " +
        "The file is damaged or is no SentencePiece model; download it again.");
}
