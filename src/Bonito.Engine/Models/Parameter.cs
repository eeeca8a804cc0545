using Bonito.Engine.Tensors;

namespace Bonito.Engine.Models;

/// <summary>A trained tensor of a model, under its name in the checkpoint. The model owns the memory.</summary>
/// <param name="name">As Hugging Face names it, for example <c>model.layers.0.self_attn.q_proj.weight</c>.</param>
/// <param name="shape">[width] or [outputs, inputs].</param>
/// <param name="tensor">A vector has one row.</param>
public sealed class Parameter(string name, int[] shape, Tensor tensor)
{
    public string Name { get; } = name;

    public IReadOnlyList<int> Shape { get; } = shape;

    public Tensor Tensor { get; } = tensor;

    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
