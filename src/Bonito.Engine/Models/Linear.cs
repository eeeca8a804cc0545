using Bonito.Engine.Kernels;

namespace Bonito.Engine.Models;

/// <summary>A linear layer y = x · W^T + b, W [outputs, inputs] in any format, b [outputs] or none.</summary>
public sealed class Linear(Parameter weight, Parameter? bias = null) : IDisposable
{
    readonly Lock packing = new();
    PackedMatrix? packed;

    public Parameter Weight { get; } = weight;

    public Parameter? Bias { get; } = bias;

    public int Outputs => Weight.Tensor.Rows;

    public int Inputs => Weight.Tensor.Columns;

    /// <summary>
    /// The weight in the order of the matrix kernels. One that stays in a checkpoint is packed when it is first asked for, so that a
    /// model is ready at once; one in memory by <see cref="Pack"/>, and is null before, since training changes it at every step.
    /// </summary>
    public PackedMatrix? Packed(Gemm gemm)
    {
        if (packed == null && Weight.InCheckpoint) Pack(gemm);
        return packed;
    }

    /// <summary>Packs the weight, for inference. It must not change afterwards.</summary>
    public void Pack(Gemm gemm)
    {
        lock (packing)
        {
            if (packed != null && Weight.InCheckpoint) return;
            packed?.Dispose();
            packed = PackedMatrix.Pack(gemm.Pool, gemm.Kernel, Weight.Stored);
            Weight.Release();
        }
    }

    public void Dispose() => packed?.Dispose();
}
