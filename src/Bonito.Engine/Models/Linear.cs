using Bonito.Engine.Kernels;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Models;

/// <summary>A linear layer y = x · W^T + b, W [outputs, inputs], b [outputs] or none.</summary>
public sealed unsafe class Linear(Parameter weight, Parameter? bias = null) : IDisposable
{
    NativeBuffer? packed;

    public Parameter Weight { get; } = weight;

    public Parameter? Bias { get; } = bias;

    public int Outputs => Weight.Tensor.Rows;

    public int Inputs => Weight.Tensor.Columns;

    /// <summary>The weight as panels of the matrix kernels, or null where it has not been packed (while training it changes at every step).</summary>
    public float* Packed => packed == null ? null : packed.Data;

    /// <summary>Packs the weight once, for inference. It must not change afterwards.</summary>
    public void Pack(Gemm gemm)
    {
        packed?.Dispose();
        packed = new NativeBuffer(gemm.PanelFloats(Outputs, Inputs));
        gemm.PackPanels(new Operand(Weight.Tensor.Data, Inputs), Outputs, Inputs, packed.Data);
    }

    public void Dispose() => packed?.Dispose();
}
