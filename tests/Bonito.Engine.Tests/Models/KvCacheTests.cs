using Bonito.Engine.Kernels;
using Bonito.Engine.Models;

namespace Bonito.Engine.Tests.Models;

/// <summary>Which pages slots have, share and copy; what is computed with them is tested with the model.</summary>
public sealed unsafe class KvCacheTests
{
    const int Page = KvCache.PageTokens;

    [Fact]
    public void A_huge_window_costs_nothing_until_it_is_filled()
    {
        LlamaConfig large = TinyLlama.Config() with { HiddenSize = 4096, NumAttentionHeads = 32, NumKeyValueHeads = 8, NumHiddenLayers = 32, MaxPositionEmbeddings = 131_072 };
        using KvCache cache = new(large, MicroKernel.Best, 64, large.MaxPositionEmbeddings);
        Assert.Equal(131_072, cache.Capacity);
        Assert.Equal(0, cache.Bytes);
        cache.Reserve(63, 0, 1);
        // One page: keys and values of 128 tokens, 32 layers, 8 heads of 128.
        Assert.Equal(2L * Page * 32 * 8 * 128 * sizeof(float), cache.Bytes);
    }

    [Fact]
    public void Slots_share_whole_pages_and_copy_the_rest()
    {
        using KvCache cache = Cache();
        Fill(cache, 0, 0, 2 * Page + 5, 1);
        long held = cache.Bytes;
        cache.Copy(0, 1, 2 * Page + 5);
        Assert.Equal(held / 3 * 4, cache.Bytes);
        Assert.True(cache.Keys(0, 0, 0, 0) == cache.Keys(0, 1, 0, 0) && cache.Keys(0, 0, 0, 1) == cache.Keys(0, 1, 0, 1));
        Assert.True(cache.Keys(0, 0, 0, 2) != cache.Keys(0, 1, 0, 2));
        Expect(cache, 1, 2 * Page + 5, 1);
    }

    [Fact]
    public void Writing_to_a_shared_page_leaves_it_to_the_other_slot()
    {
        using KvCache cache = Cache();
        Fill(cache, 0, 0, 2 * Page, 1);
        cache.Copy(0, 1, 2 * Page);
        // In the middle of a page, what is before is kept.
        Fill(cache, 1, Page + 7, 3, 2);
        Expect(cache, 0, 2 * Page, 1);
        Expect(cache, 1, Page + 7, 1);
        Assert.Equal(2, At(cache, 1, Page + 7));
        // From the start of a page, nothing is.
        Fill(cache, 0, 0, Page, 3);
        Expect(cache, 1, Page + 7, 1);
        Expect(cache, 0, Page, 3);
    }

    [Fact]
    public void Pages_that_no_slot_has_any_more_are_used_again()
    {
        using KvCache cache = Cache();
        Fill(cache, 0, 0, 3 * Page, 1);
        Fill(cache, 1, 0, 3 * Page, 2);
        long held = cache.Bytes;
        for (int round = 0; round < 5; round++)
        {
            cache.Copy(0, 1, 3 * Page);
            cache.Copy(0, 2, 3 * Page);
            Fill(cache, 1, 0, 3 * Page, 2);
            cache.Copy(0, 1, 3 * Page);
        }
        Expect(cache, 2, 3 * Page, 1);
        Assert.Equal(held, cache.Bytes);
    }

    static KvCache Cache() => new(TinyLlama.Config(), MicroKernel.Wide512, 3, 3 * Page);

    /// <summary>Sets the first element of a key of the last layer and head, which tells the others' place too.</summary>
    static void Fill(KvCache cache, int slot, int past, int count, float value)
    {
        cache.Reserve(slot, past, count);
        for (int t = past; t < past + count; t++) *Key(cache, slot, t) = value;
    }

    static void Expect(KvCache cache, int slot, int count, float value)
    {
        for (int t = 0; t < count; t++) Assert.Equal(value, At(cache, slot, t));
    }

    static float At(KvCache cache, int slot, int position) => *Key(cache, slot, position);

    static float* Key(KvCache cache, int slot, int position) =>
        cache.Keys(1, slot, 1, position / Page) + position % Page / cache.PanelWidth * cache.HeadWidth * cache.PanelWidth + position % cache.PanelWidth;
}
