using Bonito.Engine.Kernels;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Models;

/// <summary>
/// Keys and values of past tokens for a number of sequences (slots), in the order in which the matrix kernels read them:
/// keys as panels [capacity / W][D][W], values as panels [D / W][capacity][W], for each layer, slot and key/value head, with W
/// the kernel's panel width.
/// </summary>
public sealed unsafe class KvCache : IDisposable
{
    readonly NativeBuffer keys;
    readonly NativeBuffer values;
    readonly int paddedWidth;

    /// <param name="capacity">Tokens a slot can hold, rounded up to whole panels.</param>
    public KvCache(LlamaConfig config, MicroKernel kernel, int slots, int capacity)
    {
        PanelWidth = kernel.PanelWidth;
        Slots = slots;
        Heads = config.NumKeyValueHeads;
        HeadWidth = config.HeadWidth;
        Layers = config.NumHiddenLayers;
        Capacity = (capacity + PanelWidth - 1) / PanelWidth * PanelWidth;
        paddedWidth = (HeadWidth + PanelWidth - 1) / PanelWidth * PanelWidth;
        keys = new NativeBuffer((long)Layers * slots * Heads * Capacity * HeadWidth);
        values = new NativeBuffer((long)Layers * slots * Heads * Capacity * paddedWidth);
    }

    public int Slots { get; }

    public int Capacity { get; }

    public int PanelWidth { get; }

    public int Layers { get; }

    public int Heads { get; }

    public int HeadWidth { get; }

    /// <summary>Panels of the keys of one head: [capacity / W][D][W].</summary>
    public float* Keys(int layer, int slot, int head) => keys.Data + (((long)layer * Slots + slot) * Heads + head) * Capacity * HeadWidth;

    /// <summary>Panels of the values of one head: [padded D / W][capacity][W].</summary>
    public float* Values(int layer, int slot, int head) => values.Data + (((long)layer * Slots + slot) * Heads + head) * Capacity * paddedWidth;

    /// <summary>Copies the first tokens of a slot to another: samples of one prompt share its prefill.</summary>
    public void Copy(int from, int to, int tokens)
    {
        int panels = (tokens + PanelWidth - 1) / PanelWidth;
        long keyFloats = (long)panels * PanelWidth * HeadWidth;
        for (int layer = 0; layer < Layers; layer++)
            for (int head = 0; head < Heads; head++)
            {
                new ReadOnlySpan<float>(Keys(layer, from, head), checked((int)keyFloats)).CopyTo(new Span<float>(Keys(layer, to, head), (int)keyFloats));
                for (int p = 0; p < paddedWidth / PanelWidth; p++)
                {
                    long at = (long)p * Capacity * PanelWidth;
                    new ReadOnlySpan<float>(Values(layer, from, head) + at, tokens * PanelWidth).CopyTo(new Span<float>(Values(layer, to, head) + at, tokens * PanelWidth));
                }
            }
    }

    public void Dispose()
    {
        keys.Dispose();
        values.Dispose();
    }
}
