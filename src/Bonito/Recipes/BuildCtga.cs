using Bonito.Ctga;
using Bonito.Ctga.Readers;
using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Recipes;

/// <summary>
/// Builds the generator's training set: supervised datasets and plain texts in, rows of prompt and completion out
/// (Conditional Task Generation with Attributes, arXiv 2402.18334).
/// </summary>
public static class BuildCtga
{
    /// <summary>Rows mapped in one parallel step; enough to keep the processors busy, few enough to stay small.</summary>
    const int BatchRows = 512;

    /// <summary>Share of the contexts that is held out for validation, in 1/10,000.</summary>
    const uint HoldOut = 150;

    /// <summary>
    /// Writes <c>train.jsonl</c>, <c>validation.jsonl</c>, <c>README.md</c> and, last, <c>manifest.json</c>.
    /// The same options and files give the same bytes, whatever the number of threads.
    /// </summary>
    /// <exception cref="BonitoException">Bad options, catalogue, templates or source files, or an output that cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The build was cancelled; the output folder is as it was.</exception>
    public static CtgaSummary Run(
        CtgaOptions options, IProgress<CtgaProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(options);
        Catalogue catalogue = Catalogue.Load(options.CatalogueFile);
        MetaTemplateLibrary templates = MetaTemplateLibrary.Load(options.TemplatesFile);
        List<SourceSet> sets = Select(catalogue, options);
        try
        {
            using var output = new CtgaOutput(options.OutputDirectory);
            List<SetLedger> ledgers = ReadAll(sets, templates, options, output.Spill, progress, cancellationToken);
            CtgaSummary summary = Write(ledgers, options, output, progress, cancellationToken);
            output.Finish(summary, CtgaManifest.Of(summary, options, catalogue, templates));
            return summary;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException(
                $"The training set could not be written to '{options.OutputDirectory}': {e.Message} Free some space or choose another folder, then build again.", e);
        }
    }

    static void Check(CtgaOptions options)
    {
        if (!Directory.Exists(options.SourcesDirectory))
        {
            throw new BonitoException($"The sources folder '{options.SourcesDirectory}' does not exist.");
        }
        if (options.TextDirectory is not null && !Directory.Exists(options.TextDirectory))
        {
            throw new BonitoException($"The text folder '{options.TextDirectory}' does not exist.");
        }
        Positive(options.MaxExamplesPerSet, "examples per set");
        foreach (int limit in options.SetLimits?.Values ?? []) Positive(limit, "examples of a set");
        Positive(options.TemplatesPerRow, "templates per row");
        Positive(options.MaxContextLength, "context length");
        if (options.Threads is { } threads) Positive(threads, "threads");
    }

    static void Positive(int value, string what)
    {
        if (value < 1) throw new BonitoException($"The number of {what} must be at least 1, got {value}.");
    }

    static List<SourceSet> Select(Catalogue catalogue, CtgaOptions options)
    {
        foreach (string name in (options.Sets ?? []).Concat(options.SetLimits?.Keys ?? []))
        {
            if (catalogue.Sets.All(s => s.Name != name))
            {
                throw new BonitoException(
                    $"Unknown source set '{name}'; the catalogue ({catalogue.Source}) has: {string.Join(", ", catalogue.Sets.Select(s => s.Name))}.");
            }
        }
        List<SourceSet> sets = [.. catalogue.Sets.Where(s =>
            (options.Sets is null || options.Sets.Contains(s.Name)) && (s.Commercial || !options.CommercialOnly))];
        if (sets.Count == 0) throw new BonitoException("No source set is left: none of those asked for allows commercial use.");
        return sets;
    }

