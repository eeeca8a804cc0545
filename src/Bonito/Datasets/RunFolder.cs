using System.Text.Json;
using System.Text.Json.Nodes;
using Bonito.Engine.Checkpoints;

namespace Bonito.Datasets;

/// <summary>
/// A run on disk. <c>config.json</c> comes first and says what the run is; <c>ledger.jsonl</c> grows task by task; when all are
/// done, the data files and the card are made from the ledger, and <c>manifest.json</c> comes last. Whoever runs the same command
/// again continues; another configuration is refused.
/// </summary>
public sealed class RunFolder : IDisposable
{
    public const string ConfigurationFile = "config.json";
    public const string LedgerFile = "ledger.jsonl";
    public const string DatasetFile = "dataset.jsonl";
    public const string RejectionsFile = "rejections.jsonl";
    public const string CardFile = "README.md";
    public const string ManifestFile = "manifest.json";

    /// <summary>The part of a configuration that cannot change results, and may differ when a run is continued.</summary>
    public const string Execution = "execution";

    const int DifferencesShown = 20;

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
        string file = Path.Combine(path, ConfigurationFile);
        if (!File.Exists(file))
        {
            if (mode == ResumeMode.Always) throw new BonitoException($"{path}: there is no run to continue. Leave out --resume to begin one, or name the folder of a run with --output.");
            RequireEmpty(path, LedgerFile);
            return null;
        }
        if (mode == ResumeMode.Never) throw new BonitoException($"{path}: there is a run already. Name another folder with --output, or leave out --resume to continue it.");
        // Through text, so that both sides spell numbers and characters alike.
        RequireSame(path, ReadObject(file), JsonNode.Parse(configuration.ToJsonString())!.AsObject());
        return ReadFinished(path);
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
            string file = Path.Combine(path, ConfigurationFile);
            if (!File.Exists(file))
            {
                if (ledger.Count > 0) throw new BonitoException($"{path}: there is a {LedgerFile} with {ledger.Count} tasks, but no {ConfigurationFile} that says what they are. Name another folder with --output.");
                WriteText(file, configuration.ToJsonString(RunJson.Indented.Options) + "\n");
            }
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
        return new FileInfo(file).Length == 0 ? null : Read(file, () => JsonSerializer.Deserialize(File.ReadLines(file).First(), RunJson.Line.TaskExample));
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
        WriteText(Path.Combine(path, CardFile), DatasetCard.Write(manifest));
        WriteText(Path.Combine(path, ManifestFile), JsonSerializer.Serialize(manifest, RunJson.Indented.Manifest) + "\n");
    }

    public void Dispose() => Ledger.Dispose();

    internal static void RequireEmpty(string path, string allowed)
    {
        if (File.Exists(path)) throw new BonitoException($"{path}: this is a file; a run needs a folder. Name one with --output.");
        if (!Directory.Exists(path)) return;
        // A start that was killed before it had written its configuration leaves what it locks.
        string? other = Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).FirstOrDefault(name => name != allowed && name?.EndsWith(".tmp", StringComparison.Ordinal) == false);
        if (other is not null) throw new BonitoException($"{path}: the folder holds '{other}', but no run. A run needs a new or empty folder, so that nothing is overwritten: name one with --output.");
    }

    /// <summary>Deletes what a process left behind that was killed while it wrote one of our files.</summary>
    static void DeleteUnfinishedFiles(string path)
    {
        foreach (string name in (string[])[ConfigurationFile, DatasetFile, RejectionsFile, CardFile, ManifestFile])
            foreach (string unfinished in Directory.EnumerateFiles(path, $"{name}.*.tmp")) File.Delete(unfinished);
    }

    internal static void RequireSame(string path, JsonObject then, JsonObject now)
    {
        IReadOnlyList<ConfigurationDifference> differences = ConfigurationDifference.Find(then, now, except: Execution);
        if (differences.Count == 0) return;
        string lines = string.Join('\n', differences.Take(DifferencesShown).Select(difference => $"  {difference}"));
        if (differences.Count > DifferencesShown) lines += $"\n  ... and {differences.Count - DifferencesShown} more";
        throw new BonitoException($"{path}: the run in this folder was begun with another configuration:\n{lines}\nUse what it was begun with to continue it, or name another folder with --output.");
    }

    /// <summary>The manifest, if it is there and the data files are as long as it says.</summary>
    static Manifest? ReadFinished(string path)
    {
        string file = Path.Combine(path, ManifestFile);
        if (!File.Exists(file)) return null;
        Manifest manifest = Read(file, () => JsonSerializer.Deserialize(File.ReadAllText(file), RunJson.Line.Manifest));
        bool whole = manifest.Files.All(f => new FileInfo(Path.Combine(path, f.Key)) is { Exists: true } info && info.Length == f.Value.Bytes);
        return whole ? manifest : null;
    }

    internal static JsonObject ReadObject(string path) => Read(path, () => JsonNode.Parse(File.ReadAllText(path)) as JsonObject);

    internal static T Read<T>(string path, Func<T?> read) where T : class
    {
        try
        {
            return read() ?? throw new JsonException("expected a JSON object");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{path}: cannot be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new BonitoException($"{path}: not what Bonito wrote: {e.Message.TrimEnd('.')}. Name another folder with --output, or delete this one.", e);
        }
    }

    static void WriteText(string path, string text) => AtomicFile.Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
