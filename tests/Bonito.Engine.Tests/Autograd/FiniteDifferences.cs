using Bonito.Engine.Autograd;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Autograd;

/// <summary>
/// Checks the whole gradient of an operation: every element of every input is moved up and down by itself, and the change of a
/// loss compared with what the backward pass has added to that element's gradient.
/// </summary>
static unsafe class FiniteDifferences
{
    // Inputs and projections are of size 1, so are slopes and curvatures. The central difference errs by h^2/6 of the third
    // derivative, about 5e-5 here, and by the float32 rounding of the elements that an input moves, each 6e-8 of a value near 1,
    // divided by 2h: 1e-5 for ten of them. A wrong formula, sign, factor or index errs by its own size.
    const float Step = 0.0156250f;
    const double Tolerance = 5e-4;

    /// <summary>A loss of the inputs; with a tape it sets the gradients of what it starts from, and the backward pass runs afterwards.</summary>
    public delegate double Loss(Ops ops, IReadOnlyList<Tensor> inputs);

    /// <param name="inputs">Shapes; their values are drawn from [-1, 1].</param>
    public static void Check(Loss loss, params ReadOnlySpan<(int Rows, int Columns)> inputs)
    {
        Random random = new(11);
        using Arena arena = new();
        List<Tensor> tensors = [];
        List<float[]> before = [];
        foreach ((int rows, int columns) in inputs)
        {
            Tensor tensor = arena.Tensor(rows, columns, gradient: true);
            foreach (ref float value in tensor.Values) value = 2 * random.NextSingle() - 1;
            // Backward passes add: gradients start at something other than zero.
            foreach (ref float value in tensor.Gradients) value = 2 * random.NextSingle() - 1;
            tensors.Add(tensor);
            before.Add(tensor.Gradients.ToArray());
        }

        using (WorkerPool pool = new(3))
        using (Ops ops = new(pool, new Tape()))
        {
            loss(ops, tensors);
            ops.Tape!.Backward();
        }

        using WorkerPool one = new(1);
        using Ops plain = new(one);
        for (int i = 0; i < tensors.Count; i++)
        {
            Tensor tensor = tensors[i];
            for (int j = 0; j < tensor.Count; j++)
            {
                float value = tensor.Data[j];
                double up = Shifted(value + Step), down = Shifted(value - Step);
                tensor.Data[j] = value;
                double numeric = (up - down) / (2.0 * Step), added = (double)tensor.Gradient[j] - before[i][j];
                Assert.True(Math.Abs(numeric - added) <= Tolerance * Math.Max(1, Math.Abs(numeric)), $"Input {i} {tensor}, row {j / tensor.Columns}, column {j % tensor.Columns}: gradient {added}, central difference {numeric}");

                double Shifted(float to)
                {
                    tensor.Data[j] = to;
                    plain.Arena.Reset();
                    return loss(plain, tensors);
                }
            }
        }
    }

    /// <summary>The sum of an output's elements, each times its own factor from [-1, 1]; with a tape these are the output's gradient.</summary>
    public static double Project(Ops ops, Tensor y)
    {
        Random random = new(12);
        double total = 0;
        for (int i = 0; i < y.Count; i++)
        {
            float factor = 2 * random.NextSingle() - 1;
            total += (double)factor * y.Data[i];
            if (ops.Tape != null) y.Gradient[i] = factor;
        }
        return total;
    }

    /// <summary>An input as a parameter, for operations with weights.</summary>
    public static Parameter Weight(Tensor tensor) => new("weight", [tensor.Rows, tensor.Columns], tensor);
}
