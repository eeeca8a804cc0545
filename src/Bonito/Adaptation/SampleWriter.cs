using Bonito.Engine.Generation;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;

namespace Bonito.Adaptation;

/// <summary>Lets the model answer the same held-out prompts again and again, so that a user sees what it writes while it learns.</summary>
sealed class SampleWriter(Llama model, Tokenizer tokenizer, WorkerPool pool, IReadOnlyList<Probe> probes)
{
    static readonly SamplingOptions Greedy = new() { Temperature = 0, MaxTokens = 96 };

    public IReadOnlyList<SampleText> Write(int step)
    {
        if (probes.Count == 0) return [];
        using Generator generator = new(model, tokenizer, pool, probes.Count);
        string[] written = new string[probes.Count];
        Dictionary<GenerationRequest, int> requests = probes.Index().Where(probe => generator.Fits(probe.Item.Prompt.Length))
            .ToDictionary(probe => new GenerationRequest($"{probe.Index}", probe.Item.Prompt), probe => probe.Index);
        foreach (Completion completion in generator.Generate(requests.Keys, Greedy)) written[requests[completion.Request]] = completion.Text;
        return [.. probes.Select((probe, i) => new SampleText(step, probe.Id, probe.TaskType, tokenizer.Decode(probe.Prompt), tokenizer.Decode(probe.Reference), written[i] ?? ""))];
    }
}
