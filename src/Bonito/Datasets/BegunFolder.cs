using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Bonito.Engine.Checkpoints;

namespace Bonito.Datasets;

/// <summary>
/// What all folders have in common that one piece of work fills: <c>config.json</c> comes first and says what was begun,
/// <c>manifest.json</c> comes last; whoever begins the same again continues, another configuration is refused.
/// </summary>
static class BegunFolder
{
    public const string ConfigurationFile = "config.json";
    public const string ManifestFile = "manifest.json";

    /// <summary>The part of a configuration that cannot change results, and may differ when the work is continued.</summary>
    public const string Execution = "execution";

    const int DifferencesShown = 20;

    /// <summary>Whether work with this configuration was begun in a folder; false where the folder is new or empty. Changes nothing.</summary>
    /// <param name="allowed">The file below the folder that a start may leave which was killed before it had written the configuration.</param>
    /// <exception cref="BonitoException">The folder has something else in it, or work that was begun with another configuration.</exception>
    public static bool IsBegun(string path, JsonObject configuration, string allowed)
    {
        if (path.Length == 0) throw new BonitoException("The name of the folder to write is empty. Name one with --output.");
        string file = Path.Combine(path, ConfigurationFile);
        if (!File.Exists(file))
        {
            RequireEmpty(path, allowed);
            return false;
        }
        // Through text, so that both sides spell numbers and characters alike.
        RequireSame(path, ReadObject(file), JsonNode.Parse(configuration.ToJsonString())!.AsObject());
        return true;
    }

    /// <summary>Writes the configuration, if there is none.</summary>
    public static void Begin(string path, JsonObject configuration)
    {
        string file = Path.Combine(path, ConfigurationFile);
        if (!File.Exists(file)) WriteText(file, configuration.ToJsonString(RunJson.Indented.Options) + "\n");
    }

    /// <summary>Takes a folder for this process, which creates it where it is not there.</summary>
    /// <param name="file">The file that is locked, below the folder.</param>
    /// <param name="doing">What another process does that has locked it.</param>
    /// <exception cref="BonitoException">Another process has the folder, or it cannot be written.</exception>
    public static FileStream Lock(string path, string file, string doing)
    {
        try
        {
            string locked = Path.Combine(path, file);
            Directory.CreateDirectory(Path.GetDirectoryName(locked)!);
            return new FileStream(locked, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileInUse.Is(e)
                ? new BonitoException($"{path}: another process is {doing} here. Let it end, or stop it, then run the command again.", e)
                : new BonitoException($"{path}: the folder cannot be written: {e.Message.TrimEnd('.')}. Name another with --output.", e);
        }
    }

    /// <summary>The manifest in a folder; null where there is none.</summary>
    public static T? ReadManifest<T>(string path, JsonTypeInfo<T> type) where T : class
    {
        string file = Path.Combine(path, ManifestFile);
        return File.Exists(file) ? Read(file, () => JsonSerializer.Deserialize(File.ReadAllText(file), type)) : null;
    }

    /// <summary>The recipe whose run a folder holds, as its configuration says; null where there is none that says so.</summary>
    public static string? RecipeOf(string path)
    {
        string file = Path.Combine(path, ConfigurationFile);
        return File.Exists(file) && ReadObject(file)["recipe"] is JsonValue value && value.TryGetValue(out string? recipe) ? recipe : null;
    }

    public static JsonObject ReadObject(string path) => Read(path, () => JsonNode.Parse(File.ReadAllText(path)) as JsonObject);

    /// <summary>Reads a file that Bonito wrote.</summary>
    /// <exception cref="BonitoException">It cannot be read, or is not what Bonito wrote.</exception>
    public static T Read<T>(string path, Func<T?> read) where T : class
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
            throw new BonitoException($"{path}: not what Bonito wrote: {e.Message.TrimEnd('.')}. Name another folder.", e);
        }
    }

    /// <summary>Writes a file that appears whole or not at all.</summary>
    public static void WriteText(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    static void RequireEmpty(string path, string allowed)
    {
        if (File.Exists(path)) throw new BonitoException($"{path}: this is a file; a run needs a folder. Name one with --output.");
        if (!Directory.Exists(path)) return;
        string? other = Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories).Select(entry => Path.GetRelativePath(path, entry))
            .FirstOrDefault(name => name != allowed && name != Path.GetDirectoryName(allowed) && !name.EndsWith(".tmp", StringComparison.Ordinal));
        if (other is not null) throw new BonitoException($"{path}: the folder holds '{other}', but no run. A run needs a new or empty folder, so that nothing is overwritten: name one with --output.");
    }

    static void RequireSame(string path, JsonObject then, JsonObject now)
    {
        IReadOnlyList<ConfigurationDifference> differences = ConfigurationDifference.Find(then, now, except: Execution);
        if (differences.Count == 0) return;
        string lines = string.Join('\n', differences.Take(DifferencesShown).Select(difference => $"  {difference}"));
        if (differences.Count > DifferencesShown) lines += $"\n  ... and {differences.Count - DifferencesShown} more";
        throw new BonitoException($"{path}: the run in this folder was begun with another configuration:\n{lines}\nUse what it was begun with to continue it, or name another folder with --output.");
    }
}
