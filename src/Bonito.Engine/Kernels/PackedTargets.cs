using System.Runtime.CompilerServices;

namespace Bonito.Engine.Kernels;

/// <summary>
/// The products of one left side with up to <see cref="Most"/> packed matrices as one job, for which the left side is made ready once and the
/// workers meet once: C [m, rows of W] = A · W^T for each, without padding. A value: starting the job allocates nothing.
/// </summary>
public unsafe struct PackedTargets
{
    /// <summary>Query, key and value are three.</summary>
    public const int Most = 3;

    Matrices matrices;
    Addresses results;
    Ends ends;

    public PackedTargets(PackedMatrix w, float* c) => Add(w, c);

    /// <summary>How many were added.</summary>
    public int Count { get; private set; }

    /// <summary>Pieces of work of all together, once <see cref="Divide"/> has said how many each has.</summary>
    internal readonly int Pieces => ends[Count - 1];

    /// <param name="w">With as many columns as those before.</param>
    /// <param name="c">[m, rows of W], not read.</param>
    public void Add(PackedMatrix w, float* c)
    {
        if (Count == Most) throw new InvalidOperationException($"One job has at most {Most} products.");
        if (Count > 0 && w.Columns != matrices[0].Columns) throw new ArgumentException($"A matrix of {w.Columns} columns beside one of {matrices[0].Columns}.", nameof(w));
        matrices[Count] = w;
        results[Count++] = (nint)c;
    }

    internal readonly PackedMatrix Matrix(int target) => matrices[target];

    internal readonly float* Result(int target) => (float*)results[target];

    /// <summary>Says into how many pieces of work a target is divided; in ascending order.</summary>
    internal void Divide(int target, int pieces) => ends[target] = (target == 0 ? 0 : ends[target - 1]) + pieces;

    /// <summary>The target that a piece of work belongs to, and the number of the piece within it.</summary>
    internal readonly (int Target, int Piece) Find(int index)
    {
        int i = 0;
        while (index >= ends[i]) i++;
        return (i, i == 0 ? index : index - ends[i - 1]);
    }

    [InlineArray(Most)]
    struct Matrices
    {
        PackedMatrix first;
    }

    [InlineArray(Most)]
    struct Addresses
    {
        nint first;
    }

    [InlineArray(Most)]
    struct Ends
    {
        int first;
    }
}
