using Bonito.Engine.Kernels;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Models;

/// <summary>A linear layer y = x · W^T + b, W [outputs, inputs], b [outputs] or none.</summary>
public sealed unsafe class Linear(Parameter weight, Parameter? bias = null) : IDisposable
{
    PackedMatrix? packed;

    public Parameter Weight { get; } = weight;

    public Parameter? Bias { get; } = bias;

    public int Outputs => Weight.Tensor.Rows;

    public int Inputs => Weight.Tensor.Columns;

    /// <summary>The weight in the order of the matrix kernels, or null where it has not been packed (while training it changes at every step).</summary>
    public PackedMatrix? Packed => packed;

    /// <summary>Packs the weight once, for inference. It must not change afterwards.</summary>
    public void Pack(Gemm gemm)
    {
        packed?.Dispose();
        packed = PackedMatrix.Pack(gemm.Pool, gemm.Kernel, new StoredMatrix(DType.F32, (byte*)Weight.Tensor.Data, Outputs, Inputs));
    }

    public void Dispose() => packed?.Dispose();
}
