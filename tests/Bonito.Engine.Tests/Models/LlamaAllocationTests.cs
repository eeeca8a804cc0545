using Bonito.Engine.Autograd;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Models;

public sealed class LlamaAllocationTests
{
    /// <summary>Two sequences, one token each at a time, over the pages of the cache that earlier ones had: not a byte of garbage, no growing memory.</summary>
    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, true, false)]
    [InlineData(2, false, true)]
    public void Decoding_allocates_nothing(int threads, bool packed, bool adapted)
    {
        using Llama model = TinyLlama.Create();
        if (adapted) model.AddLora(new LoraOptions(), 1);
        using WorkerPool pool = new(threads);
        using Ops ops = new(pool);
        if (packed) model.Pack(ops.Gemm);
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, 2, 256);
        TokenBatch batch = new();
        int[] chosen = [1];
        batch.Add(0, 0, TinyLlama.Tokens(1, 8));
        batch.Add(1, 0, TinyLlama.Tokens(2, 11));
        model.Logits(ops, model.Forward(ops, batch, cache));

        double check = 0;
        // Warm-up: just-in-time compilation, first use of statics, and all pages.
        for (int t = 0; t < 240; t++) Decode(t);
        long memory = ops.Arena.Capacity, pages = cache.Bytes, least = long.MaxValue;
        // A collection that another test starts ends this thread's piece of the heap, and what is left of that counts as allocated: so the least of a few.
        for (int attempt = 0; attempt < 4 && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int t = 0; t < 240; t++) Decode(t);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        Assert.Equal(memory, ops.Arena.Capacity);
        Assert.Equal(pages, cache.Bytes);
        Assert.True(double.IsFinite(check));

        void Decode(int t)
        {
            ops.Arena.Reset();
            batch.Clear();
            batch.Add(0, 8 + t, [t % 67]);
            batch.Add(1, 11 + t, [(t + 30) % 67]);
            Tensor hidden = model.Forward(ops, batch, cache);
            check += model.Logits(ops, hidden).Values[0] + model.Logits(ops, ops.Rows(hidden, chosen)).Values[66];
        }
    }
}
