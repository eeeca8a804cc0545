using Bonito.Engine.Models;

namespace Bonito.Engine.Checkpoints;

/// <summary>A model to be looked at or converted: a Hugging Face folder or a GGUF file, opened but not loaded.</summary>
public sealed class ModelSource : IDisposable
{
    public const string GgufExtension = ".gguf";

    private ModelSource(string path, LlamaConfig config, ICheckpoint checkpoint, GgufMetadata? metadata)
    {
        Path = path;
        Config = config;
        Checkpoint = checkpoint;
        Metadata = metadata;
    }

    public string Path { get; }

    public LlamaConfig Config { get; }

    public ICheckpoint Checkpoint { get; }

    /// <summary>What a GGUF file says; null for a folder.</summary>
    public GgufMetadata? Metadata { get; }

    /// <summary>Opens a model and makes sure that it has all of its weights, of formats that can be read.</summary>
    /// <exception cref="EngineException">There is no such model, or this engine does not run it; the reason.</exception>
    public static ModelSource Open(string path)
    {
        if (Directory.Exists(path)) return Verified(OpenFolder(path));
        if (!File.Exists(path)) throw new EngineException($"There is no model {path}. Name a Hugging Face model folder or a GGUF file.");
        if (PickleRefusal.IsPickleName(path)) throw new EngineException($"{path}: {PickleRefusal.Reason}");
        GgufCheckpoint gguf = GgufCheckpoint.Open(path);
        return Verified(new ModelSource(path, gguf.Config, gguf, gguf.Metadata));
    }

    /// <summary>The same model with other weights; it shares all else and need not be disposed.</summary>
    internal ModelSource Over(ICheckpoint checkpoint) => new(Path, Config, checkpoint, Metadata);

    public void Dispose() => Checkpoint.Dispose();

    /// <summary>What some writers store though it follows from the configuration: the tied output layer, the rotary frequencies.</summary>
    internal static IEnumerable<ExpectedTensor> Redundant(LlamaConfig config, ICheckpoint checkpoint) => checkpoint.Tensors.Values
        .Where(t => (config.TieWordEmbeddings && t.Name == "lm_head.weight") || t.Name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal))
        .Where(t => t.WeightType is not null)
        .Select(t => new ExpectedTensor(t.Name, t.Shape));

    private static ModelSource OpenFolder(string folder)
    {
        string config = System.IO.Path.Combine(folder, "config.json");
        if (!File.Exists(config)) throw new EngineException($"The folder {folder} has no config.json. Name a Hugging Face model folder or a GGUF file.");
        return new ModelSource(folder, LlamaConfig.Load(config), SafetensorsCheckpoint.Open(folder), null);
    }

    private static ModelSource Verified(ModelSource source)
    {
        try
        {
            source.Checkpoint.Verify([.. Llama.ExpectedTensors(source.Config), .. Redundant(source.Config, source.Checkpoint)]);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}
