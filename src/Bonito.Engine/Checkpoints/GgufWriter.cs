using System.Text;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// Writes GGUF files, version 3, little-endian, aligned to 32 bytes. Tensors are written one after another, so that a model need not be
/// in memory. The same metadata and tensors give the same bytes.
/// </summary>
internal static class GgufWriter
{
    private const uint Version = 3;

    /// <summary>Writes a file as <see cref="AtomicFile"/> does; metadata and tensors keep the given order.</summary>
    /// <param name="path">The file to write; its folder must exist.</param>
    /// <param name="metadata">
    /// Values of the .NET types that <see cref="GgufMetadata.Values"/> lists. <c>general.alignment</c>, which follows from the writer, must not
    /// be among them.
    /// </param>
    /// <param name="written">Told the number of bytes each time a tensor is complete.</param>
    /// <exception cref="EngineException">The file cannot be written; the old one then stays.</exception>
    /// <exception cref="ArgumentException">A tensor's name comes twice, its shape is impossible, or a value is of no such type.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, object> metadata, IReadOnlyList<TensorBytes> tensors, Action<long>? written = null)
    {
        byte[] header = Header(metadata, tensors);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (TensorBytes tensor in tensors)
            {
                Pad(stream);
                tensor.WriteTo(stream);
                written?.Invoke(tensor.Length);
            }
            // Some readers map the last tensor with its padding.
            Pad(stream);
        });
    }

    private static byte[] Header(IReadOnlyDictionary<string, object> metadata, IReadOnlyList<TensorBytes> tensors)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Count);
        foreach ((string key, object value) in metadata)
        {
            if (key == GgufHeader.AlignmentKey) throw new ArgumentException($"{key} is the writer's own.", nameof(metadata));
            WriteString(writer, key);
            GgufValueType type = TypeOf(value.GetType());
            writer.Write((uint)type);
            WriteValue(writer, type, value);
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        long offset = 0;
        foreach (TensorBytes tensor in tensors)
        {
            if (!names.Add(tensor.Name)) throw new ArgumentException($"The tensor name '{tensor.Name}' comes twice.", nameof(tensors));
            WriteString(writer, tensor.Name);
            writer.Write((uint)tensor.Shape.Count);
            foreach (long size in tensor.Shape.Reverse()) writer.Write((ulong)size);
            writer.Write(GgmlType.Of(tensor.Type ?? throw new ArgumentException($"GGUF files hold no bytes like '{tensor.Name}'.", nameof(tensors))).Id);
            writer.Write((ulong)offset);
            offset = Aligned(offset + tensor.Length);
        }
        writer.Flush();
        Pad(buffer);
        return buffer.ToArray();
    }

    private static GgufValueType TypeOf(Type type) =>
        type.IsArray ? GgufValueType.Array
        : Enum.TryParse(type == typeof(byte) ? "UInt8" : type == typeof(sbyte) ? "Int8" : type.Name, out GgufValueType value) ? value
        : throw new ArgumentException($"GGUF metadata cannot hold a {type.Name}.");

    private static void WriteValue(BinaryWriter writer, GgufValueType type, object value)
    {
        switch (type)
        {
            case GgufValueType.String: WriteString(writer, (string)value); break;
            case GgufValueType.Array: WriteArray(writer, (Array)value); break;
            case GgufValueType.UInt8: writer.Write((byte)value); break;
            case GgufValueType.Int8: writer.Write((sbyte)value); break;
            case GgufValueType.UInt16: writer.Write((ushort)value); break;
            case GgufValueType.Int16: writer.Write((short)value); break;
            case GgufValueType.UInt32: writer.Write((uint)value); break;
            case GgufValueType.Int32: writer.Write((int)value); break;
            case GgufValueType.Single: writer.Write((float)value); break;
            case GgufValueType.Boolean: writer.Write((bool)value); break;
            case GgufValueType.UInt64: writer.Write((ulong)value); break;
            case GgufValueType.Int64: writer.Write((long)value); break;
            case GgufValueType.Double: writer.Write((double)value); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, null);
        }
    }

    private static void WriteArray(BinaryWriter writer, Array items)
    {
        Type item = items.GetType().GetElementType()!;
        // The items of Array[] are arrays of any type.
        GgufValueType type = item == typeof(Array) ? GgufValueType.Array : TypeOf(item);
        writer.Write((uint)type);
        writer.Write((ulong)items.Length);
        foreach (object value in items) WriteValue(writer, type, value);
    }

    private static void WriteString(BinaryWriter writer, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)utf8.Length);
        writer.Write(utf8);
    }

    private static void Pad(Stream stream)
    {
        while (stream.Position % GgufHeader.DefaultAlignment != 0) stream.WriteByte(0);
    }

    private static long Aligned(long offset) => (offset + GgufHeader.DefaultAlignment - 1) / GgufHeader.DefaultAlignment * GgufHeader.DefaultAlignment;
}
