using Bonito.Adaptation;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;

namespace Bonito.Recipes;

/// <summary>What to merge, and where to.</summary>
/// <param name="BaseModel">Model folder or GGUF file.</param>
/// <param name="AdapterFolder">A PEFT adapter, or the run folder that holds one.</param>
/// <param name="Output">A GGUF file if it ends so, else a Hugging Face folder. Must not exist.</param>
/// <param name="Mix">How weights are stored; null as most of the base's are.</param>
public sealed record MergeOptions(string BaseModel, string AdapterFolder, string Output, WeightMix? Mix = null, int? Threads = null);

/// <summary>How a merge went.</summary>
/// <param name="Mix">How the weights are stored.</param>
/// <param name="Bytes">Written.</param>
/// <param name="Prompts">Real prompts that the logits were compared on.</param>
/// <param name="Parity">The base with its adapter against the merged model.</param>
/// <param name="Limit">The largest difference of a logit that the storage explains.</param>
public sealed record MergeSummary(WeightMix Mix, long Bytes, int Prompts, LogitComparison Parity, double Limit);

/// <summary>Works an adapter into its base, and proves on real prompts that the outcome computes what both computed together.</summary>
public static class MergeModel
{
    /// <summary>Merges and compares. A merged model that differs by more than its storage explains is deleted.</summary>
    /// <param name="note">Told what is lost or had to be stored otherwise.</param>
    /// <param name="progress">Told the bytes written of all bytes.</param>
    /// <exception cref="BonitoException">The merged model computes something else; nothing is left of it.</exception>
    /// <exception cref="Engine.EngineException">The adapter is not for this model, or the output exists or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is left of the output.</exception>
    public static MergeSummary Run(MergeOptions options, Action<string> note, Action<long, long> progress, CancellationToken cancellation)
    {
        string adapter = AdapterLocation.Find(options.AdapterFolder);
        long bytes = 0;
        WeightMix mix;
        using (ModelSource source = ModelSource.Open(options.BaseModel))
        {
            mix = options.Mix ?? AdapterMerge.DefaultMix(source, options.Output);
            AdapterMerge.Run(source, adapter, options.Output, mix, note, (done, all) =>
            {
                bytes = done;
                progress(done, all);
            }, cancellation);
        }
        try
        {
            (LogitComparison parity, int prompts) = Compare(options, adapter, cancellation);
            double limit = LimitOf(mix, parity.LargestLogit);
            if (!(parity.LargestDifference <= limit))
                throw new BonitoException(FormattableString.Invariant(
                    $"The merged model does not compute what the base and its adapter do: on {prompts} prompts ({parity.Tokens} tokens) logits differ by up to {parity.LargestDifference:G3}, where storing them as {mix} explains {limit:G3}; the likeliest token is the same after {parity.SameTop:P1} of the tokens. Nothing of {options.Output} was kept. Merge into the original weights, or store them with more bits (--type)."));
            return new MergeSummary(mix, bytes, prompts, parity, limit);
        }
        catch
        {
            if (File.Exists(options.Output)) File.Delete(options.Output);
            else if (Directory.Exists(options.Output)) Directory.Delete(options.Output, recursive: true);
            throw;
        }
    }

    static (LogitComparison Parity, int Prompts) Compare(MergeOptions options, string adapter, CancellationToken cancellation)
    {
        using WorkerPool pool = new(options.Threads);
        (Llama model, Tokenizer tokenizer) = ModelFolder.Load(options.BaseModel);
        using Llama before = model;
        PeftAdapter.Load(adapter, before);
        (Llama merged, _) = ModelFolder.Load(options.Output);
        using Llama after = merged;
        int[][] sequences = [.. ParityPrompts.Of(adapter).Select(prompt => tokenizer.EncodeSequence(prompt)).Select(ids => ids[..Math.Min(ids.Length, model.Config.MaxPositionEmbeddings)])];
        return (LogitComparison.Run(before, after, pool, sequences, cancellation), sequences.Length);
    }

    /// <summary>
    /// What storing the weights explains, as a share of the largest logit. Measured on bonito-mini with an adapter of 30 steps: 1e-6 (F32),
    /// 1.4e-4 (F16), 2e-3 (BF16), 1e-2 (Q8_0), 2e-2 (Q6_K), 2.5e-2 (Q5_K_M), 7e-2 (Q4_K_M); the rest is room for models with more layers.
    /// </summary>
    static double LimitOf(WeightMix mix, double largestLogit) => largestLogit * mix.Type switch
    {
        DType.F32 => 1e-4,
        DType.F16 => 1e-3,
        DType.BF16 => 2e-2,
        DType.Q8_0 => 6e-2,
        DType.Q6_K => 0.1,
        DType.Q5_K => 0.15,
        _ => 0.3,
    };
}
