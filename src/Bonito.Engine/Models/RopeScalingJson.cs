using System.Text.Json;

namespace Bonito.Engine.Models;

/// <summary><see cref="RopeScaling"/> as the object <c>rope_scaling</c> (or <c>rope_parameters</c>) of <c>config.json</c>.</summary>
static class RopeScalingJson
{
    // Keys that are read elsewhere, or that change nothing.
    static readonly string[] Common = ["rope_type", "type", "rope_theta"];

    /// <param name="keys">null where the configuration has no such object.</param>
    /// <param name="positions"><c>max_position_embeddings</c></param>
    public static RopeScaling? Read(ConfigKeys? keys, int positions)
    {
        if (keys == null) return null;
        string typeKey = keys.Has("rope_type") || !keys.Has("type") ? "rope_type" : "type";
        string type = keys.Text(typeKey) ?? "default";
        if (keys.Number("partial_rotary_factor", 1) != 1) keys.Refuse("partial_rotary_factor", "1");
        // YaRN has a few forms; where the original window is not given it is the model's.
        int Original(int? otherwise) => keys.Integer("original_max_position_embeddings", otherwise);
        switch (type)
        {
            case "default":
                return null;
            case "linear":
                Known("factor");
                return new RopeScaling.Linear(keys.Number("factor"));
            case "dynamic":
                Known("factor");
                return new RopeScaling.Dynamic(keys.Number("factor"));
            case "llama3":
                Known("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings");
                return new RopeScaling.Llama3(keys.Number("factor"), keys.Number("low_freq_factor"), keys.Number("high_freq_factor"), Original(null));
            case "yarn":
                Known("factor", "original_max_position_embeddings", "attention_factor", "beta_fast", "beta_slow");
                return new RopeScaling.Yarn(keys.Number("factor"), Original(positions), keys.Has("attention_factor") ? keys.Number("attention_factor") : null,
                    keys.Number("beta_fast", 32), keys.Number("beta_slow", 1));
            default:
                keys.Refuse(typeKey, "\"default\", \"linear\", \"dynamic\", \"llama3\" and \"yarn\"");
                return null;
        }

        void Known(params string[] names)
        {
            foreach (string key in keys.Present)
                if (!names.Contains(key) && !Common.Contains(key) && key != "partial_rotary_factor") keys.Refuse(key, $"\"{type}\" with {string.Join(", ", names)} only");
        }
    }

    public static void Write(Utf8JsonWriter writer, RopeScaling? scaling)
    {
        if (scaling == null)
        {
            writer.WriteNull("rope_scaling");
            return;
        }
        writer.WriteStartObject("rope_scaling");
        switch (scaling)
        {
            case RopeScaling.Linear linear:
                writer.WriteString("rope_type", "linear");
                writer.WriteNumber("factor", linear.Factor);
                break;
            case RopeScaling.Dynamic dynamic:
                writer.WriteString("rope_type", "dynamic");
                writer.WriteNumber("factor", dynamic.Factor);
                break;
            case RopeScaling.Llama3 llama3:
                writer.WriteString("rope_type", "llama3");
                writer.WriteNumber("factor", llama3.Factor);
                writer.WriteNumber("low_freq_factor", llama3.LowFreqFactor);
                writer.WriteNumber("high_freq_factor", llama3.HighFreqFactor);
                writer.WriteNumber("original_max_position_embeddings", llama3.OriginalMaxPositionEmbeddings);
                break;
            case RopeScaling.Yarn yarn:
                writer.WriteString("rope_type", "yarn");
                writer.WriteNumber("factor", yarn.Factor);
                writer.WriteNumber("original_max_position_embeddings", yarn.OriginalMaxPositionEmbeddings);
                if (yarn.AttentionFactor is double factor) writer.WriteNumber("attention_factor", factor);
                writer.WriteNumber("beta_fast", yarn.BetaFast);
                writer.WriteNumber("beta_slow", yarn.BetaSlow);
                break;
            default:
                throw new InvalidOperationException($"{scaling.GetType().Name} has no form in config.json.");
        }
        writer.WriteEndObject();
    }
}
