using Bonito.Parquet.Encodings;
using Bonito.Parquet.Metadata;

namespace Bonito.Parquet.Reading;

/// <summary>
/// Stands on one entry of a leaf column after the other: its levels, and its value where it has one. It goes through one
/// column chunk after the other, in each from page to page.
/// </summary>
sealed class LeafCursor(Source source, SchemaNode leaf, long dataEnd)
{
    const int BatchSize = 1024;

    readonly ValueConverter convert = ValueConverters.Of(leaf);
    readonly bool hasRepetitions = leaf.MaximalRepetition > 0, hasDefinitions = leaf.MaximalDefinition > 0;
    readonly PageReader pages = new(source, leaf);

    int group;
    object?[]? dictionary;
    LevelReader? repetitionReader, definitionReader;
    // What was read of the batch, in arrays no larger than it: a file can have thousands of columns of a few rows.
    int[] repetitions = [], definitions = [], places = [];
    // Either places in the dictionary or values of its own, for each page.
    LevelReader? placeReader;
    ValueReader? values;
    // Entries of pages not yet begun, of the page beyond the batch, and the batch with the place in it.
    long chunkLeft;
    int pageLeft, batch, at, place;

    public SchemaNode Leaf => leaf;

    /// <summary>There is no entry any more in the chunk.</summary>
    public bool Ended { get; private set; }

    /// <summary>0 where a row begins (or the chunk has ended); otherwise in which list the entry continues.</summary>
    public int Repetition { get; private set; }

    /// <summary>How much of the path down to the value is there.</summary>
    public int Definition { get; private set; }

    /// <summary>Begins a chunk and passes over <paramref name="skip"/> of its rows: stands on the first entry after them.</summary>
    public void Open(ColumnChunk chunk, int rowGroup, long skip)
    {
        group = rowGroup;
        try
        {
            if (chunk.IsEncrypted) throw new MalformedException("the column is encrypted, and encrypted files are not read");
            if (chunk.FilePath is string other) throw new MalformedException($"the column's values are in another file, {other}");
            long start = chunk.DictionaryPageOffset is long first and > 0 && first < chunk.DataPageOffset ? first : chunk.DataPageOffset;
            if (start < 4 || start > dataEnd) throw new MalformedException($"the column begins at {start}, outside the file's data");
            pages.Open(chunk.Compression, start, dataEnd);
            dictionary = null;
            (chunkLeft, pageLeft, batch, at) = (chunk.ValueCount, 0, 0, 0);
            Refill(ref skip);
            for (; skip > 0 && !Ended; skip--) SkipRow();
        }
        catch (MalformedException broken)
        {
            throw Located(broken);
        }
    }

    /// <summary>The entry's value; it has one where <see cref="Definition"/> is the leaf's maximum. To be taken once.</summary>
    public object? Value()
    {
        try
        {
            if (placeReader is null) return convert(values!.Next());
            int index = places[place++];
            return (uint)index < (uint)dictionary!.Length
                ? dictionary[index]
                : throw new MalformedException($"a value is entry {index} of a dictionary of {dictionary.Length}");
        }
        catch (MalformedException broken)
        {
            throw Located(broken);
        }
    }

    /// <summary>Goes to the next entry.</summary>
    public void Advance()
    {
        if (++at < batch)
        {
            Stand();
            return;
        }
        try
        {
            long skip = 0;
            Refill(ref skip);
        }
        catch (MalformedException broken)
        {
            throw Located(broken);
        }
    }

    public BonitoException Located(MalformedException broken) =>
        new($"{source.Name}: row group {group}, {leaf.Where}, page at {pages.Offset}: {broken.Message}.");

    void Stand()
    {
        if (hasRepetitions) Repetition = repetitions[at];
        if (hasDefinitions) Definition = definitions[at];
    }

    void SkipRow()
    {
        do
        {
            if (Definition == leaf.MaximalDefinition)
            {
                if (placeReader is null) values!.Next();
                else place++;
            }
            Advance();
        }
        while (Repetition > 0);
    }

    // The next batch of the page, or the first of the next page. Of a column without lists, where entries are rows, pages
    // that are skipped as a whole are not even decompressed.
    void Refill(ref long skip)
    {
        while (pageLeft == 0)
        {
            if (chunkLeft == 0)
            {
                (Ended, Repetition, Definition) = (true, 0, 0);
                return;
            }
            NextPage(ref skip);
        }
        (Ended, at, place) = (false, 0, 0);
        batch = Math.Min(BatchSize, pageLeft);
        pageLeft -= batch;
        Levels(repetitionReader, ref repetitions, leaf.MaximalRepetition);
        Levels(definitionReader, ref definitions, leaf.MaximalDefinition);
        Definition = leaf.MaximalDefinition;
        Stand();
        if (placeReader is null) return;
        int valueCount = hasDefinitions ? definitions.AsSpan(0, batch).Count(leaf.MaximalDefinition) : batch;
        placeReader.Read(Room(ref places, valueCount));
    }

    static Span<int> Room(ref int[] numbers, int count)
    {
        if (numbers.Length < count) numbers = new int[count];
        return numbers.AsSpan(0, count);
    }

    void Levels(LevelReader? reader, ref int[] levels, int maximum)
    {
        if (reader is null) return;
        Span<int> read = Room(ref levels, batch);
        reader.Read(read);
        if (read.ContainsAnyExceptInRange(0, maximum)) throw new MalformedException($"a level is above {maximum}, the highest that can be");
    }

    void NextPage(ref long skip)
    {
        pages.Next();
        PageHeader header = pages.Header;
        if (header.Type == PageType.Dictionary)
        {
            dictionary = ReadDictionary(header);
            return;
        }
        if (header.ValueCount > chunkLeft)
            throw new MalformedException($"the page counts {header.ValueCount} values where the chunk has {chunkLeft} left");
        chunkLeft -= header.ValueCount;
        if (leaf.MaximalRepetition == 0 && header.ValueCount <= skip)
        {
            skip -= header.ValueCount;
            return;
        }
        pageLeft = header.ValueCount;
        (repetitionReader, definitionReader, ByteWindow bytes) = pages.Data();
        if (header.Encoding is not (PageEncoding.PlainDictionary or PageEncoding.RleDictionary))
        {
            (values, placeReader) = (ValueReaders.Of(header.Encoding, leaf, bytes), null);
            return;
        }
        if (dictionary is null) throw new MalformedException("values are places in a dictionary, but no dictionary comes before them");
        // A page of nulls alone need not even say how wide places are.
        placeReader = new RunReader(bytes, bytes.Left == 0 ? 0 : bytes.Byte());
    }

    object?[] ReadDictionary(PageHeader header)
    {
        if (header.Encoding is not (PageEncoding.Plain or PageEncoding.PlainDictionary))
            throw new MalformedException($"the encoding {header.Encoding} of a dictionary is not one that is read");
        ByteWindow bytes = pages.Dictionary();
        // The least that an entry takes, in bits.
        long least = leaf.Type switch
        {
            PhysicalType.Boolean => 1,
            PhysicalType.ByteArray => 32,
            _ => 8L * ValueReaders.Width(leaf),
        };
        if (header.ValueCount * least > bytes.Left * 8L)
            throw new MalformedException($"{bytes.Left} bytes cannot hold a dictionary of {header.ValueCount} values");
        ValueReader entries = ValueReaders.Plain(leaf, bytes);
        var read = new object?[header.ValueCount];
        for (int i = 0; i < read.Length; i++) read[i] = convert(entries.Next());
        return read;
    }
}
