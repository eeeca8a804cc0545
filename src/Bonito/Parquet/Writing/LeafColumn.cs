using System.Runtime.InteropServices;
using Bonito.Parquet.Encodings;
using Bonito.Parquet.Metadata;

namespace Bonito.Parquet.Writing;

/// <summary>Collects the entries of a leaf column for one column chunk after the other, and makes pages of them.</summary>
sealed class LeafColumn(SchemaNode leaf, ParquetWriterOptions options)
{
    const int MostEntriesInPage = 1 << 17;

    readonly ColumnValues values = ColumnValues.Of(leaf);
    readonly List<int> repetitions = [];
    readonly List<int> definitions = [];
    readonly ByteBuffer body = new();
    readonly ByteBuffer runs = new();
    readonly PageWriter pages = new(options.Compression);
    long entryCount, nullCount, endedBytes;
    int pageEntryCount;
    bool hasPlaces;

    public SchemaNode Leaf => leaf;

    /// <summary>Bytes of the chunk so far, as they would be plain and uncompressed.</summary>
    public long Bytes => endedBytes + PageBytes;

    // Levels take about two bits each.
    long PageBytes => values.PlainBytes + pageEntryCount / 4;

    /// <summary>An entry without a value.</summary>
    public void AddNull(int repetition, int definition)
    {
        AddLevels(repetition, definition);
        nullCount++;
    }

    /// <summary>An entry with a value.</summary>
    /// <returns>False if the value is not of the column's type.</returns>
    public bool Add(int repetition, object value)
    {
        AddLevels(repetition, leaf.MaximalDefinition);
        return values.Add(value);
    }

    /// <summary>Ends the page if it is full: pages hold whole rows.</summary>
    public void EndRow()
    {
        if (PageBytes >= options.PageBytes || pageEntryCount >= MostEntriesInPage) EndPage();
    }

    /// <summary>Ends the chunk: writes its pages, the dictionary first.</summary>
    /// <param name="position">Where in the file they begin.</param>
    /// <returns>What the footer says of them.</returns>
    public ColumnChunk EndChunk(Stream stream, long position)
    {
        if (pageEntryCount > 0) EndPage();
        var dictionary = new PageWriter(options.Compression);
        if (hasPlaces) dictionary.Put(values.Dictionary, PageType.Dictionary, values.DictionaryCount, PageEncoding.Plain);
        long uncompressed = dictionary.UncompressedBytes + pages.UncompressedBytes;
        long dictionaryBytes = dictionary.MoveTo(stream);
        long dataBytes = pages.MoveTo(stream);
        var chunk = new ColumnChunk
        {
            Path = leaf.Path,
            Type = leaf.Type!.Value,
            Compression = options.Compression,
            ValueCount = entryCount,
            CompressedBytes = dictionaryBytes + dataBytes,
            UncompressedBytes = uncompressed,
            Statistics = values.Bounds with { NullCount = nullCount },
            DictionaryPageOffset = hasPlaces ? position : null,
            DataPageOffset = position + dictionaryBytes,
            Encodings = [.. Encodings()],
        };
        values.Reset();
        (entryCount, nullCount, endedBytes, hasPlaces) = (0, 0, 0, false);
        return chunk;
    }

    IEnumerable<PageEncoding> Encodings()
    {
        // Dictionaries are plain as well.
        yield return PageEncoding.Plain;
        yield return PageEncoding.Rle;
        if (hasPlaces) yield return PageEncoding.RleDictionary;
    }

    void AddLevels(int repetition, int definition)
    {
        if (leaf.MaximalRepetition > 0) repetitions.Add(repetition);
        if (leaf.MaximalDefinition > 0) definitions.Add(definition);
        pageEntryCount++;
    }

    void EndPage()
    {
        endedBytes += PageBytes;
        body.Clear();
        PutLevels(repetitions, leaf.MaximalRepetition);
        PutLevels(definitions, leaf.MaximalDefinition);
        bool arePlaces = values.EndPage(body);
        pages.Put(body.Written, PageType.Data, pageEntryCount, arePlaces ? PageEncoding.RleDictionary : PageEncoding.Plain);
        hasPlaces |= arePlaces;
        entryCount += pageEntryCount;
        pageEntryCount = 0;
    }

    void PutLevels(List<int> levels, int maximum)
    {
        if (maximum == 0) return;
        runs.Clear();
        RunWriter.Write(CollectionsMarshal.AsSpan(levels), BitPacking.Width(maximum), runs);
        body.Int32(runs.Length);
        body.Append(runs.Written);
        levels.Clear();
    }
}
