using Bonito.Engine.Models;

namespace Bonito.Engine.Checkpoints;

/// <summary>A PEFT adapter on disk, opened and compared with the model that it is for.</summary>
internal sealed class PeftFolder : IDisposable
{
    public const string WeightsName = "adapter_model.safetensors";

    private readonly SafetensorsFile file;
    private readonly LlamaConfig config;

    private PeftFolder(SafetensorsFile file, LlamaConfig config, LoraOptions options, IEnumerable<string> layers)
    {
        this.file = file;
        this.config = config;
        Options = options;
        Layers = layers.ToDictionary(layer => layer + ".weight", StringComparer.Ordinal);
    }

    public LoraOptions Options { get; }

    /// <summary>The paths of the adapted layers by the names of their weights.</summary>
    public IReadOnlyDictionary<string, string> Layers { get; }

    /// <summary>Opens an adapter and makes sure that it has the matrices of all layers that its configuration names, and no others.</summary>
    /// <param name="config">The model's.</param>
    /// <exception cref="EngineException">It is no adapter, or not for this model; all mismatches at once.</exception>
    public static PeftFolder Open(string folder, LlamaConfig config)
    {
        if (!Directory.Exists(folder)) throw new EngineException($"There is no adapter folder {folder}. Give a folder with {PeftConfig.FileName} and {WeightsName}.");
        List<ExpectedTensor> layers = [.. Llama.LinearLayers(config)];
        LoraOptions options = PeftConfig.Read(Path.Combine(folder, PeftConfig.FileName), [.. layers.Select(layer => layer.Name)]);
        string weights = Path.Combine(folder, WeightsName);
        if (!File.Exists(weights) && PickleRefusal.Find(folder) is string pickle)
            throw new EngineException($"{Path.Combine(folder, pickle)}: expected {WeightsName} in the folder, got a pickled adapter. {PickleRefusal.Reason}");
        SafetensorsFile file = SafetensorsFile.Open(weights);
        try
        {
            List<ExpectedTensor> adapted = [.. layers.Where(layer => options.Targets(layer.Name))];
            List<ExpectedTensor> expected = [.. adapted.SelectMany(layer => (ExpectedTensor[])
                [new(Adapter.NameOfA(layer.Name), [options.Rank, layer.Shape[1]]), new(Adapter.NameOfB(layer.Name), [layer.Shape[0], options.Rank])])];
            CheckpointComparison.Verify(file.Path, file.Tensors, expected, allowUnexpected: false, $"Check that the adapter was trained on this model, and that {PeftConfig.FileName} belongs to it.");
            return new PeftFolder(file, config, options, adapted.Select(layer => layer.Name));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A of a layer, [R, inputs].</summary>
    public void ReadA(string layer, Span<float> destination) => file.Read(Adapter.NameOfA(layer), destination);

    /// <summary>B of a layer, [outputs, R], its rows in the order of the model's weight.</summary>
    public void ReadB(string layer, Span<float> destination)
    {
        string name = Adapter.NameOfB(layer);
        int rank = Options.Rank, rows = destination.Length / rank;
        if (RotaryRows.Order(name, rows, config with { RotaryInterleaved = false }, config) is not int[] order)
        {
            file.Read(name, destination);
            return;
        }
        float[] stored = new float[destination.Length];
        file.Read(name, stored);
        for (int row = 0; row < rows; row++) stored.AsSpan(order[row] * rank, rank).CopyTo(destination[(row * rank)..]);
    }

    public void Dispose() => file.Dispose();
}
