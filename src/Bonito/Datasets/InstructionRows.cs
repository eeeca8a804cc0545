using Bonito.Rows;

namespace Bonito.Datasets;

/// <summary>An example as training reads it.</summary>
/// <param name="Input">What the model reads.</param>
/// <param name="Output">What it should write.</param>
public sealed record InstructionRow(string Input, string Output);

/// <summary>Reads rows with <c>input</c> and <c>output</c>: our own datasets and anyone's in that form.</summary>
public static class InstructionRows
{
    static readonly string[] Columns = ["input", "output"];

    /// <summary>The files of a split: <c>SPLIT.jsonl</c>, or <c>data/SPLIT-*.parquet</c>; none if neither is there.</summary>
    /// <exception cref="BonitoException">The folder cannot be listed.</exception>
    public static IReadOnlyList<SourceFile> Find(string folder, string split)
    {
        foreach (string pattern in (string[])[$"{split}.jsonl", $"data/{split}-*.parquet"])
        {
            IReadOnlyList<SourceFile> files = new RowSource { Files = [pattern] }.Find([folder]).Files;
            if (files.Count > 0) return files;
        }
        return [];
    }

    /// <param name="files">All of one format.</param>
    /// <exception cref="BonitoException">A file cannot be read, or a row has no such texts; the message says where.</exception>
    public static IEnumerable<InstructionRow> Read(IReadOnlyList<SourceFile> files)
    {
        bool parquet = files.Any(f => f.Name.EndsWith(".parquet", StringComparison.Ordinal));
        RowSource source = new() { Files = [], Columns = parquet ? Columns : [] };
        foreach (ReadRow read in RowReader.Read(source, files)) yield return new InstructionRow(Text(read, "input"), Text(read, "output"));
    }

    static string Text(ReadRow read, string column)
    {
        if (read.Row.TryGetValue(column, out object? value) && value is string text) return text;
        Origin origin = read.Origin;
        string where = origin.Line > 0 ? $"{origin.File}:{origin.Line}" : origin.ToString();
        throw new BonitoException($"{where}: no text column '{column}'. The columns there are: {string.Join(", ", read.Row.Keys)}.");
    }
}
