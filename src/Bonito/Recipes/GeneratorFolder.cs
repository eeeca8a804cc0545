using System.Text.Json;
using Bonito.Hub;
using Bonito.Tasks;

namespace Bonito.Recipes;

/// <summary>What a run must know of the generator's folder, or its GGUF file, before the model is loaded.</summary>
/// <param name="Hashes">SHA-256 of the files that decide what it writes, by name.</param>
/// <param name="TaskTypes">
/// What <c>bonito.json</c> in the folder lists as <c>task_types</c>: the types that it was trained on. All 16 if there is no such file.
/// </param>
/// <param name="FrequencyPenalty">What <c>bonito.json</c> gives as <c>frequency_penalty</c>: what the model needs to end repetitions. 0 if it does not say.</param>
public sealed record GeneratorFolder(IReadOnlyDictionary<string, string> Hashes, IReadOnlyList<TaskType> TaskTypes, float FrequencyPenalty)
{
    const string CardFile = "bonito.json";

    /// <exception cref="BonitoException">There is no such folder, or a file in it cannot be read.</exception>
    public static GeneratorFolder Read(string folder)
    {
        if (File.Exists(folder)) return new GeneratorFolder(HashesOf(ModelLocation.PartsOf(folder)), TaskType.All, 0);
        if (!Directory.Exists(folder)) throw new BonitoException($"There is no model folder {folder}. Name a Hugging Face model folder (config.json, model.safetensors, tokenizer.json), a GGUF file, or a model on the Hugging Face hub as owner/name.");
        string card = Path.Combine(folder, CardFile);
        (IReadOnlyList<TaskType> taskTypes, float penalty) = File.Exists(card) ? ReadCard(card) : (TaskType.All, 0);
        return new GeneratorFolder(HashesOf(Directory.EnumerateFiles(folder).Where(Decides)), taskTypes, penalty);
    }

    static SortedDictionary<string, string> HashesOf(IEnumerable<string> paths)
    {
        SortedDictionary<string, string> hashes = new(StringComparer.Ordinal);
        foreach (string path in paths) hashes.Add(Path.GetFileName(path), FileHash.Of(path));
        return hashes;
    }

    static bool Decides(string path) =>
        Path.GetFileName(path) is "config.json" or "tokenizer.json" or "tokenizer.model" or "model.safetensors.index.json" || path.EndsWith(".safetensors", StringComparison.Ordinal);

    static (IReadOnlyList<TaskType> TaskTypes, float FrequencyPenalty) ReadCard(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new BonitoException($"{path}: expected a JSON object, got {document.RootElement.ValueKind}.");
            return (
                document.RootElement.TryGetProperty("task_types", out JsonElement names) ? ReadTaskTypes(path, names) : TaskType.All,
                document.RootElement.TryGetProperty("frequency_penalty", out JsonElement penalty) ? ReadPenalty(path, penalty) : 0);
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

    static IReadOnlyList<TaskType> ReadTaskTypes(string path, JsonElement names) =>
        names.ValueKind == JsonValueKind.Array && names.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String)
            ? [.. names.EnumerateArray().Select(name => Parse(path, name.GetString()!))]
            : throw new BonitoException($"{path}: task_types must be a list of names of task types, got {names.GetRawText()}.");

    static float ReadPenalty(string path, JsonElement penalty) =>
        penalty.ValueKind == JsonValueKind.Number && penalty.TryGetSingle(out float value) && value is >= -2 and <= 2
            ? value
            : throw new BonitoException($"{path}: frequency_penalty must be a number from -2 to 2, got {penalty.GetRawText()}.");

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
