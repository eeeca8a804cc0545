namespace Bonito.Rows.Arrow;

/// <summary>
/// Rows of Arrow IPC, in its streaming format (what <c>save_to_disk</c> of Hugging Face writes) and its file format; one
/// record batch is held at a time.
/// </summary>
static class ArrowRows
{
    /// <param name="stream">The file.</param>
    /// <param name="columns">The columns wanted, in this order; all when empty.</param>
    /// <exception cref="BonitoException">Broken, of a type that is not read, or a column is not there.</exception>
    public static IEnumerable<ReadRow> Read(SourceStream stream, IReadOnlyList<string> columns)
    {
        var file = new ArrowFile(stream.Content);
        Reading(stream.Name, 0, () => file.ReadSchema());
        int[] wanted = Wanted(stream.Name, file.Fields, columns);
        string[] names = [.. wanted.Select(i => file.Fields[i].Name)];
        long number = 0;
        while (Reading(stream.Name, number, file.NextBatch) is { } batch)
        {
            for (int i = 0; i < batch.Length; i++)
            {
                Row row = RowAt(stream.Name, batch, i, wanted, names);
                yield return new ReadRow(row, new Origin(stream.Name, 0, ++number));
            }
        }
    }

    /// <summary>What a program keeps in the schema under a name of its own; null when there is none.</summary>
    /// <exception cref="BonitoException">Not Arrow, or broken.</exception>
    public static string? Metadata(SourceStream stream, string key)
    {
        var file = new ArrowFile(stream.Content);
        return Reading(stream.Name, 0, () => file.ReadSchema(key));
    }

    static Row RowAt(string name, ArrowRecords batch, int i, int[] wanted, string[] names)
    {
        batch.Budget.Renew();
        object?[] values = new object?[wanted.Length];
        try
        {
            for (int c = 0; c < wanted.Length; c++) values[c] = batch.Columns[wanted[c]][i];
        }
        catch (ArrowFormatException e)
        {
            throw Broken(name, batch.RowsBefore + i, e);
        }
        return new Row(names, values);
    }

    static int[] Wanted(string name, ArrowField[] fields, IReadOnlyList<string> columns)
    {
        string[] all = [.. fields.Select(f => f.Name)];
        if (all.Distinct().Count() < all.Length) throw new BonitoException($"{name}: two columns have the same name; give them different ones.");
        if (columns.Count == 0) return [.. Enumerable.Range(0, all.Length)];
        return [.. columns.Select(column => Array.IndexOf(all, column) is >= 0 and int i
            ? i
            : throw new BonitoException($"{name}: no column '{column}'; columns there: {string.Join(", ", all)}."))];
    }

    static T Reading<T>(string name, long rows, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ArrowFormatException e)
        {
            throw Broken(name, rows, e);
        }
    }

    static BonitoException Broken(string name, long rows, ArrowFormatException e) =>
        new($"{name}: not readable as Arrow after {rows} rows: {e.Message}.", e);
}

/// <summary>The columns of a record batch.</summary>
/// <param name="RowsBefore">Rows of the batches before it.</param>
/// <param name="Length">Its own rows.</param>
/// <param name="Columns">A column for each field of the schema.</param>
/// <param name="Budget">What a row may take, to be renewed for each.</param>
sealed record ArrowRecords(long RowsBefore, int Length, ArrowArray[] Columns, ArrowBudget Budget);
