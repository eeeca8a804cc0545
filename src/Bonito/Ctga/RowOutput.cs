using System.Text.Encodings.Web;
using System.Text.Json;
using Bonito.Parquet;
using Bonito.Rows;

namespace Bonito.Ctga;

/// <summary>The data files of one split. They get their names once all are whole.</summary>
internal interface IRowOutput : IDisposable
{
    void Write(CtgaRow row);

    /// <summary>Completes the files; the names below the folder and how many rows each has.</summary>
    IReadOnlyList<(string Name, long Rows)> Finish();
}

/// <summary><c>SPLIT.jsonl</c>.</summary>
internal sealed class JsonLinesOutput : IRowOutput
{
    static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly JsonEncodedText[] Names = [.. CtgaRow.Columns.Select(c => JsonEncodedText.Encode(c))];

    readonly PartFile file;
    readonly Utf8JsonWriter json;
    long rows;

    public JsonLinesOutput(string folder, string split)
    {
        file = new PartFile(folder, $"{split}.jsonl");
        json = new Utf8JsonWriter(file.Stream, Plain);
    }

    public void Write(CtgaRow row)
    {
        json.WriteStartObject();
        string[] values = row.Values;
        for (int i = 0; i < values.Length; i++) json.WriteString(Names[i], values[i]);
        json.WriteEndObject();
        json.Flush();
        json.Reset();
        file.Stream.WriteByte((byte)'\n');
        rows++;
    }

    public IReadOnlyList<(string Name, long Rows)> Finish()
    {
        json.Dispose();
        file.Finish();
        return [(file.Name, rows)];
    }

    public void Dispose()
    {
        json.Dispose();
        file.Dispose();
    }
}

/// <summary><c>data/SPLIT-NNNNN.parquet</c>, each of at most <see cref="RowsPerFile"/> rows.</summary>
internal sealed class ParquetOutput(string folder, string split) : IRowOutput
{
    const int RowsPerFile = 200_000;

    static readonly ParquetSchema Schema = ParquetSchema.Of([.. CtgaRow.Columns.Select(name => Column.Text(name, optional: false))]);

    readonly List<(PartFile File, long Rows)> whole = [];
    PartFile? file;
    ParquetWriter? writer;

    public void Write(CtgaRow row)
    {
        if (writer is null)
        {
            Directory.CreateDirectory(Path.Combine(folder, "data"));
            file = new PartFile(folder, $"data/{split}-{whole.Count:00000}.parquet");
            writer = new ParquetWriter(file.Stream, Schema);
        }
        writer.Write(new Row(CtgaRow.Columns, [.. row.Values]));
        if (writer.RowCount == RowsPerFile) EndFile();
    }

    public IReadOnlyList<(string Name, long Rows)> Finish()
    {
        if (writer is not null) EndFile();
        foreach ((PartFile part, _) in whole) part.Finish();
        return [.. whole.Select(w => (w.File.Name, w.Rows))];
    }

    public void Dispose()
    {
        writer?.Dispose();
        file?.Dispose();
        foreach ((PartFile part, _) in whole) part.Dispose();
    }

    void EndFile()
    {
        writer!.Finish();
        whole.Add((file!, writer.RowCount));
        writer.Dispose();
        file!.Stream.Flush();
        (writer, file) = (null, null);
    }
}

/// <summary>A file that is written under a temporary name.</summary>
internal sealed class PartFile : IDisposable
{
    readonly string path;

    public PartFile(string folder, string name)
    {
        Name = name;
        path = Path.Combine(folder, name);
        Stream = new FileStream(path + ".part", FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 20);
    }

    /// <summary>Name below the folder.</summary>
    public string Name { get; }

    public FileStream Stream { get; }

    public void Finish()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(path + ".part", path, overwrite: true);
    }

    /// <summary>Deletes what was not finished.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        File.Delete(path + ".part");
    }
}
