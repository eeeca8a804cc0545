using System.Text.Json;
using System.Text.Json.Nodes;
using Bonito.Datasets;

namespace Bonito.Ctga;

/// <summary>
/// The folder of a build. <c>config.json</c> comes first and says what the build is; every set that is finished leaves its rows in
/// <c>work</c>, under their name only once they are whole; the data files are made of those, the manifest comes last, and then
/// <c>work</c> goes. Whoever runs the same command again continues; another configuration is refused.
/// </summary>
internal sealed class CtgaFolder : IDisposable
{
    public const string ConfigurationFile = BegunFolder.ConfigurationFile;
    public const string ManifestFile = BegunFolder.ManifestFile;
    public const string CardFile = "README.md";
    const string WorkFolder = "work";

    static readonly string LockFile = Path.Combine(WorkFolder, "lock");

    readonly string path;
    readonly FileStream alone;
    // The sets of the build once it is finished.
    string[]? finished;

    CtgaFolder(string path, FileStream alone) => (this.path, this.alone) = (path, alone);

    /// <summary>The manifest of the finished build in this folder; null if it is not finished.</summary>
    /// <exception cref="BonitoException">The folder has another build, or something else, in it.</exception>
    public static CtgaManifest? Check(string path, JsonObject configuration) => BegunFolder.IsBegun(path, configuration, LockFile) ? ReadManifest(path) : null;

    /// <summary>The manifest in a folder; null where there is none.</summary>
    public static CtgaManifest? ReadManifest(string path) => BegunFolder.ReadManifest(path, CtgaJson.Default.CtgaManifest);

    /// <summary>Takes the folder for this process and writes the configuration if the build is new.</summary>
    /// <exception cref="BonitoException">As for <see cref="Check"/>; or the folder is in use, or cannot be written.</exception>
    public static CtgaFolder Open(string path, JsonObject configuration)
    {
        Check(path, configuration);
        FileStream alone = BegunFolder.Lock(path, LockFile, doing: "building");
        try
        {
            // Once more, now that no other process can begin a build here.
            Check(path, configuration);
            BegunFolder.Begin(path, configuration);
            return new CtgaFolder(path, alone);
        }
        catch
        {
            alone.Dispose();
            throw;
        }
    }

    /// <summary>Where the rows of a set wait.</summary>
    public string RowsOf(string set) => Path.Combine(path, WorkFolder, $"{set}.rows");

    /// <summary>Where rows of a set are put in order.</summary>
    public string StoreOf(string set) => Path.Combine(path, WorkFolder, $"{set}.store");

    /// <summary>What became of a set that an earlier start finished; null if none did.</summary>
    public CtgaSetSummary? Finished(string set)
    {
        string file = SummaryOf(set);
        return File.Exists(file) ? BegunFolder.Read(file, () => JsonSerializer.Deserialize(File.ReadAllText(file), CtgaJson.Default.CtgaSetSummary)) : null;
    }

    /// <summary>Says that the rows of a set are there.</summary>
    public void Finish(string set, CtgaSetSummary summary) =>
        BegunFolder.WriteText(SummaryOf(set), JsonSerializer.Serialize(summary, CtgaJson.Default.CtgaSetSummary) + "\n");

    /// <summary>Completes the build, whose data files are there.</summary>
    public void Finish(CtgaManifest manifest)
    {
        BegunFolder.WriteText(Path.Combine(path, CardFile), CtgaCard.Of(manifest));
        BegunFolder.WriteText(Path.Combine(path, ManifestFile), JsonSerializer.Serialize(manifest, CtgaJson.Default.CtgaManifest) + "\n");
        finished = [.. manifest.Sets.Select(s => s.Name)];
    }

    /// <summary>Gives the folder back; of a finished build, what it no longer needs goes, and nothing of anyone else.</summary>
    public void Dispose()
    {
        alone.Dispose();
        if (finished is null) return;
        string work = Path.Combine(path, WorkFolder);
        foreach (string set in finished)
        {
            // Halves of files are of starts that were killed.
            foreach (string file in (string[])[RowsOf(set), $"{RowsOf(set)}.part", SummaryOf(set), .. Directory.GetFiles(work, $"{set}.json.*.tmp")]) File.Delete(file);
            if (Directory.Exists(StoreOf(set))) Directory.Delete(StoreOf(set), recursive: true);
        }
        File.Delete(Path.Combine(path, LockFile));
        if (!Directory.EnumerateFileSystemEntries(work).Any()) Directory.Delete(work);
    }

    string SummaryOf(string set) => Path.Combine(path, WorkFolder, $"{set}.json");
}
