using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bonito.Datasets;

/// <summary>
/// A run on disk. <c>config.json</c> comes first and says what the run is; <c>ledger.jsonl</c> grows task by task; when all are
/// done, the data files and the card are made from the ledger, and <c>manifest.json</c> comes last. Whoever runs the same command
/// again continues; another configuration is refused.
/// </summary>
public sealed class RunFolder : IDisposable
{
    public const string ConfigurationFile = BegunFolder.ConfigurationFile;
    public const string LedgerFile = "ledger.jsonl";
    public const string DatasetFile = "dataset.jsonl";
    public const string RejectionsFile = "rejections.jsonl";
    public const string CardFile = "README.md";
    public const string ManifestFile = BegunFolder.ManifestFile;

    /// <summary>The part of a configuration that cannot change results, and may differ when a run is continued.</summary>
    public const string Execution = BegunFolder.Execution;

    readonly string path;

    RunFolder(string path, Ledger ledger)
    {
        this.path = path;
        Ledger = ledger;
    }

    public Ledger Ledger { get; }

    /// <summary>
    /// The manifest of the finished run in this folder; null if there is none or it is not finished. Changes nothing.
    /// </summary>
    /// <exception cref="BonitoException">The folder does not allow such a run: another configuration, something else in it, or the mode.</exception>
    public static Manifest? Check(string path, JsonObject configuration, ResumeMode mode)
    {
        bool begun = File.Exists(Path.Combine(path, ConfigurationFile));
        if (!begun && mode == ResumeMode.Always) throw new BonitoException($"{path}: there is no run to continue. Leave out --resume to begin one, or name the folder of a run with --output.");
        if (begun && mode == ResumeMode.Never) throw new BonitoException($"{path}: there is a run already. Name another folder with --output, or leave out --resume to continue it.");
        return BegunFolder.IsBegun(path, configuration, LedgerFile) ? ReadFinished(path) : null;
    }

    /// <summary>Takes the folder for this process and writes the configuration if the run is new.</summary>
    /// <param name="read">Told of every task that an earlier start finished.</param>
    /// <exception cref="BonitoException">As for <see cref="Check"/>; or the folder is in use, or cannot be written.</exception>
    public static RunFolder Open(string path, JsonObject configuration, ResumeMode mode, Action<LedgerEntry>? read = null)
    {
        Check(path, configuration, mode);
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{path}: the folder cannot be created: {e.Message.TrimEnd('.')}. Name another with --output.", e);
        }
        Ledger ledger = Ledger.Open(Path.Combine(path, LedgerFile), read);
        try
        {
            // Once more, now that no other process can begin a run here.
            Check(path, configuration, mode);
            DeleteUnfinishedFiles(path);
            if (ledger.Count > 0 && !File.Exists(Path.Combine(path, ConfigurationFile)))
                throw new BonitoException($"{path}: there is a {LedgerFile} with {ledger.Count} tasks, but no {ConfigurationFile} that says what they are. Name another folder with --output.");
            BegunFolder.Begin(path, configuration);
            return new RunFolder(path, ledger);
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>The first row of a finished run's dataset; null if it has none.</summary>
    public static TaskExample? ReadFirstExample(string path)
    {
        string file = Path.Combine(path, DatasetFile);
        return new FileInfo(file).Length == 0 ? null : BegunFolder.Read(file, () => JsonSerializer.Deserialize(File.ReadLines(file).First(), RunJson.Line.TaskExample));
    }

    /// <summary>Makes the data files from the ledger.</summary>
    /// <param name="ids">All requested tasks, in the order in which their rows are to stand.</param>
    public IReadOnlyDictionary<string, DataFile> WriteData(IEnumerable<string> ids)
    {
        Ledger.Flush();
        return new SortedDictionary<string, DataFile>
        {
            [DatasetFile] = JsonLines.Write(Path.Combine(path, DatasetFile), Ledger.Kept(ids), RunJson.Line.TaskExample),
            [RejectionsFile] = JsonLines.Write(Path.Combine(path, RejectionsFile), Ledger.Rejected(ids), RunJson.Line.Rejection),
        };
    }

    /// <summary>Writes the card and, last, the manifest: from now on the run is finished.</summary>
    public void Finish(Manifest manifest)
    {
        BegunFolder.WriteText(Path.Combine(path, CardFile), DatasetCard.Write(manifest));
        BegunFolder.WriteText(Path.Combine(path, ManifestFile), JsonSerializer.Serialize(manifest, RunJson.Indented.Manifest) + "\n");
    }

    public void Dispose() => Ledger.Dispose();

    /// <summary>Deletes what a process left behind that was killed while it wrote one of our files.</summary>
    static void DeleteUnfinishedFiles(string path)
    {
        foreach (string name in (string[])[ConfigurationFile, DatasetFile, RejectionsFile, CardFile, ManifestFile])
            foreach (string unfinished in Directory.EnumerateFiles(path, $"{name}.*.tmp")) File.Delete(unfinished);
    }

    /// <summary>The manifest, if it is there and the data files are as long as it says.</summary>
    static Manifest? ReadFinished(string path)
    {
        if (BegunFolder.ReadManifest(path, RunJson.Line.Manifest) is not { } manifest) return null;
        bool whole = manifest.Files.All(f => new FileInfo(Path.Combine(path, f.Key)) is { Exists: true } info && info.Length == f.Value.Bytes);
        return whole ? manifest : null;
    }
}
