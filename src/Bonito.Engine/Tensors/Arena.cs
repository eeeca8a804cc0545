using System.Runtime.InteropServices;

namespace Bonito.Engine.Tensors;

/// <summary>
/// Memory for the tensors of one step: taken by moving an offset, given back all at once by <see cref="Reset"/>.
/// After the first steps have made it large enough, nothing is allocated any more.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    // 64 bytes: every tensor starts on a cache line.
    const long Granule = 16;
    const long SmallestBlock = 4 << 20;

    readonly List<NativeBuffer> blocks = [];
    int block;
    long offset;

    /// <summary>Floats of native memory held, used or not.</summary>
    public long Capacity => blocks.Sum(b => b.Count);

    /// <summary>A tensor whose values are undefined and whose gradient, where asked for, is zero.</summary>
    public Tensor Tensor(int rows, int columns, bool gradient = false)
    {
        long count = (long)rows * columns;
        float* values = Floats(count);
        float* gradients = null;
        if (gradient)
        {
            gradients = Floats(count);
            NativeMemory.Clear(gradients, (nuint)count * sizeof(float));
        }
        return new Tensor(values, gradients, rows, columns);
    }

    /// <summary>Undefined floats, aligned to 64 bytes, valid until <see cref="Reset"/>.</summary>
    public float* Floats(long count)
    {
        long need = (count + Granule - 1) / Granule * Granule;
        while (block < blocks.Count && offset + need > blocks[block].Count)
        {
            block++;
            offset = 0;
        }
        if (block == blocks.Count) blocks.Add(new NativeBuffer(Math.Max(need, Math.Max(SmallestBlock, Capacity / 2)), zeroed: false));
        float* result = blocks[block].Data + offset;
        offset += need;
        return result;
    }

    /// <summary>Makes sure that so many floats are there in one piece, while none is taken.</summary>
    public void Reserve(long count)
    {
        if (Position != default) throw new InvalidOperationException("Memory is reserved while none is taken.");
        if (blocks.Count > 0 && blocks[0].Count >= count) return;
        foreach (NativeBuffer b in blocks) b.Dispose();
        blocks.Clear();
        blocks.Add(new NativeBuffer((count + Granule - 1) / Granule * Granule, zeroed: false));
    }

    /// <summary>A copy of integers (token ids, targets), valid until <see cref="Reset"/>.</summary>
    public int* Integers(ReadOnlySpan<int> values)
    {
        int* copy = (int*)Floats(values.Length);
        values.CopyTo(new Span<int>(copy, values.Length));
        return copy;
    }

    /// <summary>How much is taken, for <see cref="Rewind"/>.</summary>
    public (int Block, long Offset) Position => (block, offset);

    /// <summary>Gives back what was taken since a position; those tensors are invalid.</summary>
    public void Rewind((int Block, long Offset) position) => (block, offset) = position;

    /// <summary>Gives all memory back for reuse; every tensor taken before is invalid.</summary>
    public void Reset()
    {
        block = 0;
        offset = 0;
    }

    public void Dispose()
    {
        foreach (NativeBuffer b in blocks) b.Dispose();
        blocks.Clear();
        Reset();
    }
}
