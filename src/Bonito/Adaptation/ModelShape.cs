namespace Bonito.Adaptation;

/// <summary>The shape of a model trained from scratch, named as in <c>config.json</c>.</summary>
public sealed record ModelShape
{
    public int VocabSize { get; init; } = 8192;

    public int HiddenSize { get; init; } = 256;

    public int IntermediateSize { get; init; } = 688;

    public int NumHiddenLayers { get; init; } = 6;

    public int NumAttentionHeads { get; init; } = 4;

    public int NumKeyValueHeads { get; init; } = 4;

    public int MaxPositionEmbeddings { get; init; } = 1024;
}
