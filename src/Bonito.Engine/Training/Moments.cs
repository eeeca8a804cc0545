using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>The two moments of a parameter.</summary>
internal abstract unsafe class Moments : IDisposable
{
    /// <summary>Parameters of fewer values than this keep float32 moments: they cost nothing, and norms among them are sensitive.</summary>
    public const int SmallestQuantized = 4096;

    /// <param name="bits">32 or 8.</param>
    public static Moments Of(Parameter parameter, int bits) => bits switch
    {
        32 => new FloatMoments(parameter),
        8 => parameter.Tensor.Count < SmallestQuantized ? new FloatMoments(parameter) : new ByteMoments(parameter),
        _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "Moments have 32 or 8 bits."),
    };

    /// <summary>What is kept, in memory that stays where it is.</summary>
    public abstract IReadOnlyList<OptimizerState> States { get; }

    /// <summary>Updates a parameter and its moments from its gradient.</summary>
    public abstract void Update(WorkerPool pool, Tensor parameter, AdamWStep step);

    public abstract void Dispose();

    protected static long[] Shape(Parameter parameter) => [.. parameter.Shape.Select(size => (long)size)];
}

/// <summary>Moments in float32.</summary>
internal sealed unsafe class FloatMoments : Moments
{
    readonly NativeBuffer first;
    readonly NativeBuffer second;

    public FloatMoments(Parameter parameter)
    {
        first = new NativeBuffer(parameter.Tensor.Count);
        second = new NativeBuffer(parameter.Tensor.Count);
        States =
        [
            new OptimizerState("first." + parameter.Name, DType.F32, Shape(parameter), first.Data),
            new OptimizerState("second." + parameter.Name, DType.F32, Shape(parameter), second.Data),
        ];
    }

    public override IReadOnlyList<OptimizerState> States { get; }

    public override void Update(WorkerPool pool, Tensor parameter, AdamWStep step) =>
        AdamWUpdate.Apply(pool, parameter.Gradient, parameter.Count, step, parameter.Data, first.Data, second.Data);

    public override void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }
}

/// <summary>Moments in 8 bits, a maximum for each block of 256: <see cref="AdamWUpdate8"/>.</summary>
internal sealed unsafe class ByteMoments : Moments
{
    readonly NativeBuffer codes;
    readonly NativeBuffer maxima;
    readonly long count;
    readonly long blocks;

    public ByteMoments(Parameter parameter)
    {
        count = parameter.Tensor.Count;
        blocks = (count + AdamWUpdate8.Block - 1) / AdamWUpdate8.Block;
        // Whole blocks for each of the moments, so that both begin on a cache line.
        codes = new NativeBuffer(2 * blocks * AdamWUpdate8.Block / sizeof(float));
        maxima = new NativeBuffer(2 * blocks);
        States =
        [
            new OptimizerState("first." + parameter.Name, null, Shape(parameter), First),
            new OptimizerState("first." + parameter.Name + ".maxima", DType.F32, [blocks], maxima.Data),
            new OptimizerState("second." + parameter.Name, null, Shape(parameter), Second),
            new OptimizerState("second." + parameter.Name + ".maxima", DType.F32, [blocks], maxima.Data + blocks),
        ];
    }

    public override IReadOnlyList<OptimizerState> States { get; }

    byte* First => (byte*)codes.Data;

    byte* Second => (byte*)codes.Data + blocks * AdamWUpdate8.Block;

    public override void Update(WorkerPool pool, Tensor parameter, AdamWStep step) =>
        AdamWUpdate8.Apply(pool, parameter.Gradient, count, step, parameter.Data, First, maxima.Data, Second, maxima.Data + blocks);

    public override void Dispose()
    {
        codes.Dispose();
        maxima.Dispose();
    }
}
