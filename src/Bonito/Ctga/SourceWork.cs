using Bonito.Ctga.Readers;

namespace Bonito.Ctga;

/// <summary>
/// The rows of a part as pieces of work: reading is sequential, each piece can run
/// on any thread.
/// </summary>
internal static class SourceWork
{
    public static IEnumerable<Func<List<Outcome>>> Of(
        SourceSet set, SourcePart part, IEnumerable<(string Name, string Path)> files, ExampleMaker maker, int seed)
    {
        foreach ((string name, string path) in files)
        {
            foreach (SourceStream stream in SourceFiles.Open(name, path, part))
            {
                foreach (Func<List<Outcome>> piece in part.IsText
                    ? Documents(set, part, stream, maker, seed)
                    : Rows(set, part, stream, maker)) yield return piece;
            }
        }
    }

    static IEnumerable<Func<List<Outcome>>> Documents(
        SourceSet set, SourcePart part, SourceStream stream, ExampleMaker maker, int seed) =>
        DocumentReader.Read(stream, part).Select(document => (Func<List<Outcome>>)(() => maker.FromDocument(set, document, seed)));

    static IEnumerable<Func<List<Outcome>>> Rows(SourceSet set, SourcePart part, SourceStream stream, ExampleMaker maker)
    {
        bool first = true;
        foreach (SourceRow row in RowReader.Read(stream, part))
        {
            if (first) CheckColumns(set, part, row);
            first = false;
            yield return () => maker.FromRow(set, part, row);
        }
        // A member of an archive may be empty (a passage without questions); a whole file without rows is a mistake.
        if (first && stream.Member.Length == 0) throw new BonitoException($"{stream.Name}: set '{set.Name}': the file has no rows.");
    }

    /// <summary>A column that the first row lacks is a wrong mapping or a wrong file, not a row to drop.</summary>
    static void CheckColumns(SourceSet set, SourcePart part, SourceRow row)
    {
        foreach ((string role, RoleExpression expression) in part.Roles.Concat(part.Tasks.SelectMany(t => t.Roles)))
        {
            foreach (string column in expression.Columns)
            {
                if (row.Find(column) is null)
                {
                    throw new BonitoException(
                        $"{row.Where}: set '{set.Name}', role '{role}': no column '{column}'; columns there: {string.Join(", ", row.Columns())}.");
                }
            }
        }
    }
}
