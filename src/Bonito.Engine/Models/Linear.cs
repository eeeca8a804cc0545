using Bonito.Engine.Kernels;

namespace Bonito.Engine.Models;

/// <summary>A linear layer y = x · W^T + b, W [outputs, inputs] in any format, b [outputs] or none, and the <see cref="Lora"/> beside it, where there is one.</summary>
public sealed class Linear(Parameter weight, Parameter? bias = null) : IDisposable
{
    readonly Lock packing = new();
    PackedMatrix? packed;
    bool unpacked;

    public Parameter Weight { get; } = weight;

    public Parameter? Bias { get; } = bias;

    /// <summary>What is trained beside a weight that stays as it is; null where nothing is.</summary>
    public Lora? Lora { get; internal set; }

    /// <summary>The layer's path in the model, for example <c>model.layers.0.self_attn.q_proj</c>.</summary>
    public string Path => Weight.Name[..^".weight".Length];

    public int Outputs => Weight.Tensor.Rows;

    public int Inputs => Weight.Tensor.Columns;

    /// <summary>
    /// The weight in the order of the matrix kernels. One that stays in a checkpoint is packed when it is first asked for, so that a
    /// model is ready at once; one in memory by <see cref="Pack"/>. Null before, and after <see cref="KeepUnpacked"/>.
    /// </summary>
    public PackedMatrix? Packed(Gemm gemm)
    {
        if (packed == null && Weight.InCheckpoint && !unpacked) Pack(gemm);
        return packed;
    }

    /// <summary>Packs the weight, for inference, unless it is kept unpacked. It must not change afterwards.</summary>
    public void Pack(Gemm gemm)
    {
        lock (packing)
        {
            if (unpacked || (packed != null && Weight.InCheckpoint)) return;
            packed?.Dispose();
            packed = PackedMatrix.Pack(gemm.Pool, gemm.Kernel, Weight.Stored);
            Weight.Release();
        }
    }

    /// <summary>
    /// From now on the weight is used where it is stored, in inference too: training changes it, or multiplies with it in both directions,
    /// for which a second copy in the order of one direction would only take memory.
    /// </summary>
    internal void KeepUnpacked()
    {
        lock (packing)
        {
            unpacked = true;
            packed?.Dispose();
            packed = null;
        }
    }

    public void Dispose() => packed?.Dispose();
}
