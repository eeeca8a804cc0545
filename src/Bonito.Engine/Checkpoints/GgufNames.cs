using System.Globalization;

namespace Bonito.Engine.Checkpoints;

/// <summary>The names of a decoder's tensors in GGUF files and in Hugging Face's checkpoints.</summary>
internal static class GgufNames
{
    /// <summary>What the rotary frequencies are divided by, which Hugging Face has in its configuration: no weight.</summary>
    public const string RotaryDivisors = "rope_freqs.weight";

    public const string Embedding = "token_embd.weight";
    public const string Output = "output.weight";

    private const string Block = "blk.";
    private const string Layer = "model.layers.";

    private static readonly (string Gguf, string HuggingFace)[] Whole =
    [
        (Embedding, "model.embed_tokens.weight"),
        ("output_norm.weight", "model.norm.weight"),
        (Output, "lm_head.weight"),
    ];

    /// <summary>What follows the number of the layer and precedes <c>.weight</c> or <c>.bias</c>.</summary>
    private static readonly (string Gguf, string HuggingFace)[] InLayer =
    [
        ("attn_norm", "input_layernorm"),
        ("attn_q", "self_attn.q_proj"),
        ("attn_k", "self_attn.k_proj"),
        ("attn_v", "self_attn.v_proj"),
        ("attn_output", "self_attn.o_proj"),
        ("attn_q_norm", "self_attn.q_norm"),
        ("attn_k_norm", "self_attn.k_norm"),
        ("ffn_norm", "post_attention_layernorm"),
        ("ffn_gate", "mlp.gate_proj"),
        ("ffn_up", "mlp.up_proj"),
        ("ffn_down", "mlp.down_proj"),
    ];

    private static readonly Dictionary<string, string> ToHuggingFaceWhole = Whole.ToDictionary(n => n.Gguf, n => n.HuggingFace, StringComparer.Ordinal);
    private static readonly Dictionary<string, string> ToGgufWhole = Whole.ToDictionary(n => n.HuggingFace, n => n.Gguf, StringComparer.Ordinal);
    private static readonly Dictionary<string, string> ToHuggingFaceInLayer = InLayer.ToDictionary(n => n.Gguf, n => n.HuggingFace, StringComparer.Ordinal);
    private static readonly Dictionary<string, string> ToGgufInLayer = InLayer.ToDictionary(n => n.HuggingFace, n => n.Gguf, StringComparer.Ordinal);

    /// <summary>Hugging Face's name; null for a tensor that it has none for.</summary>
    public static string? ToHuggingFace(string gguf) =>
        ToHuggingFaceWhole.TryGetValue(gguf, out string? whole) ? whole : Translate(gguf, Block, Layer, ToHuggingFaceInLayer);

    /// <summary>The name in GGUF files; null for a tensor that they have none for.</summary>
    public static string? ToGguf(string huggingFace) =>
        ToGgufWhole.TryGetValue(huggingFace, out string? whole) ? whole : Translate(huggingFace, Layer, Block, ToGgufInLayer);

    /// <summary>The number of the layer that a tensor of a GGUF file belongs to, and its kind, such as <c>attn_q</c>.</summary>
    public static (int Layer, string Kind)? Place(string gguf) =>
        Split(gguf, Block) is var (layer, kind, _) && ToHuggingFaceInLayer.ContainsKey(kind) ? (layer, kind) : null;

    private static string? Translate(string name, string prefix, string newPrefix, Dictionary<string, string> kinds) =>
        Split(name, prefix) is var (layer, kind, ending) && kinds.TryGetValue(kind, out string? translated)
            ? string.Create(CultureInfo.InvariantCulture, $"{newPrefix}{layer}.{translated}{ending}") : null;

    private static (int Layer, string Kind, string Ending)? Split(string name, string prefix)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal)) return null;
        int dot = name.IndexOf('.', prefix.Length), end = name.LastIndexOf('.');
        if (dot < 0 || end <= dot || name[end..] is not (".weight" or ".bias")) return null;
        ReadOnlySpan<char> number = name.AsSpan(prefix.Length, dot - prefix.Length);
        bool plain = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) && (number.Length == 1 || number[0] != '0');
        return plain ? (layer, name[(dot + 1)..end], name[end..]) : null;
    }
}
