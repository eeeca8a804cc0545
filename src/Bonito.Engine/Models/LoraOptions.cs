namespace Bonito.Engine.Models;

/// <summary>
/// Low-rank adaptation (Hu et al., 2021): beside a frozen weight W [outputs, inputs] two small matrices are trained, A [R, inputs] and
/// B [outputs, R], and the layer computes x · W^T + scale * dropout(x) · A^T · B^T.
/// </summary>
public sealed record LoraOptions
{
    /// <summary>R, the width between A and B.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>The numerator of <see cref="Scale"/>.</summary>
    public float Alpha { get; init; } = 32;

    /// <summary>Share of the inputs of A that a training step drops, from 0 to below 1.</summary>
    public float Dropout { get; init; }

    /// <summary>Divides by the root of the rank instead of the rank (Kalajdzievski, 2023), so that high ranks learn as fast as low ones.</summary>
    public bool UseRslora { get; init; }

    /// <summary>
    /// The linear layers to adapt, each by its path (<c>model.layers.0.self_attn.q_proj</c>) or the end of one (<c>q_proj</c>); null is
    /// all of them but the head.
    /// </summary>
    public IReadOnlyList<string>? TargetModules { get; init; }

    /// <summary>What the product of A and B counts.</summary>
    public float Scale => UseRslora ? Alpha / MathF.Sqrt(Rank) : Alpha / Rank;

    /// <exception cref="EngineException">A value does not work; the message names it.</exception>
    public void Validate()
    {
        if (Rank < 1) throw Refusal(nameof(Rank), "at least 1", Rank);
        if (!float.IsFinite(Alpha) || Alpha <= 0) throw Refusal(nameof(Alpha), "a positive number", Alpha);
        if (!(Dropout >= 0 && Dropout < 1)) throw Refusal(nameof(Dropout), "from 0 to below 1", Dropout);
        if (TargetModules is { } targets && (targets.Count == 0 || targets.Any(string.IsNullOrWhiteSpace)))
            throw Refusal(nameof(TargetModules), "names of linear layers, or none at all for every one of them", $"[{string.Join(", ", targets.Select(t => $"'{t}'"))}]");
    }

    /// <summary>Checks before a model is loaded that it has the layers that the options name.</summary>
    /// <exception cref="EngineException">It does not have all of them; the message names those and what there is.</exception>
    public void RequireLayersOf(LlamaConfig config) => RequireLayers(
        [.. Llama.ExpectedTensors(config).Where(tensor => tensor.Shape.Count == 2 && tensor.Name.StartsWith("model.layers.", StringComparison.Ordinal)).Select(tensor => tensor.Name[..^".weight".Length])]);

    /// <param name="paths">Of the linear layers that may be adapted.</param>
    /// <exception cref="EngineException">A target names none of them.</exception>
    internal void RequireLayers(IReadOnlyList<string> paths)
    {
        string[] unknown = [.. (TargetModules ?? []).Where(target => !paths.Any(path => Names(target, path)))];
        if (unknown.Length == 0) return;
        string[] known = [.. paths.Select(path => path[(path.LastIndexOf('.') + 1)..]).Distinct()];
        throw new EngineException($"LoRA option {nameof(TargetModules)}: the model has no linear layer {string.Join(", ", unknown.Select(name => $"'{name}'"))} to adapt. It has {string.Join(", ", known)}; the embedding and the output layer are not adapted.");
    }

    /// <summary>Whether a linear layer is adapted.</summary>
    /// <param name="path">For example <c>model.layers.0.self_attn.q_proj</c>.</param>
    internal bool Targets(string path) => TargetModules == null || TargetModules.Any(target => Names(target, path));

    /// <summary>Whether a target is this layer's path or the end of it.</summary>
    internal static bool Names(string target, string path) =>
        path.EndsWith(target, StringComparison.Ordinal) && (path.Length == target.Length || path[^(target.Length + 1)] == '.');

    static EngineException Refusal(string name, string expected, object got) => new(FormattableString.Invariant($"LoRA option {name}: expected {expected}, got {got}."));
}
