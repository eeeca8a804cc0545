using System.Buffers.Binary;
using System.Numerics;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// The head of a GGUF file: magic, version, number of tensors, number of metadata entries, the entries, then each tensor's name,
/// sizes (innermost first), type and offset; after padding to the alignment the tensors' values.
/// </summary>
/// <remarks>Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md</remarks>
internal sealed class GgufHeader
{
    /// <summary>Where the values and each tensor start, unless the metadata says otherwise.</summary>
    public const int DefaultAlignment = 32;

    public const string AlignmentKey = "general.alignment";

    private const int MaxRank = 4;
    private const int FewestEntryBytes = sizeof(ulong) + sizeof(uint) + 1;
    private const int FewestTensorBytes = sizeof(ulong) + sizeof(uint) + sizeof(uint) + sizeof(ulong);

    private readonly MappedFile file;
    private readonly OrderedDictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);

    public GgufMetadata Metadata { get; }

    /// <summary>The tensors in the order of the header.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => tensors;

    /// <summary>Reads and checks everything that the header says.</summary>
    public GgufHeader(MappedFile file)
    {
        this.file = file;
        var cursor = new GgufCursor(file);
        ReadMagic(cursor);
        int tensorCount = cursor.Count("the number of tensors", FewestTensorBytes);
        int entryCount = cursor.Count("the number of metadata entries", FewestEntryBytes);
        Metadata = ReadMetadata(cursor, entryCount);
        int alignment = ReadAlignment();
        for (int i = 0; i < tensorCount; i++)
        {
            StoredTensor tensor = ReadTensor(cursor, alignment);
            if (!tensors.TryAdd(tensor.Name, tensor)) throw cursor.Bad($"tensor {ErrorText.Quote(tensor.Name)}", "each name once", "it twice");
        }
        PlaceTensors((cursor.Position + alignment - 1) / alignment * alignment);
    }

    private static void ReadMagic(GgufCursor cursor)
    {
        if (!cursor.Take("the magic", 4).SequenceEqual("GGUF"u8)) throw cursor.Bad("the magic", "'GGUF' in the first 4 bytes", "something else");
        uint version = cursor.UInt32("the version");
        if (version is 2 or 3) return;
        if (BinaryPrimitives.ReverseEndianness(version) is 2 or 3)
            throw cursor.Bad("the version", "a little-endian file", "a big-endian one; convert the model again without --bigendian");
        if (version == 1) throw cursor.Bad("the version", "2 or 3", "1, an early layout that nothing writes any more; convert the model again from its original");
        throw cursor.Bad("the version", "2 or 3", $"{version}");
    }

    private GgufMetadata ReadMetadata(GgufCursor cursor, int count)
    {
        var values = new OrderedDictionary<string, object>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string key = cursor.String($"the key of metadata entry {i}");
            string what = $"metadata {ErrorText.Quote(key)}";
            if (values.ContainsKey(key)) throw cursor.Bad(what, "each key once", "it twice");
            values.Add(key, GgufValues.Read(cursor, what));
        }
        return new GgufMetadata(file.Path, values);
    }

    private int ReadAlignment()
    {
        int alignment = Metadata.FindCount(AlignmentKey) ?? DefaultAlignment;
        if (BitOperations.IsPow2(alignment)) return alignment;
        throw Bad($"metadata '{AlignmentKey}'", "a power of two", $"{alignment}");
    }

    /// <summary>One tensor, its offset still counted from the start of the values.</summary>
    private StoredTensor ReadTensor(GgufCursor cursor, int alignment)
    {
        string name = cursor.String($"the name of tensor {tensors.Count}");
        string what = $"tensor {ErrorText.Quote(name)}";
        uint rank = cursor.UInt32($"{what}: number of dimensions");
        if (rank > MaxRank) throw cursor.Bad(what, $"at most {MaxRank} dimensions", $"{rank}");
        var shape = new long[rank];
        for (int i = 1; i <= rank; i++)
        {
            ulong size = cursor.UInt64($"{what}: size");
            if (size > long.MaxValue) throw cursor.Bad(what, "sizes that fit in 63 bits", $"{size}");
            shape[^i] = (long)size;
        }
        uint id = cursor.UInt32($"{what}: type");
        ulong offset = cursor.UInt64($"{what}: offset");

        if (GgmlType.Find(id) is not GgmlType type)
            throw cursor.Bad(what, $"a type that is known here ({string.Join(", ", GgmlType.All.Select(t => t.Name))})", $"type number {id}");
        if (ElementTypes.Count(shape) is not long count) throw cursor.Bad(what, "a shape whose product fits in 64 bits", ErrorText.Shape(shape));
        long columns = rank == 0 ? 1 : shape[^1];
        if (columns % type.BlockLength != 0) throw cursor.Bad(what, $"rows of whole blocks of {type.BlockLength} for {type.Name}", $"{columns} columns");
        if (offset % (ulong)alignment != 0) throw cursor.Bad(what, $"an offset that is a multiple of the alignment {alignment}", $"{offset}");
        Int128 length = (Int128)count / type.BlockLength * type.BlockBytes;
        if (length > file.Length || offset > (ulong)file.Length)
            throw Bad(what, $"its {length} bytes from byte {offset} of the values on in the file", $"a file of {file.Length} bytes");
        return new StoredTensor(name, type.Name, shape, (long)offset, (long)length);
    }

    /// <summary>Counts the offsets from the start of the file and makes sure that each tensor has bytes of its own inside the file.</summary>
    private void PlaceTensors(long dataStart)
    {
        foreach (StoredTensor tensor in tensors.Values.ToArray())
        {
            StoredTensor placed = tensor with { Offset = dataStart + tensor.Offset };
            if (placed.Offset + placed.Length > file.Length)
            {
                throw new EngineException($"{file.Path}: tensor {ErrorText.Quote(tensor.Name)}: its values end at byte {placed.Offset + placed.Length}, "
                    + $"but the file has only {file.Length} bytes. The file is cut short; download or write it again.");
            }
            tensors[tensor.Name] = placed;
        }
        StoredTensor? previous = null;
        foreach (StoredTensor tensor in tensors.Values.Where(t => t.Length > 0).OrderBy(t => t.Offset))
        {
            if (previous is not null && tensor.Offset < previous.Offset + previous.Length)
                throw Bad($"tensor {ErrorText.Quote(tensor.Name)}", "values of its own", $"an overlap with tensor {ErrorText.Quote(previous.Name)}");
            previous = tensor;
        }
    }

    private EngineException Bad(string what, string expected, string got) => new($"{file.Path}: {what}: expected {expected}, got {got}. {GgufCursor.Remedy}");
}
