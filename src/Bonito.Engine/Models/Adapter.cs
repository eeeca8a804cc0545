using Bonito.Engine.Tensors;

namespace Bonito.Engine.Models;

/// <summary>The <see cref="Lora"/> of all adapted layers of a model, in memory of its own.</summary>
public sealed unsafe class Adapter : IDisposable
{
    readonly NativeBuffer values;
    readonly NativeBuffer gradients;
    readonly List<Parameter> parameters = [];

    /// <summary>Gives the layers that the options name their matrices: A drawn as PEFT does, B zero, so that the model computes what it did before.</summary>
    /// <param name="linears">The layers that may be adapted, in the order of the model.</param>
    /// <exception cref="EngineException">The options do not work, or name layers that the model does not have.</exception>
    internal Adapter(LoraOptions options, IReadOnlyList<Linear> linears, int seed)
    {
        options.Validate();
        options.RequireLayers([.. linears.Select(layer => layer.Path)]);
        Options = options;
        (Linear Layer, int Place)[] adapted = [.. linears.Select((layer, place) => (layer, place)).Where(entry => options.Targets(entry.layer.Path))];
        // All A before all B: layers of one input then have theirs one after another, and are multiplied as one.
        long offsetOfA = 0, offsetOfB = adapted.Sum(entry => Llama.Aligned((long)options.Rank * entry.Layer.Inputs));
        long count = offsetOfB + adapted.Sum(entry => Llama.Aligned((long)options.Rank * entry.Layer.Outputs));
        values = new NativeBuffer(count);
        gradients = new NativeBuffer(count);
        Random random = new(seed);
        foreach ((Linear layer, int place) in adapted)
        {
            Parameter a = Add(NameOfA(layer.Path), options.Rank, layer.Inputs, ref offsetOfA);
            Parameter b = Add(NameOfB(layer.Path), layer.Outputs, options.Rank, ref offsetOfB);
            // Kaiming's uniform distribution with a slope of sqrt(5): within 1 / sqrt(inputs).
            double bound = 1 / Math.Sqrt(layer.Inputs);
            foreach (ref float value in a.Tensor.Values) value = (float)(bound * (2 * random.NextDouble() - 1));
            layer.Lora = new Lora(a, b, options.Scale, options.Dropout, place);
        }
        Layers = [.. adapted.Select(entry => entry.Layer)];
    }

    /// <summary>The end of the name of every B.</summary>
    internal const string SuffixOfB = ".lora_B.weight";

    public LoraOptions Options { get; }

    /// <summary>The adapted layers, in the order of the model.</summary>
    public IReadOnlyList<Linear> Layers { get; }

    /// <summary>A and B of each adapted layer, in the order of the model, under the names of PEFT's tensors.</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>The name of PEFT's tensor for A of a layer.</summary>
    internal static string NameOfA(string layer) => $"base_model.model.{layer}.lora_A.weight";

    /// <summary>The name of PEFT's tensor for B of a layer.</summary>
    internal static string NameOfB(string layer) => $"base_model.model.{layer}{SuffixOfB}";

    public void Dispose()
    {
        foreach (Linear layer in Layers) layer.Lora = null;
        values.Dispose();
        gradients.Dispose();
    }

    Parameter Add(string name, int rows, int columns, ref long offset)
    {
        Tensor tensor = new(values.Data + offset, gradients.Data + offset, rows, columns);
        offset += Llama.Aligned(tensor.Count);
        Parameter parameter = new(name, [rows, columns], tensor);
        parameters.Add(parameter);
        return parameter;
    }
}
