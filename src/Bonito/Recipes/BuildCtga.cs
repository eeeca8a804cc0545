using System.Text.Json.Nodes;
using Bonito.Ctga;
using Bonito.Templates;

namespace Bonito.Recipes;

/// <summary>
/// Builds the generator's training set: supervised datasets and plain texts in, rows of prompt and completion out
/// (Conditional Task Generation with Attributes, arXiv 2402.18334).
/// </summary>
public static class BuildCtga
{
    /// <summary>
    /// Writes the data files, <c>README.md</c> and, last, <c>manifest.json</c>; or goes on with the same build, of which finished sets
    /// are kept. The same options and files give the same bytes, whatever the number of threads and of starts.
    /// </summary>
    /// <exception cref="BonitoException">Bad options, catalogue, templates or source files, another build in the folder, or an output that cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The build was cancelled; the same options continue it.</exception>
    public static CtgaSummary Run(
        CtgaOptions options, IProgress<CtgaProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(options);
        Catalogue catalogue = Catalogue.Load(options.CatalogueFile);
        TemplateLibrary library = TemplateLibrary.Load(options.Templates ?? []);
        IReadOnlyList<MetaTemplate> overRoles = SetTemplates.ReadOverRoles(library);
        List<SetFiles> sets = [.. Select(catalogue, options).Select(set => SetFiles.Find(set, options.Folders))];
        if (sets.All(s => s.Parts.Count == 0))
        {
            string example = sets.SelectMany(s => s.Missing).First();
            throw new BonitoException($"No file of the catalogue was found under {string.Join(" and ", options.Folders.Select(f => $"'{f}'"))}; expected, for example, '{example}'.");
        }
        JsonObject configuration = CtgaConfiguration.Of(options, catalogue, library, sets);
        if (CtgaFolder.Check(options.OutputDirectory, configuration) is { } finished) return finished.Summary(options.OutputDirectory);
        List<(SetFiles Files, SetTemplates Templates)> work = [.. sets.Select(files => (files, SetTemplates.Of(files.Set, library, overRoles)))];
        RequireTemplates(work, library);
        try
        {
            using CtgaFolder folder = CtgaFolder.Open(options.OutputDirectory, configuration);
            EvaluationTexts? evaluation = options.ExcludeOverlapDirectory is { } compared ? EvaluationTexts.Read(compared, cancellationToken) : null;
            var builder = new SetBuilder(folder, options, evaluation);
            var summaries = new List<CtgaSetSummary>();
            foreach ((SetFiles files, SetTemplates templates) in work)
            {
                long before = summaries.Sum(s => s.RowsRead);
                summaries.Add(folder.Finished(files.Set.Name) ?? builder.Build(
                    files, templates,
                    rows => progress?.Report(new CtgaProgress(files.Set.Name, summaries.Count, sets.Count, before + rows, 0)), cancellationToken));
            }
            CtgaManifest manifest = Merge(folder, summaries, options, configuration, evaluation, progress, cancellationToken);
            folder.Finish(manifest);
            return manifest.Summary(options.OutputDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException(
                $"The training set could not be written to '{options.OutputDirectory}': {e.Message.TrimEnd('.')}. Free some space or choose another folder, then build again.", e);
        }
    }

    static void Check(CtgaOptions options)
    {
        RequireFolders(options);
        Positive(options.MaxExamplesPerSet, "The number of examples per set");
        foreach (int limit in options.SetLimits?.Values ?? []) Positive(limit, "The number of examples of a set");
        Positive(options.TemplatesPerRow, "The number of templates per row");
        Positive(options.MaxContextLength, "The length of the longest context");
        if (options.Threads is { } threads) Positive(threads, "The number of threads");
    }

    static void Positive(int value, string what)
    {
        if (value < 1) throw new BonitoException($"{what} must be at least 1, got {value}.");
    }

    /// <exception cref="BonitoException">A folder that files are looked for in does not exist.</exception>
    internal static void RequireFolders(CtgaOptions options)
    {
        if (!Directory.Exists(options.SourcesDirectory)) throw new BonitoException($"The sources folder '{options.SourcesDirectory}' does not exist.");
        if (options.TextDirectory is { } text && !Directory.Exists(text)) throw new BonitoException($"The text folder '{text}' does not exist.");
    }

    /// <exception cref="BonitoException">No row can come of it: no set has both files and a template.</exception>
    static void RequireTemplates(List<(SetFiles Files, SetTemplates Templates)> sets, TemplateLibrary library)
    {
        if (sets.Any(s => s.Files.Parts.Count > 0 && s.Templates.All.Count > 0)) return;
        string there = string.Join(", ", sets.Where(s => s.Files.Parts.Count > 0).Select(s => s.Files.Set.Name));
        string refused = sets.SelectMany(s => s.Templates.Refused).FirstOrDefault() is { } one ? $" '{one.Name}' cannot be used: {one.Reason}." : "";
        throw new BonitoException($"No template of {string.Join(" and ", library.Sources)} fits a set whose files are there ({there}).{refused} Name other templates or other sets; 'bonito ctga inspect --sources' shows what a set makes of templates.");
    }

    internal static List<SourceSet> Select(Catalogue catalogue, CtgaOptions options)
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
        if (sets.Count == 0) throw new BonitoException(options.Sets is { Count: 0 } ? "No source set is named." : "No source set is left: none of those asked for allows commercial use.");
        return sets;
    }

