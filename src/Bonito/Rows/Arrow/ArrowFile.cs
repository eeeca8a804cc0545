namespace Bonito.Rows.Arrow;

/// <summary>Walks through the messages of an Arrow file: the schema, then dictionaries and record batches.</summary>
sealed class ArrowFile(Stream stream)
{
    readonly ArrowMessages messages = new(stream);
    readonly Dictionary<long, ArrowDictionary> dictionaries = [];
    readonly Dictionary<long, ArrowField> keyed = [];
    readonly ArrowBudget budget = new();
    long rows;

    /// <summary>The columns.</summary>
    public ArrowField[] Fields { get; private set; } = [];

    /// <summary>Reads the schema; returns what a program keeps in it under a name of its own, null when there is none.</summary>
    /// <exception cref="ArrowFormatException">There is no schema, or it is broken.</exception>
    public string? ReadSchema(string? key = null)
    {
        ArrowMessage first = messages.Next() ?? throw new ArrowFormatException("it is empty");
        if (first.Kind != ArrowMessageKind.Schema) throw new ArrowFormatException($"it begins with {first.Kind}, expected its schema");
        Fields = ArrowSchema.Read(first.Header);
        foreach (ArrowField field in Fields) CollectKeys(field);
        return key is null ? null : ArrowSchema.Metadata(first.Header, key);
    }

    /// <summary>The next record batch; null at the end.</summary>
    /// <exception cref="ArrowFormatException">Broken.</exception>
    public ArrowRecords? NextBatch()
    {
        while (messages.Next() is { } message)
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
