using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>The AdamW optimiser: the two moments of each parameter and the step that uses them.</summary>
public sealed unsafe class AdamW : IDisposable
{
    readonly WorkerPool pool;
    readonly NativeBuffer[] first;
    readonly NativeBuffer[] second;

    public AdamW(WorkerPool pool, IReadOnlyList<Parameter> parameters)
    {
        this.pool = pool;
        Parameters = parameters;
        first = [.. parameters.Select(p => new NativeBuffer(p.Tensor.Count))];
        second = [.. parameters.Select(p => new NativeBuffer(p.Tensor.Count))];
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>First moments of a parameter, in the order of its values.</summary>
    public Span<float> First(int parameter) => new(first[parameter].Data, (int)first[parameter].Count);

    /// <summary>Second moments of a parameter.</summary>
    public Span<float> Second(int parameter) => new(second[parameter].Data, (int)second[parameter].Count);

    /// <summary>Updates all parameters from their gradients, clipped to a global norm.</summary>
    /// <param name="step">From 1.</param>
    /// <returns>The norm of the gradient before clipping.</returns>
    public double Step(int step, TrainingOptions options)
    {
        double squares = 0;
        foreach (Parameter p in Parameters) squares += SquaredNorm.Of(pool, p.Tensor.Gradient, p.Tensor.Count);
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
            AdamWUpdate.Apply(pool, t.Gradient, t.Count, update, t.Data, first[i].Data, second[i].Data);
        }
        return norm;
    }

    public void Dispose()
    {
        foreach (NativeBuffer b in first) b.Dispose();
        foreach (NativeBuffer b in second) b.Dispose();
    }
}