    /// <summary>Writes the rows of all sets, in the order of their keys, which is a shuffle. Equal rows of two sets stay in the first.</summary>
    static CtgaManifest Merge(
        CtgaFolder folder, List<CtgaSetSummary> sets, CtgaOptions options, JsonObject configuration, EvaluationTexts? evaluation,
        IProgress<CtgaProgress>? progress, CancellationToken cancellationToken)
    {
        using IRowOutput training = Output("train"), validation = Output("validation");
        long[][] duplicates = [.. sets.Select(s => new long[s.Templates.Count])];
        long rowsRead = sets.Sum(s => s.RowsRead), written = 0, heldOut = 0;
        UInt128? last = null;
        foreach ((int set, StoredExample example) in InOrder([.. sets.Select(s => folder.RowsOf(s.Name))]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (example.Key == last)
            {
                duplicates[set][example.Template]++;
                continue;
            }
            last = example.Key;
            (example.HoldOut ? validation : training).Write(CtgaRow.Of(example, sets[set]));
            if (example.HoldOut) heldOut++;
            if (++written % 10_000 == 0) progress?.Report(new CtgaProgress(null, sets.Count, sets.Count, rowsRead, written));
        }
        Dictionary<string, long> files = [];
        foreach ((string name, long rows) in training.Finish().Concat(validation.Finish())) files.Add(name, rows);
        CtgaSetSummary[] settled = [.. sets.Select((s, i) => SetLedger.WithDuplicates(s, duplicates[i]))];
        CtgaOverlap? overlap = evaluation is null ? null : new CtgaOverlap(evaluation.Files, evaluation.PassedOver, evaluation.Count);
        return CtgaManifest.Of(new CtgaSummary(options.OutputDirectory, written - heldOut, heldOut, settled, overlap), configuration, files);

        IRowOutput Output(string split) => options.Format == CtgaFormat.Parquet
            ? new ParquetOutput(options.OutputDirectory, split)
            : new JsonLinesOutput(options.OutputDirectory, split);
    }

    /// <summary>The examples of files that are in order, in order; of equal ones, that of the first file first.</summary>
    static IEnumerable<(int Set, StoredExample Example)> InOrder(string[] paths)
    {
        IEnumerator<StoredExample>[] files = [.. paths.Select(p => StoredExample.ReadAll(p).GetEnumerator())];
        try
        {
            var next = new PriorityQueue<int, (UInt128 Key, int Set)>();
            for (int i = 0; i < files.Length; i++)
            {
                if (files[i].MoveNext()) next.Enqueue(i, (files[i].Current.Key, i));
            }
            while (next.TryDequeue(out int set, out _))
            {
                yield return (set, files[set].Current);
                if (files[set].MoveNext()) next.Enqueue(set, (files[set].Current.Key, set));
            }
        }
        finally
        {
            foreach (IEnumerator<StoredExample> file in files) file.Dispose();
        }
    }
}
