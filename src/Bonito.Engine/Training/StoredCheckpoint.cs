using System.Text;
using System.Text.Json;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>
/// A checkpoint on disk: a folder with <c>model.safetensors</c> (what is trained, float32), <c>optimizer.safetensors</c> and
/// <c>state.json</c>, which is written last and holds the sizes and checksums of the others, and its own.
/// </summary>
/// <param name="Settings">What the run must share to go on from it: options and data, by name.</param>
sealed record StoredCheckpoint(string Folder, TrainingState State, IReadOnlyDictionary<string, string> Settings)
{
    const string StateFile = "state.json";
    const string ModelFile = "model.safetensors";
    const string OptimizerName = "optimizer.safetensors";

    static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Writes a checkpoint into a new folder and makes it durable.</summary>
    public static void Write(string folder, Llama model, AdamW optimizer, TrainingState state, IReadOnlyDictionary<string, string> settings)
    {
        SafetensorsWriter.Write(Path.Combine(folder, ModelFile), [.. model.Trainable.Select(p => new TensorToWrite(p.Name, Shape(p), () => p.Tensor.Values))], DType.F32);
        OptimizerFile.Write(Path.Combine(folder, OptimizerName), optimizer);
        Dictionary<string, FileRecord> files = new[] { ModelFile, OptimizerName }.ToDictionary(name => name, name => FileRecord.Of(Path.Combine(folder, name)));
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(new Content(state, settings, files), Names);
        AtomicFile.Write(Path.Combine(folder, StateFile), stream =>
        {
            stream.Write("{\"checkpoint\":"u8);
            stream.Write(content);
            stream.Write(Encoding.UTF8.GetBytes($",\"xxh64\":\"{XxHash64.Of(content)}\"}}"));
        });
        FolderFlush.ToDisk(folder);
    }

    /// <summary>Opens a checkpoint after checking every byte of it.</summary>
    /// <param name="damage">What is wrong; null where nothing is.</param>
    /// <returns>Null where it is damaged.</returns>
    public static StoredCheckpoint? Open(string folder, out string? damage)
    {
        try
        {
            Content content = ReadState(folder);
            foreach ((string name, FileRecord expected) in content.Files)
            {
                string path = Path.Combine(folder, name);
                if (!File.Exists(path)) throw new InvalidDataException($"{name} is missing");
                long bytes = new FileInfo(path).Length;
                if (bytes != expected.Bytes) throw new InvalidDataException($"{name} has {bytes} bytes, {expected.Bytes} were written");
                if (FileRecord.Of(path) != expected) throw new InvalidDataException($"{name} holds other bytes than were written");
            }
            damage = null;
            return new StoredCheckpoint(folder, content.State, content.Settings);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            damage = e.Message;
            return null;
        }
    }

    /// <exception cref="EngineException">It was made for another model; the message lists all differences.</exception>
    public void Read(Llama model, AdamW optimizer)
    {
        ReadWeights(model);
        OptimizerFile.Read(Path.Combine(Folder, OptimizerName), optimizer);
    }

    /// <exception cref="EngineException">It was made for another model; the message lists all differences.</exception>
    public void ReadWeights(Llama model)
    {
        using SafetensorsFile weights = SafetensorsFile.Open(Path.Combine(Folder, ModelFile));
        weights.Verify([.. model.Trainable.Select(p => new ExpectedTensor(p.Name, Shape(p)))]);
        foreach (Parameter p in model.Trainable) weights.Read(p.Name, p.Tensor.Values);
    }

    static Content ReadState(string folder)
    {
        string path = Path.Combine(folder, StateFile);
        if (!File.Exists(path)) throw new InvalidDataException($"{StateFile}, which is written last, is missing");
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement content = document.RootElement.GetProperty("checkpoint");
            if (document.RootElement.GetProperty("xxh64").GetString() != XxHash64.Of(Encoding.UTF8.GetBytes(content.GetRawText())))
                throw new InvalidDataException($"{StateFile} holds other bytes than were written");
            return content.Deserialize<Content>(Names)!;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{StateFile} is not whole ({e.Message.TrimEnd('.')})", e);
        }
    }

    static long[] Shape(Parameter p) => [.. p.Shape.Select(s => (long)s)];

    sealed record Content(TrainingState State, IReadOnlyDictionary<string, string> Settings, IReadOnlyDictionary<string, FileRecord> Files);

    sealed record FileRecord(long Bytes, string Xxh64)
    {
        public static FileRecord Of(string path) => new(new FileInfo(path).Length, XxHash64.OfFile(path));
    }
}
