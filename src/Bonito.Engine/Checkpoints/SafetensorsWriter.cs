using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>Writes safetensors files. The same tensors and metadata give the same bytes.</summary>
public static class SafetensorsWriter
{
    /// <summary>Where the values start, so that a mapped file can be read in place.</summary>
    private const int Alignment = 8;

    /// <summary>Values converted at a time.</summary>
    private const int Chunk = 1 << 15;

    private static readonly JsonWriterOptions HeaderOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes a file as <see cref="AtomicFile"/> does. Tensors keep the given order, metadata is sorted by key; <c>format: pt</c> is added to the
    /// metadata unless it names a format, because Hugging Face's transformers refuses files without.
    /// </summary>
    /// <param name="path">The file to write; its folder must exist.</param>
    /// <param name="tensors">The tensors, each name once.</param>
    /// <param name="type">The type that all values are stored as; F16 and BF16 are rounded to nearest, ties to even.</param>
    /// <param name="metadata">Free text about the file.</param>
    /// <exception cref="EngineException">The file cannot be written, or a finite value is too large for the type; the old file then stays.</exception>
    /// <exception cref="ArgumentException">The type is quantised, which safetensors has no word for, a name comes twice or is reserved, or a tensor has not as many values as its shape says.</exception>
    public static void Write(string path, IReadOnlyList<TensorToWrite> tensors, DType type, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var converted = new ushort[Chunk];
        Write(path, [.. tensors.Select(tensor => new TensorBytes(tensor.Name, type, tensor.Shape, stream => WriteValues(path, stream, tensor, type, converted)))], metadata);
    }

    /// <summary>Writes tensors of any types that the format has.</summary>
    /// <param name="written">Told the number of bytes each time a tensor is complete.</param>
    internal static void Write(string path, IReadOnlyList<TensorBytes> tensors, IReadOnlyDictionary<string, string>? metadata = null, Action<long>? written = null)
    {
        byte[] header = Header(tensors, metadata ?? new Dictionary<string, string>());
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (TensorBytes tensor in tensors)
            {
                tensor.WriteTo(stream);
                written?.Invoke(tensor.Length);
            }
        });
    }

    private static byte[] Header(IReadOnlyList<TensorBytes> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[SafetensorsHeader.PrefixLength]);
        using (var json = new Utf8JsonWriter(buffer, HeaderOptions))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            var names = new HashSet<string>(StringComparer.Ordinal) { SafetensorsHeader.MetadataName };
            long offset = 0;
            foreach (TensorBytes tensor in tensors)
            {
                if (tensor.Type?.IsQuantized() == true) throw new ArgumentException($"Safetensors files do not hold {tensor.Type}.", nameof(tensors));
                if (!names.Add(tensor.Name)) throw new ArgumentException($"The tensor name '{tensor.Name}' comes twice or is reserved.", nameof(tensors));
                long length = tensor.Length;
                WriteEntry(json, tensor, offset, offset + length);
                offset += length;
            }
            json.WriteEndObject();
        }
        while (buffer.Length % Alignment != 0) buffer.WriteByte((byte)' ');
        byte[] header = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - SafetensorsHeader.PrefixLength);
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsHeader.MetadataName);
        IEnumerable<KeyValuePair<string, string>> entries = metadata.ContainsKey("format") ? metadata : metadata.Append(new("format", "pt"));
        foreach ((string key, string value) in entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, TensorBytes tensor, long begin, long end)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type?.ToString() ?? "U8");
        json.WriteStartArray("shape");
        foreach (long size in tensor.Shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteValues(string path, Stream stream, TensorToWrite tensor, DType type, ushort[] converted)
    {
        ReadOnlySpan<float> values = tensor.Values();
        if (values.Length != ElementTypes.Count(tensor.Shape))
            throw new ArgumentException($"Tensor '{tensor.Name}' of shape {ErrorText.Shape(tensor.Shape)} gave {values.Length} values.", nameof(tensor));
        int overflow = FloatConversion.IndexOfOverflow(values, type);
        if (overflow >= 0)
        {
            throw new EngineException($"{path}: tensor {ErrorText.Quote(tensor.Name)} cannot be stored as {type}: its value {values[overflow]:g9} at index {overflow} "
                + $"is too large for that type. Store it as {(type == DType.F16 ? "BF16 or F32" : "F32")}.");
        }

        for (int start = 0; start < values.Length; start += Chunk)
        {
            ReadOnlySpan<float> part = values.Slice(start, Math.Min(Chunk, values.Length - start));
            if (type == DType.F32)
            {
                stream.Write(MemoryMarshal.AsBytes(part));
                continue;
            }
            Span<ushort> halves = converted.AsSpan(0, part.Length);
            if (type == DType.F16) FloatConversion.F32ToF16(part, halves);
            else FloatConversion.F32ToBF16(part, halves);
            stream.Write(MemoryMarshal.AsBytes(halves));
        }
    }
}
