using Bonito.Engine.Tensors;

namespace Bonito.Engine.Autograd;

public sealed unsafe partial class Ops
{
    /// <summary>
    /// Whether models keep of each block of layers its input alone and run it again in the backward pass (Chen et al., "Training Deep
    /// Nets with Sublinear Memory Cost", 2016): a third more work, for memory that hardly grows with the number of blocks. Same bits.
    /// </summary>
    public bool Checkpointing { get; set; }

    /// <summary>
    /// A part of a model of which nothing is kept but its result: the backward pass runs it again, with a tape of its own.
    /// </summary>
    /// <param name="x">Nothing else takes it: the backward pass of the part begins with its gradient at zero.</param>
    /// <param name="gradient">The result's gradient: [x.Rows, x.Columns], zero when the backward pass begins.</param>
    /// <param name="part">Makes a tensor of the shape of its input; the same one each time.</param>
    public Tensor Checkpoint(Tensor x, float* gradient, Func<Tensor, Tensor> part)
    {
        Tape tape = Tape ?? throw new InvalidOperationException("Without a tape nothing is kept anyway.");
        Tensor y = new(Arena.Floats(x.Count), gradient, x.Rows, x.Columns);
        (int, long) start = Arena.Position;
        Tape = null;
        part(x).Values.CopyTo(y.Values);
        Tape = tape;
        Arena.Rewind(start);
        ulong key = DropoutKey;
        tape.Record(() => Again(x, y, part, key));
        return y;
    }

    void Again(Tensor x, Tensor y, Func<Tensor, Tensor> part, ulong dropoutKey)
    {
        (Tape? outer, ulong outerKey) = (Tape, DropoutKey);
        (int, long) start = Arena.Position;
        (Tape, DropoutKey) = (new Tape(), dropoutKey);
        Tensor again = part(x);
        if (again.HasGradient) y.Gradients.CopyTo(again.Gradients);
        x.Gradients.Clear();
        Tape.Backward();
        (Tape, DropoutKey) = (outer, outerKey);
        Arena.Rewind(start);
    }
}
