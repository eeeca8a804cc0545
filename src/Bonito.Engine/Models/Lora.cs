namespace Bonito.Engine.Models;

/// <summary>The trained matrices beside a frozen linear layer: it computes x · W^T + <see cref="Scale"/> * dropout(x) · A^T · B^T.</summary>
/// <param name="a">[R, inputs], with a gradient.</param>
/// <param name="b">[outputs, R], with a gradient.</param>
/// <param name="scale">What the product counts.</param>
/// <param name="dropout">Share of the inputs that a pass with a tape drops.</param>
/// <param name="place">The layer's number among all of the model: with it, dropout drops other inputs in each.</param>
public sealed class Lora(Parameter a, Parameter b, float scale, float dropout, int place)
{
    public Parameter A { get; } = a;

    public Parameter B { get; } = b;

    public float Scale { get; } = scale;

    public float Dropout { get; } = dropout;

    public int Place { get; } = place;

    /// <summary>R.</summary>
    public int Rank => A.Tensor.Rows;
}
