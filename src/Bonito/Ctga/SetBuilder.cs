using System.Security.Cryptography;
using Bonito.Rows;

namespace Bonito.Ctga;

/// <summary>Makes the rows of one set: reads, draws templates, samples, and leaves the rows in order in the folder of the build.</summary>
internal sealed class SetBuilder(CtgaFolder folder, CtgaOptions options, EvaluationTexts? evaluation)
{
    /// <summary>Rows mapped as one piece of work; enough to be worth it, few enough to stay small.</summary>
    const int BatchRows = 256;

    /// <summary>Share of the contexts that is held out for validation, in 1/10,000.</summary>
    const uint HoldOut = 150;

    /// <summary>Builds a set.</summary>
    /// <param name="files">The set and its files.</param>
    /// <param name="templates">The templates that it can use.</param>
    /// <param name="progress">Told how many rows were read.</param>
    /// <param name="cancellation">Stops it; nothing of the set is kept then.</param>
    public CtgaSetSummary Build(SetFiles files, SetTemplates templates, Action<long> progress, CancellationToken cancellation)
    {
        SourceSet set = files.Set;
        var ledger = new SetLedger(set, templates, options.Limit(set.Name));
        ledger.Missing.AddRange(files.Missing);
        using var store = new ExampleStore(folder.StoreOf(set.Name));
        var maker = new ExampleMaker(templates, options, evaluation);
        // Without a template nothing can come of the rows.
        if (templates.All.Count > 0)
        {
            foreach (SourceFile file in files.Files.DistinctBy(f => f.Name)) ledger.Files.Add(Describe(file));
            int threads = options.Threads ?? Environment.ProcessorCount;
            IEnumerable<Func<List<Outcome>>> pieces = Work(files, maker, templates.OverRoles.Count > 0, cancellation);
            foreach ((List<Finding> findings, int rows) in OrderedWork.Run(pieces.Chunk(BatchRows), Do, threads, cancellation))
            {
                foreach (Finding finding in findings) Take(finding, ledger, store);
                progress(ledger.RowsRead += rows);
            }
        }
        WriteRows(set.Name, store, ledger);
        CtgaSetSummary summary = ledger.Summary();
        folder.Finish(set.Name, summary);
        return summary;
    }

    /// <summary>What becomes of every row of a set, one row after the other.</summary>
    public static IEnumerable<List<Outcome>> Outcomes(SetFiles files, ExampleMaker maker, bool withRoles, CancellationToken cancellation) =>
        Work(files, maker, withRoles, cancellation).Select(piece => piece());

    (List<Finding> Findings, int Rows) Do(Func<List<Outcome>>[] pieces)
    {
        var findings = new List<Finding>(pieces.Length);
        foreach (Func<List<Outcome>> piece in pieces)
        {
            foreach (Outcome outcome in piece()) findings.Add(Find(outcome));
        }
        return (findings, pieces.Length);
    }

    /// <summary>An outcome with what is expensive already done: its key, its hold-out and its bytes.</summary>
    Finding Find(in Outcome outcome)
    {
        if (outcome.Example is not { } example) return new Finding(default, outcome);
        UInt128 key = Fingerprint.Of(options.Seed, "order", example.TaskType.ShortName, example.Context, example.TaskInput, example.TaskOutput);
        bool holdOut = Fingerprint.Of(options.Seed, "hold-out", example.Context) % 10_000 < HoldOut;
        return new Finding(StoredExample.Of(example, outcome.Template, key, holdOut), outcome with { Example = null });
    }

    static void Take(in Finding finding, SetLedger ledger, ExampleStore store)
    {
        if (finding.Example.Texts is null) ledger.Drop(finding.Outcome.Reason, finding.Outcome.Template, finding.Outcome.Error);
        else if (ledger.Accept(finding.Example.Key, finding.Example.Template)) store.Add(finding.Example);
    }

    /// <summary>The rows of a set as pieces of work: they are read one after the other, each piece can be done on any thread.</summary>
    static IEnumerable<Func<List<Outcome>>> Work(SetFiles files, ExampleMaker maker, bool withRoles, CancellationToken cancellation) =>
        files.Parts.SelectMany(p =>
        {
            IEnumerable<ReadRow> rows = RowReader.Read(p.Part.Source, p.Files, cancellation);
            if (p.Part.Documents is { } layout)
                return PlainDocuments.Of(layout, rows).Select(document => (Func<List<Outcome>>)(() => maker.FromDocument(document)));
            var mapper = new RowMapper(files.Set, p.Part);
            return Checked(rows, mapper, withRoles).Select(row => (Func<List<Outcome>>)(() => maker.FromRow(mapper, row)));
        });

    static IEnumerable<ReadRow> Checked(IEnumerable<ReadRow> rows, RowMapper mapper, bool withRoles)
    {
        bool first = true;
        foreach (ReadRow row in rows)
        {
            if (first) mapper.Check(row, withRoles);
            first = false;
            yield return row;
        }
    }

    static CtgaFile Describe(SourceFile file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file.Path);
            return new CtgaFile(file.Name, Convert.ToHexStringLower(SHA256.HashData(stream)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{file.Name}: cannot be read: {e.Message}", e);
        }
    }

    void WriteRows(string set, ExampleStore store, SetLedger ledger)
    {
        string path = folder.RowsOf(set);
        using (var file = new FileStream(path + ".part", FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            using var writer = new BinaryWriter(file);
            foreach (StoredExample example in store.Ordered())
            {
                if (ledger.Settle(example)) example.Write(writer);
            }
            writer.Flush();
            file.Flush(flushToDisk: true);
        }
        File.Move(path + ".part", path, overwrite: true);
    }

    readonly record struct Finding(StoredExample Example, Outcome Outcome);
}
