using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>The AdamW optimiser: the two moments of each parameter and the step that uses them.</summary>
public sealed unsafe class AdamW : IDisposable
{
    readonly WorkerPool pool;
    readonly Moments[] moments;
    readonly double[] sums;

    /// <param name="parameters">Each with a gradient.</param>
    /// <param name="stateBits">
    /// Bits of each moment of a value: 32, or 8 by block-wise dynamic quantisation (Dettmers et al., 2022; blocks of 256, as in bitsandbytes,
    /// where the paper has 2048). Parameters of fewer than 4096 values keep 32.
    /// </param>
    public AdamW(WorkerPool pool, IReadOnlyList<Parameter> parameters, int stateBits = 32)
    {
        this.pool = pool;
        Parameters = parameters;
        moments = [.. parameters.Select(p => Moments.Of(p, stateBits))];
        sums = new double[parameters.Count == 0 ? 0 : SquaredNorm.Pieces(parameters.Max(p => p.Tensor.Count))];
        States = [.. moments.SelectMany(m => m.States)];
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>All that the next steps depend on besides the parameters: whoever writes and reads these bytes goes on with the same bits.</summary>
    public IReadOnlyList<OptimizerState> States { get; }

    /// <summary>Updates all parameters from their gradients, clipped to a global norm.</summary>
    /// <param name="step">From 1.</param>
    /// <returns>The norm of the gradient before clipping.</returns>
    public double Step(int step, TrainingOptions options)
    {
        double squares = 0;
        foreach (Parameter p in Parameters) squares += SquaredNorm.Of(pool, p.Tensor.Gradient, p.Tensor.Count, sums);
        double norm = Math.Sqrt(squares);
        if (!double.IsFinite(norm)) return norm;
        // PyTorch's clip_grad_norm_ adds the same 1e-6.
        float scale = options.MaxGradientNorm > 0 ? (float)Math.Min(1, options.MaxGradientNorm / (norm + 1e-6)) : 1;
        for (int i = 0; i < Parameters.Count; i++)
        {
            Tensor t = Parameters[i].Tensor;
            AdamWStep update = new(
                options.LearningRateAt(step), options.Beta1, options.Beta2, options.Epsilon,
                Parameters[i].Shape.Count > 1 ? options.WeightDecay : 0,
                (float)(1 - Math.Pow(options.Beta1, step)), (float)(1 - Math.Pow(options.Beta2, step)), scale);
            moments[i].Update(pool, t, update);
        }
        return norm;
    }

    public void Dispose()
    {
        foreach (Moments m in moments) m.Dispose();
    }
}
