using System.Text.RegularExpressions;

namespace Bonito.Hub;

/// <summary>Where the model is that a command was given: a path, or an id on a hub.</summary>
public static partial class ModelLocation
{
    /// <summary>
    /// The id that a value means; null where it means a path. What exists is a path, and so is what lies in a folder that exists:
    /// nobody who mistypes a path wants a hub to be asked.
    /// </summary>
    public static RepositoryId? IdOf(string value) =>
        Directory.Exists(value) || File.Exists(value) || Directory.Exists(value.Split('/')[0]) ? null : RepositoryId.TryParse(value);

    /// <summary>
    /// The path of a model in the cache, complete as far as its files tell: the folder, or the file of a GGUF model. Null where the
    /// cache does not have it.
    /// </summary>
    /// <exception cref="BonitoException">The cache holds several GGUF files of it.</exception>
    public static string? Find(RepositoryId id, HubSettings settings)
    {
        if (new HubCache(settings.CacheFolder).FindSnapshot(id) is not { } snapshot) return null;
        if (IsWhole(snapshot)) return snapshot;
        string[] files = [.. Directory.EnumerateFiles(snapshot, "*.gguf", SearchOption.AllDirectories).Where(file => IsFirst(file) && IsThere(file)).Order(StringComparer.Ordinal)];
        if (files.Length > 1) throw new BonitoException($"The cache has {files.Length} GGUF files of {id}. Name one of them with --model:\n{string.Join('\n', files.Select(file => "  " + file))}");
        return files.FirstOrDefault();
    }

    /// <summary>What to say when a model is not in the cache and must not be fetched.</summary>
    public static BonitoException Missing(RepositoryId id, HubSettings settings) =>
        new($"{id} is not in the cache {settings.CacheFolder}, and nothing is fetched offline (--offline, or HF_HUB_OFFLINE). Where there is a network, run: bonito model download {id}");

    /// <summary>How a model is called in what is published: an id with its commit, or the last part of a path, because the rest of it is nobody else's business.</summary>
    public static string NameOf(string path) => HubCache.NameOf(path) ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));

    /// <summary>All files of a model that is split into parts of which one is named; otherwise that file alone.</summary>
    public static IEnumerable<string> PartsOf(string file)
    {
        string name = Path.GetFileName(file);
        if (Part().Match(name) is not { Success: true } part) return [file];
        return Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(file))!)
            .Where(other => Part().Match(Path.GetFileName(other)) is { Success: true } match && match.Groups[2].Value == part.Groups[2].Value && Path.GetFileName(other)[..match.Index] == name[..part.Index]);
    }

    static bool IsWhole(string folder)
    {
        if (!IsThere(Path.Combine(folder, "config.json"))) return false;
        string index = Path.Combine(folder, "model.safetensors.index.json");
        return IsThere(index) ? Shards(index).All(shard => IsThere(Path.Combine(folder, shard))) : IsThere(Path.Combine(folder, "model.safetensors"));
    }

    /// <summary>Whether there is a file, and not only a link to a blob that has not arrived.</summary>
    static bool IsThere(string path) => File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is null or { Exists: true };

    static IEnumerable<string> Shards(string index)
    {
        try
        {
            using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(index));
            return [.. document.RootElement.GetProperty("weight_map").EnumerateObject().Select(entry => entry.Value.GetString() ?? "").Distinct()];
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new BonitoException($"{index}: expected an index of safetensors: {e.Message} Delete the file and the one that it links to, then fetch it again.", e);
        }
    }

    // Of a model that is split into several files the first one stands for all.
    static bool IsFirst(string path) => Part().Match(path) is not { Success: true } part || part.Groups[1].Value == "00001";

    [GeneratedRegex(@"-(\d{5})-of-(\d{5})\.gguf$")]
    private static partial Regex Part();
}
