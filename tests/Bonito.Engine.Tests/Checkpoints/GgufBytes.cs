using System.Text;

namespace Bonito.Engine.Tests.Checkpoints;

/// <summary>Puts GGUF files together byte by byte, right or wrong, sharing no code with the reader and the writer under test.</summary>
internal sealed class GgufBytes
{
    private readonly List<byte> entries = [];
    private readonly List<byte> infos = [];
    private readonly List<byte> values = [];
    private ulong entryCount;
    private ulong tensorCount;

    public uint Version { get; init; } = 3;

    public int Alignment { get; init; } = 32;

    /// <summary>What the header says in place of the true numbers.</summary>
    public ulong? ClaimedEntries { get; init; }

    public ulong? ClaimedTensors { get; init; }

    /// <param name="value">The bytes after the type.</param>
    public GgufBytes Entry(string key, uint type, params byte[] value)
    {
        entries.AddRange(Text(key));
        entries.AddRange(BitConverter.GetBytes(type));
        entries.AddRange(value);
        entryCount++;
        return this;
    }

    public GgufBytes Entry(string key, string value) => Entry(key, 8, Text(value));

    public GgufBytes Entry(string key, uint value) => Entry(key, 4, BitConverter.GetBytes(value));

    /// <summary>A tensor with its values at the next aligned place.</summary>
    /// <param name="sizes">Innermost first.</param>
    public GgufBytes Tensor(string name, ulong[] sizes, uint type, byte[] data, ulong? offset = null)
    {
        while (values.Count % Alignment != 0) values.Add(0);
        infos.AddRange(Text(name));
        infos.AddRange(BitConverter.GetBytes((uint)sizes.Length));
        foreach (ulong size in sizes) infos.AddRange(BitConverter.GetBytes(size));
        infos.AddRange(BitConverter.GetBytes(type));
        infos.AddRange(BitConverter.GetBytes(offset ?? (ulong)values.Count));
        values.AddRange(data);
        tensorCount++;
        return this;
    }

    public byte[] ToArray()
    {
        List<byte> file = [.. "GGUF"u8];
        file.AddRange(BitConverter.GetBytes(Version));
        file.AddRange(BitConverter.GetBytes(ClaimedTensors ?? tensorCount));
        file.AddRange(BitConverter.GetBytes(ClaimedEntries ?? entryCount));
        file.AddRange(entries);
        file.AddRange(infos);
        while (values.Count > 0 && file.Count % Alignment != 0) file.Add(0);
        file.AddRange(values);
        return [.. file];
    }

    public static byte[] Text(string text) => [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    /// <summary>An array value: type and number of the items, then the items.</summary>
    public static byte[] Items(uint type, ulong count, params byte[] items) => [.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(count), .. items];

    public static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
