using System.Runtime.InteropServices;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// Scaled rotary positions in GGUF files: <c>linear</c> and <c>yarn</c> as metadata, those of Llama 3.1 as what each frequency is divided by
/// (the tensor <c>rope_freqs.weight</c>), from which their four numbers are found again.
/// </summary>
internal static class GgufRotary
{
    private const float Tolerance = 1e-4f;

    /// <param name="prefix">Of the metadata's keys: architecture and dot.</param>
    public static RopeScaling? Read(GgufFile file, string prefix, int contextLength)
    {
        GgufMetadata metadata = file.Metadata;
        string type = metadata.FindString(prefix + "rope.scaling.type") ?? "none";
        float factor = metadata.FindSingle(prefix + "rope.scaling.factor") ?? 1;
        bool divided = file.Tensors.ContainsKey(GgufNames.RotaryDivisors);
        switch (type)
        {
            case "none" when divided:
                return new RopeScaling.Divided(Divisors(file));
            case "none":
                // The key of early files, which had no type.
                return metadata.FindSingle(prefix + "rope.scale_linear") is float linear && linear != 1 ? new RopeScaling.Linear(linear) : null;
            case "linear" when !divided:
                return new RopeScaling.Linear(factor);
            case "yarn" when !divided:
                if (metadata.FindSingle(prefix + "rope.scaling.yarn_log_multiplier") is float multiplier && multiplier != 0)
                    throw new EngineException($"{file.Path}: metadata '{prefix}rope.scaling.yarn_log_multiplier' is {multiplier}; this engine runs YaRN without one.");
                var yarn = new RopeScaling.Yarn(
                    factor, metadata.FindCount(prefix + "rope.scaling.original_context_length") ?? contextLength,
                    BetaFast: metadata.FindSingle(prefix + "rope.scaling.yarn_beta_fast") ?? 32,
                    BetaSlow: metadata.FindSingle(prefix + "rope.scaling.yarn_beta_slow") ?? 1);
                // Counts on top of the paper's growth.
                return metadata.FindSingle(prefix + "rope.scaling.attn_factor") is float growth && growth != 1
                    ? yarn with { AttentionFactor = growth * yarn.Magnitude } : yarn;
            default:
                throw new EngineException($"{file.Path}: metadata '{prefix}rope.scaling.type' is {ErrorText.Quote(type)}{(divided ? $" beside {GgufNames.RotaryDivisors}" : "")}; "
                    + $"this engine runs 'linear', 'yarn' and, without a type, {GgufNames.RotaryDivisors}.");
        }
    }

    /// <summary>Adds the metadata of a scaling that has some.</summary>
    public static void Write(RopeScaling? scaling, string prefix, IDictionary<string, object> metadata)
    {
        switch (scaling)
        {
            case RopeScaling.Linear linear:
                metadata.Add(prefix + "rope.scaling.type", "linear");
                metadata.Add(prefix + "rope.scaling.factor", (float)linear.Factor);
                break;
            case RopeScaling.Yarn yarn:
                metadata.Add(prefix + "rope.scaling.type", "yarn");
                metadata.Add(prefix + "rope.scaling.factor", (float)yarn.Factor);
                metadata.Add(prefix + "rope.scaling.original_context_length", (uint)yarn.OriginalMaxPositionEmbeddings);
                metadata.Add(prefix + "rope.scaling.yarn_beta_fast", (float)yarn.BetaFast);
                metadata.Add(prefix + "rope.scaling.yarn_beta_slow", (float)yarn.BetaSlow);
                if (yarn.AttentionFactor is double factor) metadata.Add(prefix + "rope.scaling.attn_factor", (float)(factor / (yarn with { AttentionFactor = null }).Magnitude));
                break;
        }
    }

    /// <summary>What the frequencies are divided by, for the scalings that a GGUF file stores so; null for others.</summary>
    public static float[]? Divisors(LlamaConfig config)
    {
        if (config.RopeScaling is RopeScaling.Divided divided) return [.. divided.Divisors];
        if (config.RopeScaling is not RopeScaling.Llama3) return null;
        float[] plain = RopeScaling.Frequencies(null, config.HeadWidth, config.RopeTheta), scaled = RopeScaling.Frequencies(config.RopeScaling, config.HeadWidth, config.RopeTheta);
        return [.. plain.Zip(scaled, (a, b) => a / b)];
    }

    /// <summary>
    /// The numbers of a scaling as Llama 3.1's that gives these divisors; null when none does. They are not unique: all three windows
    /// may grow together; the one with a low_freq_factor of 1 is taken.
    /// </summary>
    public static RopeScaling.Llama3? FindLlama3(IReadOnlyList<float> divisors, double theta)
    {
        int width = 2 * divisors.Count;
        double factor = divisors[^1];
        float[] plain = RopeScaling.Frequencies(null, width, theta);
        // Between the kept and the divided frequencies the kept share is a straight line over the frequency.
        double Kept(int i) => (1 / divisors[i] - 1 / factor) / (1 - 1 / factor);
        int[] blended = [.. Enumerable.Range(0, divisors.Count).Where(i => Kept(i) is > 0.001 and < 0.999)];
        RopeScaling.Llama3 found = new(factor, 1, 4, 8192);
        if (blended.Length >= 2)
        {
            int a = blended[0], b = blended[^1];
            double slope = (Kept(a) - Kept(b)) / (plain[a] - plain[b]), origin = Kept(a) - slope * plain[a];
            double high = Math.Round(1 - 1 / origin, 3);
            double window = Math.Round(slope * (high - 1) * 2 * Math.PI);
            if (!(high > 1 && window is > 0 and <= int.MaxValue)) return null;
            found = new(factor, 1, high, (int)window);
        }
        float[] scaled = RopeScaling.Frequencies(found, width, theta);
        bool fits = factor > 1 && Enumerable.Range(0, divisors.Count).All(i => Math.Abs(plain[i] / divisors[i] / scaled[i] - 1) < Tolerance);
        return fits ? found : null;
    }

    private static unsafe float[] Divisors(GgufFile file)
    {
        StoredMatrix matrix = file.Matrix(GgufNames.RotaryDivisors);
        if (matrix.Type != DType.F32 || matrix.Rows != 1 || matrix.Columns == 0)
            throw new EngineException($"{file.Path}: tensor '{GgufNames.RotaryDivisors}': expected a vector of F32, got {matrix}. {GgufCursor.Remedy}");
        var divisors = new float[matrix.Columns];
        new ReadOnlySpan<byte>(matrix.Data, (int)matrix.Bytes).CopyTo(MemoryMarshal.AsBytes(divisors.AsSpan()));
        return divisors;
    }
}
