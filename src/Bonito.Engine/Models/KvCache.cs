using Bonito.Engine.Kernels;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Models;

/// <summary>
/// Keys and values of past tokens for a number of sequences (slots), in pages of <see cref="PageTokens"/> tokens that are made when
/// they are first written and that slots share while they are equal: a window costs nothing until it is filled, and samples of a
/// prompt hold its keys and values once. A page holds, for each layer and key/value head, keys as panels
/// [PageTokens / W][D][W] and after them values as panels [D / W][PageTokens][W], with W the panel width of the matrix kernels: the
/// order in which they read.
/// </summary>
public sealed unsafe class KvCache : IDisposable
{
    /// <summary>Tokens of a page; attention takes this many keys at once.</summary>
    public const int PageTokens = 128;

    const int None = -1;

    readonly bool keeps;
    readonly int pagesPerSlot;
    readonly int paddedWidth;
    // Page of each slot and PageTokens positions, None where there is none yet.
    readonly int[] table;
    // How many of a slot's first pages there are.
    readonly int[] present;
    // All pages that were made, and how many slots have each.
    readonly List<NativeBuffer> pages = [];
    readonly List<int> owners = [];
    readonly Stack<int> free = new();

    /// <param name="capacity">Tokens a slot can hold, rounded up to whole pages.</param>
    /// <param name="keep">False where every pass brings whole sequences, as in training: the layers then take turns with the memory of one.</param>
    public KvCache(LlamaConfig config, MicroKernel kernel, int slots, int capacity, bool keep = true)
    {
        keeps = keep;
        PanelWidth = kernel.PanelWidth;
        Slots = slots;
        Heads = config.NumKeyValueHeads;
        HeadWidth = config.HeadWidth;
        Layers = keep ? config.NumHiddenLayers : 1;
        pagesPerSlot = (int)(((long)capacity + PageTokens - 1) / PageTokens);
        paddedWidth = (HeadWidth + PanelWidth - 1) / PanelWidth * PanelWidth;
        table = new int[checked(slots * pagesPerSlot)];
        Array.Fill(table, None);
        present = new int[slots];
    }

    public int Slots { get; }

    public int Capacity => pagesPerSlot * PageTokens;

    public int PanelWidth { get; }

    /// <summary>Layers whose keys and values are there at once; where it is one, the layers of the model take turns.</summary>
    public int Layers { get; }

    public int Heads { get; }

    public int HeadWidth { get; }

    /// <summary>Bytes of all pages that were made.</summary>
    public long Bytes => pages.Count * PageFloats * sizeof(float);

    long HeadFloats => (long)PageTokens * (HeadWidth + paddedWidth);

    long PageFloats => Layers * Heads * HeadFloats;

    /// <summary>Keys of one head in a page of a slot: panels [PageTokens / W][D][W].</summary>
    public float* Keys(int layer, int slot, int head, int page) =>
        pages[table[slot * pagesPerSlot + page]].Data + (layer % Layers * Heads + head) * HeadFloats;

    /// <summary>Values of one head in a page of a slot: panels [padded D / W][PageTokens][W].</summary>
    public float* Values(int layer, int slot, int head, int page) => Keys(layer, slot, head, page) + (long)PageTokens * HeadWidth;

    /// <summary>Gives a slot pages of its own for tokens that follow its first <paramref name="past"/> ones.</summary>
    public void Reserve(int slot, int past, int count)
    {
        if (past > 0 && !keeps) throw new InvalidOperationException("This cache keeps nothing of a pass for the next.");
        for (int page = Math.Min(present[slot], past / PageTokens); page * PageTokens < past + count; page++)
        {
            ref int entry = ref table[slot * pagesPerSlot + page];
            if (entry != None && owners[entry] == 1) continue;
            int shared = entry;
            entry = Take();
            if (shared == None) continue;
            // Another slot goes on reading the page: this one writes to a copy of what it keeps.
            if (past > page * PageTokens) CopyPage(shared, entry);
            Drop(shared);
        }
        present[slot] = Math.Max(present[slot], (past + count + PageTokens - 1) / PageTokens);
    }

    /// <summary>Gives the first tokens of a slot to another: whole pages are shared from now on, what is left is copied.</summary>
    public void Copy(int from, int to, int tokens)
    {
        int whole = tokens / PageTokens;
        for (int page = 0; page < whole; page++)
        {
            ref int entry = ref table[to * pagesPerSlot + page];
            int shared = table[from * pagesPerSlot + page];
            if (entry == shared) continue;
            if (entry != None) Drop(entry);
            entry = shared;
            owners[shared]++;
        }
        present[to] = Math.Max(present[to], whole);
        if (tokens == whole * PageTokens) return;
        Reserve(to, whole * PageTokens, tokens - whole * PageTokens);
        CopyPage(table[from * pagesPerSlot + whole], table[to * pagesPerSlot + whole]);
    }

    public void Dispose()
    {
        foreach (NativeBuffer page in pages) page.Dispose();
    }

    int Take()
    {
        if (!free.TryPop(out int page))
        {
            page = pages.Count;
            pages.Add(new NativeBuffer(PageFloats));
            owners.Add(0);
        }
        owners[page] = 1;
        return page;
    }

    void Drop(int page)
    {
        if (--owners[page] == 0) free.Push(page);
    }

    void CopyPage(int from, int to) =>
        Buffer.MemoryCopy(pages[from].Data, pages[to].Data, PageFloats * sizeof(float), PageFloats * sizeof(float));
}