    static List<SetLedger> ReadAll(
        List<SourceSet> sets, MetaTemplateLibrary templates, CtgaOptions options, ExampleSpill spill,
        IProgress<CtgaProgress>? progress, CancellationToken cancellationToken)
    {
        var maker = new ExampleMaker(templates, options);
        var ledgers = new List<SetLedger>();
        string[] folders = options.TextDirectory is null
            ? [options.SourcesDirectory]
            : [options.SourcesDirectory, options.TextDirectory];
        long rowsRead = 0;
        foreach (SourceSet set in sets)
        {
            var ledger = new SetLedger(set, options.Limit(set.Name));
            foreach (SourcePart part in set.Parts)
            {
                List<(string Name, string Path)> files = SourceFiles.Find(part, folders, ledger.Missing);
                foreach ((string name, string path) in files)
                {
                    if (ledger.Files.All(f => f.Name != name)) ledger.Files.Add(SourceFiles.Describe(name, path));
                }
                IEnumerable<Func<List<Outcome>>> work = SourceWork.Of(set, part, files, maker, options.Seed);
                foreach (Func<List<Outcome>>[] batch in work.Chunk(BatchRows))
                {
                    foreach (SpilledOutcome outcome in Map(batch, options, cancellationToken))
                    {
                        Take(outcome, ledger, ledgers.Count, spill);
                    }
                    ledger.RowsRead += batch.Length;
                    progress?.Report(new CtgaProgress(set.Name, ledgers.Count, sets.Count, rowsRead + ledger.RowsRead, 0));
                }
            }
            rowsRead += ledger.RowsRead;
            ledgers.Add(ledger);
        }
        if (rowsRead == 0)
        {
            throw new BonitoException(
                $"No file of the catalogue was found under {string.Join(" and ", folders.Select(f => $"'{f}'"))}; expected, for example, '{sets[0].Parts[0].Files[0]}'.");
        }
        return ledgers;
    }

    /// <summary>Maps a batch in parallel; the outcomes come in the order of the rows.</summary>
    static IEnumerable<SpilledOutcome> Map(
        Func<List<Outcome>>[] batch, CtgaOptions options, CancellationToken cancellationToken)
    {
        var mapped = new List<SpilledOutcome>[batch.Length];
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount,
        };
        Parallel.For(0, batch.Length, parallel, i =>
            mapped[i] = batch[i]().ConvertAll(outcome => SpilledOutcome.Of(outcome, options.Seed)));
        return mapped.SelectMany(outcomes => outcomes);
    }

    static void Take(in SpilledOutcome outcome, SetLedger ledger, int set, ExampleSpill spill)
    {
        if (outcome.Json is not { } json)
        {
            ledger.Drop(outcome.Reason);
        }
        else if (ledger.Accept(outcome.Key))
        {
            spill.Add(new SpilledExample(outcome.Key, set, outcome.TaskType, outcome.HoldOut, json));
        }
    }

    static CtgaSummary Write(
        List<SetLedger> ledgers, CtgaOptions options, CtgaOutput output,
        IProgress<CtgaProgress>? progress, CancellationToken cancellationToken)
    {
        UInt128? last = null;
        long training = 0, validation = 0, rowsRead = ledgers.Sum(l => l.RowsRead);
        foreach (SpilledExample example in output.Spill.Ordered())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!ledgers[example.Set].Settle(example, duplicate: example.Key == last)) continue;
            last = example.Key;
            output.Write(example);
            if (example.HoldOut) validation++;
            else training++;
            if ((training + validation) % 10_000 == 0)
            {
                progress?.Report(new CtgaProgress(null, ledgers.Count, ledgers.Count, rowsRead, training + validation));
            }
        }
        return new CtgaSummary(options.OutputDirectory, training, validation, [.. ledgers.Select(l => l.Summary())]);
    }

    /// <summary>An outcome with what is expensive already done: its key, its hold-out and its line.</summary>
    readonly record struct SpilledOutcome(byte[]? Json, DropReason Reason, UInt128 Key, int TaskType, bool HoldOut)
    {
        public static SpilledOutcome Of(Outcome outcome, int seed)
        {
            if (outcome.Example is not { } example) return new SpilledOutcome(null, outcome.Reason, 0, 0, false);
            return new SpilledOutcome(
                example.ToJson(), default,
                Fingerprint.Of(seed, "order", example.TaskType.ShortName, example.Context, example.TaskInput, example.TaskOutput),
                TaskTypes.IndexOf(example.TaskType),
                Fingerprint.Of(seed, "hold-out", example.Context) % 10_000 < BuildCtga.HoldOut);
        }

        static readonly List<TaskType> TaskTypes = [.. Tasks.TaskType.All];
    }
}
