using System.Text.Json;
using Bonito.Hub;
using Bonito.Tasks;

namespace Bonito.Recipes;

/// <summary>What a run must know of the generator's folder, or its GGUF file, before the model is loaded.</summary>
/// <param name="Hashes">SHA-256 of the files that decide what it writes, by name.</param>
/// <param name="TaskTypes">
/// What <c>bonito.json</c> in the folder lists as <c>task_types</c>: the types that it was trained on. All 16 if there is no such file.
/// </param>
public sealed record GeneratorFolder(IReadOnlyDictionary<string, string> Hashes, IReadOnlyList<TaskType> TaskTypes)
{
    const string CardFile = "bonito.json";

    /// <exception cref="BonitoException">There is no such folder, or a file in it cannot be read.</exception>
    public static GeneratorFolder Read(string folder)
    {
        if (File.Exists(folder)) return new GeneratorFolder(HashesOf(ModelLocation.PartsOf(folder)), TaskType.All);
        if (!Directory.Exists(folder)) throw new BonitoException($"There is no model folder {folder}. Name a Hugging Face model folder (config.json, model.safetensors, tokenizer.json) with --model, or a model on the Hugging Face hub as owner/name.");
        string card = Path.Combine(folder, CardFile);
        return new GeneratorFolder(HashesOf(Directory.EnumerateFiles(folder).Where(Decides)), File.Exists(card) ? ReadTaskTypes(card) : TaskType.All);
    }

    static SortedDictionary<string, string> HashesOf(IEnumerable<string> paths)
    {
        SortedDictionary<string, string> hashes = new(StringComparer.Ordinal);
        foreach (string path in paths) hashes.Add(Path.GetFileName(path), FileHash.Of(path));
        return hashes;
    }

    static bool Decides(string path) =>
        Path.GetFileName(path) is "config.json" or "tokenizer.json" or "tokenizer.model" or "model.safetensors.index.json" || path.EndsWith(".safetensors", StringComparison.Ordinal);

    static IReadOnlyList<TaskType> ReadTaskTypes(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new BonitoException($"{path}: expected a JSON object, got {document.RootElement.ValueKind}.");
            if (!document.RootElement.TryGetProperty("task_types", out JsonElement names)) return TaskType.All;
            if (names.ValueKind != JsonValueKind.Array || names.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
                throw new BonitoException($"{path}: task_types must be a list of names of task types, got {names.GetRawText()}.");
            return [.. names.EnumerateArray().Select(name => Parse(path, name.GetString()!))];
        }
        catch (JsonException e)
        {
            throw new BonitoException($"{path}: not JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    static TaskType Parse(string path, string name)
    {
        try
        {
            return TaskType.Parse(name);
        }
        catch (BonitoException e)
        {
            throw new BonitoException($"{path}: {e.Message}", e);
        }
    }
}
