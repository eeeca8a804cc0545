using Bonito.Engine.Tensors;
namespace Bonito.Engine.Checkpoints;

/// <summary>Compares the tensors that a model needs with those that a checkpoint stores.</summary>
internal static class CheckpointComparison
{
    /// <exception cref="EngineException">They differ; the message lists all differences, 40 lines at most.</exception>
    public static void Verify(string source, IReadOnlyDictionary<string, StoredTensor> stored, IReadOnlyList<ExpectedTensor> expected, bool allowUnexpected, string remedy = "Check that config.json and the weights belong together.")
    {
        var names = expected.Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        List<string> problems =
        [
            .. expected.Where(e => !stored.ContainsKey(e.Name)).Select(e => $"missing: {ErrorText.Quote(e.Name)} {ErrorText.Shape(e.Shape)}"),
            .. expected.Where(e => stored.TryGetValue(e.Name, out StoredTensor? s) && !s.Shape.SequenceEqual(e.Shape))
                .Select(e => $"shape: {ErrorText.Quote(e.Name)}: the model expects {ErrorText.Shape(e.Shape)}, the checkpoint has {ErrorText.Shape(stored[e.Name].Shape)}"),
            .. expected.Where(e => stored.TryGetValue(e.Name, out StoredTensor? s) && s.WeightType is null)
                .Select(e => $"dtype: {ErrorText.Quote(e.Name)}: weights are read from {ElementTypes.Readable}, the checkpoint has {stored[e.Name].DType}"),
        ];
        if (!allowUnexpected)
        {
            problems.AddRange(stored.Values.Where(s => !names.Contains(s.Name))
                .Select(s => $"unexpected: {ErrorText.Quote(s.Name)} {s.DType} {ErrorText.Shape(s.Shape)}"));
        }
        if (problems.Count == 0) return;
        throw new EngineException($"{source}: the checkpoint does not fit the model ({problems.Count} {(problems.Count == 1 ? "difference" : "differences")}):\n"
            + $"{ErrorText.Lines(problems)}\n{remedy}");
    }
}
