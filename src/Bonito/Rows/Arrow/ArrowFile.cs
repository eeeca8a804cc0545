using System.Buffers.Binary;

namespace Bonito.Rows.Arrow;

/// <summary>
/// Walks through the messages of Arrow IPC: the schema, then dictionaries and record batches. A file on disk is read by
/// its index; a stream, or a file inside an archive, from its beginning.
/// </summary>
sealed class ArrowFile(Stream stream)
{
    const int BlockSize = 24;

    readonly ArrowMessages messages = new(stream);
    readonly Dictionary<long, ArrowDictionary> dictionaries = [];
    readonly Dictionary<long, ArrowField> keyed = [];
    readonly ArrowBudget budget = new();
    Queue<(long Position, long Length)>? places;
    long rows;

    /// <summary>The columns.</summary>
    public ArrowField[] Fields { get; private set; } = [];

    /// <summary>Reads the schema; returns what a program keeps in it under a name of its own, null when there is none.</summary>
    /// <exception cref="ArrowFormatException">There is no schema, or it is broken.</exception>
    public string? ReadSchema(string? key = null)
    {
        messages.Begin();
        FlatTable schema = messages.IsFile && stream.CanSeek ? ReadIndex() : FirstMessage();
        Fields = ArrowSchema.Read(schema);
        foreach (ArrowField field in Fields) CollectKeys(field);
        return key is null ? null : ArrowSchema.Metadata(schema, key);
    }

    /// <summary>Of a file, where all its dictionaries and then its record batches stand.</summary>
    FlatTable ReadIndex()
    {
        FlatTable index = messages.Index();
        places = new Queue<(long Position, long Length)>([.. Places(index.Items(2, BlockSize)), .. Places(index.Items(3, BlockSize))]);
        return index.Table(1) ?? throw new ArrowFormatException("its index has no schema");
    }

    static List<(long Position, long Length)> Places(ReadOnlyMemory<byte> blocks)
    {
        var places = new List<(long Position, long Length)>();
        long end = 0;
        for (ReadOnlySpan<byte> left = blocks.Span; left.Length > 0; left = left[BlockSize..])
        {
            long place = BinaryPrimitives.ReadInt64LittleEndian(left);
            long length = BinaryPrimitives.ReadInt32LittleEndian(left[8..]) + BinaryPrimitives.ReadInt64LittleEndian(left[16..]);
            // Batches within each other would let a small file stand for a large one.
            if (place < end || length <= 0 || place > long.MaxValue - length) throw new ArrowFormatException($"its index has a batch of {length} bytes at {place}, where none can be");
            end = place + length;
            places.Add((place, length));
        }
        return places;
    }

    FlatTable FirstMessage()
    {
        ArrowMessage first = messages.Next() ?? throw new ArrowFormatException("it is empty");
        if (first.Kind == ArrowMessageKind.Schema) return first.Header;
        throw new ArrowFormatException(messages.IsFile
            ? "its schema stands at its end only, which cannot be reached inside an archive or compressed file: unpack it first"
            : $"it begins with {first.Kind}, expected its schema");
    }

    ArrowMessage? NextMessage()
    {
        if (places is null) return messages.Next();
        return places.TryDequeue(out (long Position, long Length) place) ? messages.At(place.Position, place.Length) : null;
    }

    /// <summary>The next record batch; null at the end.</summary>
    /// <exception cref="ArrowFormatException">Broken.</exception>
    public ArrowRecords? NextBatch()
    {
        while (NextMessage() is { } message)
        {
            switch (message.Kind)
            {
                case ArrowMessageKind.DictionaryBatch:
                    ReadDictionary(message);
                    break;
                case ArrowMessageKind.RecordBatch:
                    var batch = new ArrowBatch(message.Header, message.Body);
                    var columns = new ArrowColumns(dictionaries, budget);
                    var records = new ArrowRecords(rows, batch.Length, [.. Fields.Select(field => columns.Next(field, batch, batch.Length))], budget);
                    batch.CheckLength();
                    rows += batch.Length;
                    return records;
                default:
                    throw new ArrowFormatException($"a message of the kind {message.Kind} among the rows");
            }
        }
        return null;
    }

    void ReadDictionary(ArrowMessage message)
    {
        long id = message.Header.Long(0);
        if (!keyed.TryGetValue(id, out ArrowField? field)) throw new ArrowFormatException($"a dictionary with the number {id}, which no column has");
        FlatTable header = message.Header.Table(1) ?? throw new ArrowFormatException("a dictionary without values");
        ArrowArray values = new ArrowColumns(dictionaries, budget).Dictionary(field, new ArrowBatch(header, message.Body));
        bool isDelta = message.Header.Flag(2);
        if (!isDelta || !dictionaries.ContainsKey(id)) dictionaries[id] = new ArrowDictionary();
        dictionaries[id].Add(values, budget);
    }

    void CollectKeys(ArrowField field)
    {
        if (field.Dictionary is { } key) keyed[key.Id] = field;
        foreach (ArrowField child in field.Children) CollectKeys(child);
    }
}
