using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>Writes a model with a PEFT adapter worked into its weights, W + scale * B · A, in every form that <see cref="ModelConversion"/> writes.</summary>
public static class AdapterMerge
{
    /// <summary>What most of the base's weights are; BF16 for a base that is quantised, since its merged weights are no multiples of its scales any more.</summary>
    public static WeightMix DefaultMix(ModelSource source, string output)
    {
        WeightMix mix = ModelConversion.DefaultMix(source, output);
        return QuantizedType(source) == null ? mix : WeightMix.All.First(other => other.Type == DType.BF16);
    }

    /// <summary>Merges into a GGUF file, if the output's name ends so, or else a Hugging Face folder, one weight at a time.</summary>
    /// <param name="source">The base.</param>
    /// <param name="adapter">The adapter's folder.</param>
    /// <param name="output">Must not exist; appears whole or not at all.</param>
    /// <param name="note">Told what is lost or had to be stored otherwise.</param>
    /// <param name="progress">Told the bytes written of all bytes.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is left of the output.</exception>
    /// <exception cref="EngineException">The adapter is not for this model, or the output exists or cannot be written.</exception>
    public static void Run(ModelSource source, string adapter, string output, WeightMix mix, Action<string> note, Action<long, long> progress, CancellationToken cancellation = default)
    {
        using PeftFolder folder = PeftFolder.Open(adapter, source.Config);
        using MergedCheckpoint merged = new(source.Checkpoint, folder);
        if (QuantizedType(source) is DType type) note($"the base is quantised ({type}): what its rounding took from it stays lost, and the adapter rounded to {mix} with it; merging into the original model loses less");
        ModelConversion.Run(source.Over(merged), output, mix, note, progress, cancellation);
    }

    /// <summary>The quantised format that most of the base's quantised weights have; null when it has none.</summary>
    private static DType? QuantizedType(ModelSource source) => source.Checkpoint.Tensors.Values
        .Where(tensor => tensor.WeightType?.IsQuantized() == true).GroupBy(tensor => tensor.WeightType).MaxBy(group => group.Sum(tensor => tensor.Length))?.Key;
}
