using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// The weights in a GGUF file by Hugging Face's names. What it has no name for keeps its own, and is unexpected to a model; the divisors of
/// rotary frequencies are part of <see cref="Config"/>.
/// </summary>
public sealed class GgufCheckpoint : ICheckpoint
{
    private readonly GgufFile file;
    private readonly OrderedDictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> storedNames = new(StringComparer.Ordinal);

    /// <summary>The file that was opened.</summary>
    public string Source => file.Path;

    /// <summary>What else the file says, its tokenizer among it.</summary>
    public GgufMetadata Metadata => file.Metadata;

    /// <summary>The model; its rotary positions turn neighbouring elements where the file's rows are in that order.</summary>
    public LlamaConfig Config { get; }

    public IReadOnlyDictionary<string, StoredTensor> Tensors => tensors;

    /// <summary>Opens a file, or all files of a split model, and reads its configuration.</summary>
    /// <exception cref="EngineException">The file cannot be read, breaks the format, or holds a model that this engine does not run.</exception>
    public static GgufCheckpoint Open(string path)
    {
        GgufFile file = GgufFile.Open(path);
        try
        {
            return new GgufCheckpoint(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private GgufCheckpoint(GgufFile file)
    {
        this.file = file;
        Config = GgufConfig.Read(file);
        foreach (StoredTensor tensor in file.Tensors.Values.Where(t => t.Name != GgufNames.RotaryDivisors))
        {
            string name = GgufNames.ToHuggingFace(tensor.Name) ?? tensor.Name;
            if (!tensors.TryAdd(name, tensor with { Name = name }))
                throw new EngineException($"{Source}: tensor {ErrorText.Quote(tensor.Name)} is in the file under {ErrorText.Quote(storedNames[name])} too. Download or write the model again.");
            storedNames.Add(name, tensor.Name);
        }
    }

    public StoredMatrix Matrix(string name) =>
        storedNames.TryGetValue(name, out string? stored) ? file.Matrix(stored)
        : throw new EngineException($"{Source}: there is no tensor {ErrorText.Quote(name)} among the {tensors.Count} of this checkpoint.");

    public void Release(StoredMatrix matrix) => MappedFile.Release(matrix);

    public void Verify(IReadOnlyList<ExpectedTensor> expected, bool allowUnexpected = false) =>
        CheckpointComparison.Verify(Source, tensors, expected, allowUnexpected);

    public void Dispose() => file.Dispose();
}
