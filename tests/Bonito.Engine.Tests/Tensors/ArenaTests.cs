using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Tensors;

public sealed unsafe class ArenaTests
{
    [Fact]
    public void Tensors_are_aligned_apart_and_keep_their_values()
    {
        using Arena arena = new();
        List<Tensor> tensors = [];
        for (int i = 0; i < 200; i++)
        {
            Tensor t = arena.Tensor(1 + i % 7, 1 + i * 37 % 50_000, gradient: i % 2 == 1);
            t.Values.Fill(i);
            if (t.HasGradient)
            {
                Assert.Equal(-1, t.Gradients.IndexOfAnyExcept(0f));
                t.Gradients.Fill(-i);
            }
            tensors.Add(t);
        }
        for (int i = 0; i < tensors.Count; i++)
        {
            Assert.Equal(0, (nint)tensors[i].Data % 64);
            Assert.Equal(-1, tensors[i].Values.IndexOfAnyExcept(i));
            Assert.Equal(i % 2 == 1, tensors[i].HasGradient);
            Assert.Equal(-1, tensors[i].Gradients.IndexOfAnyExcept(-i));
        }
    }

    [Fact]
    public void Memory_is_used_again_after_a_reset_and_gradients_start_at_zero()
    {
        using Arena arena = new();
        nint first = Fill();
        long capacity = arena.Capacity;
        for (int i = 0; i < 20; i++)
        {
            arena.Reset();
            Assert.Equal(first, Fill());
        }
        Assert.Equal(capacity, arena.Capacity);

        nint Fill()
        {
            Tensor start = arena.Tensor(3, 5, gradient: true);
            Assert.Equal(-1, start.Gradients.IndexOfAnyExcept(0f));
            start.Gradients.Fill(7);
            // More than one block holds, so that the arena has to grow.
            for (int i = 0; i < 3; i++) arena.Tensor(1500, 1501).Values.Fill(7);
            return (nint)start.Data;
        }
    }

    [Fact]
    public void Integers_are_copied()
    {
        using Arena arena = new();
        int[] ids = [3, 1, 4, 1, 5];
        int* copy = arena.Integers(ids);
        ids[0] = 9;
        Assert.Equal([3, 1, 4, 1, 5], new Span<int>(copy, 5).ToArray());
        Assert.Equal(0, (nint)arena.Floats(1) % 64);
    }

    [Fact]
    public void Buffers_are_zero_and_aligned_and_huge_ones_to_huge_pages()
    {
        foreach (long count in new[] { 0L, 1, 15, 17, 1000, 1 << 20, (1 << 20) + 1, 3 << 20 })
        {
            using NativeBuffer buffer = new(count);
            Assert.Equal(count, buffer.Count);
            Assert.Equal(0, (nint)buffer.Data % (count >= 1 << 20 ? 2 << 20 : 64));
            Assert.Equal(-1, new Span<float>(buffer.Data, (int)count).IndexOfAnyExcept(0f));
        }
    }

    [Fact]
    public void Memory_that_cannot_be_had_is_an_error_with_the_amount()
    {
        string message = Assert.Throws<EngineException>(() => new NativeBuffer(1L << 50)).Message;
        Assert.StartsWith("Out of memory: 4,294,967,296 MiB more were needed.", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBuffer(-1));
    }

    [Fact]
    public void A_disposed_buffer_has_no_data_and_is_disposed_again_without_harm()
    {
        NativeBuffer buffer = new(5);
        buffer.Dispose();
        Assert.True(buffer.Data == null);
        buffer.Dispose();
    }
}
