using Bonito.Ctga;
using Bonito.Datasets;
using Bonito.Rows;
using Bonito.Templates;

namespace Bonito.Recipes;

/// <summary>What a set makes of a template, tried on its first rows.</summary>
/// <param name="Name">The template.</param>
/// <param name="TaskType">Short name of its task type.</param>
/// <param name="Reads">The columns or roles that a row must have.</param>
/// <param name="Example">The first row that it made; null if it made none.</param>
/// <param name="Dropped">Rows that it made nothing of, per reason.</param>
/// <param name="FirstError">What went wrong first; null if nothing did.</param>
public sealed record TemplateTrial(
    string Name, string TaskType, IReadOnlyList<string> Reads, CtgaRow? Example, IReadOnlyDictionary<DropReason, long> Dropped, string? FirstError);

/// <summary>A set and what it makes of the templates, without building.</summary>
/// <param name="Name">The set.</param>
/// <param name="Licence">As its publisher states it.</param>
/// <param name="Files">Files that are there.</param>
/// <param name="Missing">Patterns that match no file.</param>
/// <param name="RowsTried">Rows that the templates were tried on.</param>
/// <param name="Templates">Templates that the set can use.</param>
/// <param name="Refused">Templates written for the set that it cannot use.</param>
/// <param name="Dropped">Rows for which no template was tried, per reason.</param>
/// <param name="FirstError">What went wrong with them first; null if nothing did.</param>
public sealed record SetTrial(
    string Name, string Licence, IReadOnlyList<string> Files, IReadOnlyList<string> Missing, int RowsTried, IReadOnlyList<TemplateTrial> Templates,
    IReadOnlyList<RefusedTemplate> Refused, IReadOnlyDictionary<DropReason, long> Dropped, string? FirstError);

/// <summary>Looks into a training set that was built, or at what would be built.</summary>
public static class InspectCtga
{
    /// <summary>What the manifest of a build says.</summary>
    /// <exception cref="BonitoException">There is no finished build in the folder.</exception>
    public static CtgaSummary Summary(string folder) => Manifest(folder).Summary(folder);

    /// <summary>The rows of a build, in their order.</summary>
    /// <exception cref="BonitoException">There is no finished build in the folder, or its files are broken.</exception>
    public static IEnumerable<CtgaRow> Rows(string folder)
    {
        var source = new RowSource { Files = [.. Manifest(folder).Files.Keys] };
        FoundFiles files = source.Find([folder]);
        if (files.Missing.Count > 0) throw new BonitoException($"{folder}: {string.Join(" and ", files.Missing)} should be there, as {CtgaFolder.ManifestFile} says. Build it again in another folder.");
        return RowReader.Read(source, files.Files).Select(CtgaRow.Of);
    }

    /// <summary>Tries all templates that the chosen sets can use on the first rows of the files that are there.</summary>
    /// <param name="options">As for a build, of which nothing is written.</param>
    /// <param name="rows">How many rows of each set.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BonitoException">Bad options, catalogue, templates or source files.</exception>
    public static IEnumerable<SetTrial> Try(CtgaOptions options, int rows, CancellationToken cancellationToken = default)
    {
        BuildCtga.RequireFolders(options);
        Catalogue catalogue = Catalogue.Load(options.CatalogueFile);
        TemplateLibrary library = TemplateLibrary.Load(options.Templates ?? []);
        IReadOnlyList<MetaTemplate> overRoles = SetTemplates.ReadOverRoles(library);
        foreach (SourceSet set in BuildCtga.Select(catalogue, options))
        {
            cancellationToken.ThrowIfCancellationRequested();
            SetFiles files = SetFiles.Find(set, options.Folders);
            yield return Try(files, SetTemplates.Of(set, library, overRoles), options with { TemplatesPerRow = int.MaxValue, PerTaskType = false }, rows, cancellationToken);
        }
    }

    static SetTrial Try(SetFiles files, SetTemplates templates, CtgaOptions options, int rows, CancellationToken cancellation)
    {
        var maker = new ExampleMaker(templates, options, evaluation: null);
        var trials = templates.All.Select(t => new Trial()).ToArray();
        var without = new Trial();
        int tried = 0;
        if (templates.All.Count > 0)
        {
            foreach (List<Outcome> outcomes in SetBuilder.Outcomes(files, maker, templates.OverRoles.Count > 0, cancellation).Take(rows))
            {
                tried++;
                foreach (Outcome outcome in outcomes) (outcome.Template < 0 ? without : trials[outcome.Template]).Add(outcome);
            }
        }
        return new SetTrial(
            files.Set.Name, files.Set.Licence, [.. files.Files.Select(f => f.Name)], files.Missing, tried,
            [.. templates.All.Select((t, i) => new TemplateTrial(
                t.Template.Name, t.TaskType.ShortName, t.Reads, trials[i].Example is { } e ? CtgaRow.Of(e, files.Set.Name, t.Template.Name) : null, trials[i].Dropped, trials[i].Error))],
            templates.Refused, without.Dropped, without.Error);
    }

    static CtgaManifest Manifest(string folder)
    {
        if (BegunFolder.RecipeOf(folder) is { } recipe) throw new BonitoException($"{folder} is a run of 'bonito {recipe}', not of 'bonito ctga build'. Name the folder of a training set.");
        return CtgaFolder.ReadManifest(folder)
            ?? throw new BonitoException($"{folder}: no finished training set is here ({CtgaFolder.ManifestFile} is missing). Build one with 'bonito ctga build'; the same command finishes one that was stopped.");
    }

    sealed class Trial
    {
        public CtgaExample? Example { get; private set; }

        public SortedDictionary<DropReason, long> Dropped { get; } = [];

        public string? Error { get; private set; }

        public void Add(in Outcome outcome)
        {
            Example ??= outcome.Example;
            if (outcome.Example is null) Dropped[outcome.Reason] = Dropped.GetValueOrDefault(outcome.Reason) + 1;
            Error ??= outcome.Error;
        }
    }
}
