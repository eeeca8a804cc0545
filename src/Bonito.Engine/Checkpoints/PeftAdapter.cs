using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// Adapters in the format of Hugging Face's PEFT, which loads what is written here: <c>adapter_config.json</c> and
/// <c>adapter_model.safetensors</c> with <c>base_model.model.{layer}.lora_A.weight</c> [R, inputs] and <c>lora_B.weight</c> [outputs, R].
/// </summary>
public static class PeftAdapter
{
    /// <summary>Writes the adapter of a model, its matrices in float32. The configuration is written last.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="baseModelName">Name or path of the model that the adapter belongs to.</param>
    /// <exception cref="EngineException">The folder cannot be written.</exception>
    public static void Save(string folder, Llama model, string baseModelName)
    {
        Adapter adapter = model.Adapter ?? throw new InvalidOperationException("The model has no adapter.");
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"Cannot create the adapter folder {folder}: {e.Message}", e);
        }
        SafetensorsWriter.Write(
            Path.Combine(folder, PeftFolder.WeightsName),
            [.. adapter.Parameters.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new TensorToWrite(p.Name, [.. p.Shape.Select(n => (long)n)], () => Values(p, model.Config)))],
            DType.F32);
        PeftConfig.Write(Path.Combine(folder, PeftConfig.FileName), adapter, baseModelName);
    }

    /// <summary>Gives a model the adapter of a folder, as <see cref="Llama.AddLora"/> does, with its values.</summary>
    /// <exception cref="EngineException">The folder holds no adapter, one that this engine does not run, or that of another model; all mismatches at once.</exception>
    public static void Load(string folder, Llama model)
    {
        using PeftFolder source = PeftFolder.Open(folder, model.Config);
        model.AddLora(source.Options, seed: 0);
        foreach (Linear layer in model.Adapter!.Layers)
        {
            source.ReadA(layer.Path, layer.Lora!.A.Tensor.Values);
            source.ReadB(layer.Path, layer.Lora.B.Tensor.Values);
        }
    }

    /// <summary>The values as PEFT knows them: GGUF files may hold the rows of queries and keys in another order, and B those of its weight.</summary>
    private static ReadOnlySpan<float> Values(Parameter parameter, LlamaConfig config)
    {
        int rows = parameter.Shape[0], columns = parameter.Shape[1];
        if (!parameter.Name.EndsWith(Adapter.SuffixOfB, StringComparison.Ordinal) || RotaryRows.Order(parameter.Name, rows, config, config with { RotaryInterleaved = false }) is not int[] order)
            return parameter.Values();
        float[] moved = new float[rows * columns];
        for (int row = 0; row < rows; row++) parameter.Tensor.Row(order[row]).CopyTo(moved.AsSpan(row * columns));
        return moved;
    }
}
