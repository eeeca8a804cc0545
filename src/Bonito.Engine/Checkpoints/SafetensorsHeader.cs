using Bonito.Engine.Tensors;
namespace Bonito.Engine.Checkpoints;

/// <summary>
/// The head of a safetensors file: 8 bytes with the length of a JSON text (little-endian), then that text, which gives each
/// tensor's <c>dtype</c>, <c>shape</c> and <c>data_offsets</c>; the tensors fill the rest of the file without gap or overlap.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Bytes before the JSON text.</summary>
    public const int PrefixLength = 8;

    /// <summary>The format's limit on the JSON text, in bytes.</summary>
    public const long MaxJsonLength = 100_000_000;

    /// <summary>The name that holds free text about the file and that no tensor may have.</summary>
    public const string MetadataName = "__metadata__";

    private const int MaxRank = 64;

    private readonly string file;
    private readonly long dataStart;
    private readonly long dataLength;
    private readonly OrderedDictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    /// <summary>The tensors in the order of the header.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => tensors;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Reads and checks everything that the header says.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="json">The JSON text, which starts at byte 8 of the file.</param>
    /// <param name="fileLength">Bytes of the whole file.</param>
    public SafetensorsHeader(string file, ReadOnlySpan<byte> json, long fileLength)
    {
        this.file = file;
        dataStart = PrefixLength + json.Length;
        dataLength = fileLength - dataStart;

        var cursor = new JsonCursor(file, json, PrefixLength);
        cursor.OpenObject("header");
        bool metadataSeen = false;
        while (cursor.NextName(out string name))
        {
            if (name != MetadataName)
            {
                if (!tensors.TryAdd(name, ReadTensor(ref cursor, name))) throw cursor.Duplicate("tensor", name);
            }
            else
            {
                if (metadataSeen) throw cursor.Duplicate("entry", name);
                metadataSeen = true;
                ReadMetadata(ref cursor);
            }
        }
        cursor.End();
        CheckCoverage();
    }

    private void ReadMetadata(ref JsonCursor cursor)
    {
        cursor.OpenObject(MetadataName);
        while (cursor.NextName(out string key))
        {
            string value = cursor.String($"{MetadataName} {ErrorText.Quote(key)}");
            if (!metadata.TryAdd(key, value)) throw cursor.Duplicate(MetadataName, key);
        }
    }

    private StoredTensor ReadTensor(ref JsonCursor cursor, string name)
    {
        string what = $"tensor {ErrorText.Quote(name)}";
        string? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        cursor.OpenObject(what);
        while (cursor.NextName(out string field))
        {
            bool again = false;
            switch (field)
            {
                case "dtype":
                    again = dtype is not null;
                    dtype = cursor.String($"{what}: dtype");
                    break;
                case "shape":
                    again = shape is not null;
                    shape = cursor.Counts($"{what}: shape", MaxRank);
                    break;
                case "data_offsets":
                    again = offsets is not null;
                    offsets = cursor.Counts($"{what}: data_offsets", 2);
                    break;
                default:
                    cursor.SkipValue();
                    break;
            }
            if (again) throw cursor.Duplicate($"{what}: field", field);
        }
        if (dtype is null) throw Bad(what, "a field 'dtype'", "none");
        if (shape is null) throw Bad(what, "a field 'shape'", "none");
        if (offsets is not [long begin, long end]) throw Bad(what, "a field 'data_offsets' with two numbers", $"{offsets?.Length ?? 0}");
        return Checked(what, new StoredTensor(name, dtype, shape, begin, end - begin));
    }

    /// <summary>Checks one tensor by itself and moves its offset from the start of the data to the start of the file.</summary>
    private StoredTensor Checked(string what, StoredTensor tensor)
    {
        if (tensor.Length < 0)
            throw Bad(what, "data_offsets with the begin before the end", $"[{tensor.Offset}, {tensor.Offset + tensor.Length}]");
        if (tensor.Offset + tensor.Length > dataLength)
        {
            throw new EngineException($"{file}: {what}: its values end at byte {tensor.Offset + tensor.Length} of the data, but the file holds only "
                + $"{dataLength} bytes of data. The file is cut short; download or write it again.");
        }
        if (ElementTypes.Bits(tensor.DType) is not int bits)
            throw Bad(what, "a dtype of the safetensors format, such as F32, F16 or BF16", ErrorText.Quote(tensor.DType));
        if (ElementTypes.Count(tensor.Shape) is not long count)
            throw Bad(what, "a shape whose product fits in 64 bits", ErrorText.Shape(tensor.Shape));
        if ((Int128)count * bits != (Int128)tensor.Length * 8)
        {
            throw Bad(what, $"{(Int128)count * bits / 8} bytes for shape {ErrorText.Shape(tensor.Shape)} of {tensor.DType}",
                $"{tensor.Length} bytes between its data_offsets");
        }
        return tensor with { Offset = dataStart + tensor.Offset };
    }

    /// <summary>The tensors must tile the data: a byte of two tensors or of none means that some offsets lie.</summary>
    private void CheckCoverage()
    {
        StoredTensor? previous = null;
        long covered = dataStart;
        foreach (StoredTensor tensor in tensors.Values.OrderBy(t => t.Offset).ThenBy(t => t.Length))
        {
            if (tensor.Offset < covered)
                throw Bad($"tensor {ErrorText.Quote(tensor.Name)}", "values of its own", $"an overlap with tensor {ErrorText.Quote(previous!.Name)}");
            if (tensor.Offset > covered) throw Hole(covered, tensor.Offset);
            covered += tensor.Length;
            previous = tensor;
        }
        if (covered < dataStart + dataLength) throw Hole(covered, dataStart + dataLength);
    }

    private EngineException Hole(long from, long to) => Bad("data", "every byte to belong to a tensor", $"bytes {from} to {to - 1} of the file that belong to none");

    private EngineException Bad(string what, string expected, string got) =>
        new($"{file}: {what}: expected {expected}, got {got}. {JsonCursor.Remedy}");
}
