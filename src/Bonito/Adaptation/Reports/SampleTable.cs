using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bonito.Adaptation.Reports;

/// <summary>What the model wrote while it learned: <c>samples.jsonl</c>, thinned to what can be read side by side.</summary>
/// <param name="Steps">Those shown, ascending.</param>
/// <param name="Note">What is left out; empty if nothing is.</param>
sealed record SampleTable(IReadOnlyList<int> Steps, IReadOnlyList<SampledPrompt> Prompts, string Note)
{
    const int MostSteps = 8, MostPrompts = 12, TextBytes = 90_000, LongestText = 6_000;

    /// <param name="unreadable">Numbers of lines that were left out; null if there is no file.</param>
    public static SampleTable? Read(string path, out IReadOnlyList<int>? unreadable)
    {
        // By prompt, in the order of the file, then by step: of a step that was made again what came last counts.
        OrderedDictionary<string, (Sample First, SortedDictionary<int, string> Completions)> prompts = [];
        unreadable = RunLines.Read(path, line =>
        {
            if (Sample.From(line) is not { } sample) return false;
            if (!prompts.TryGetValue(sample.Id, out var known)) prompts.Add(sample.Id, known = (sample, []));
            known.Completions[sample.Step] = sample.Completion;
            return true;
        });
        if (prompts.Count == 0) return null;

        int[] all = [.. prompts.Values.SelectMany(p => p.Completions.Keys).Distinct().Order()];
        IReadOnlyList<int> steps = Chosen(all);
        List<SampledPrompt> shown = [];
        foreach ((Sample first, SortedDictionary<int, string> completions) in prompts.Values.Take(MostPrompts))
            shown.Add(new SampledPrompt(first.Id, first.TaskType, first.Prompt, first.Reference, [.. steps.Select(s => completions.TryGetValue(s, out string? text) ? new Completion(s, text, text.Trim() == first.Reference.Trim()) : null)]));
        int longest = LongestThatFits(shown);
        List<string> left = [];
        if (steps.Count < all.Length) left.Add($"{steps.Count} of {Figures.Number(all.Length)} sampled steps");
        if (shown.Count < prompts.Count) left.Add($"{shown.Count} of {Figures.Number(prompts.Count)} prompts");
        return new SampleTable(steps, [.. shown.Select(p => p.Shortened(longest))], left.Count == 0 ? "" : $"{string.Join(" and ", left)} are shown; all are in samples.jsonl.");
    }

    /// <summary>The first, the last, and between them more of the early steps, in which a model learns most.</summary>
    internal static IReadOnlyList<int> Chosen(int[] steps)
    {
        if (steps.Length <= MostSteps) return steps;
        return [.. Enumerable.Range(0, MostSteps).Select(i => steps[(int)Math.Round(Math.Pow(steps.Length, i / (MostSteps - 1.0))) - 1]).Distinct()];
    }

    /// <summary>The length, in characters, to which texts are cut so that the page stays small.</summary>
    static int LongestThatFits(List<SampledPrompt> prompts)
    {
        int longest = LongestText;
        while (prompts.SelectMany(p => p.Shortened(longest).Texts).Sum(ReportJson.Bytes) > TextBytes) longest = longest * 3 / 4;
        return longest;
    }
}

/// <summary>A prompt and what the model wrote for it.</summary>
/// <param name="Completions">One for each step shown; null where none was written.</param>
sealed record SampledPrompt(string Id, string? TaskType, string Prompt, string Reference, IReadOnlyList<Completion?> Completions)
{
    [JsonIgnore]
    public IEnumerable<string> Texts => [Prompt, Reference, .. Completions.OfType<Completion>().Select(c => c.Text)];

    public SampledPrompt Shortened(int longest) => this with
    {
        Prompt = Shortened(Prompt, longest),
        Reference = Shortened(Reference, longest),
        Completions = [.. Completions.Select(c => c is null ? null : c with { Text = Shortened(c.Text, longest) })],
    };

    /// <summary>Leaves out the middle of what is too long: how a prompt ends matters as much as how it begins.</summary>
    internal static string Shortened(string text, int longest)
    {
        if (text.Length <= longest) return text;
        int head = longest / 2, tail = text.Length - (longest - head);
        if (char.IsHighSurrogate(text[head - 1])) head--;
        if (char.IsLowSurrogate(text[tail])) tail++;
        return $"{text[..head]} [... {Figures.Number(tail - head)} characters left out ...] {text[tail..]}";
    }
}

/// <param name="Same">Whether it is the reference, but for white space around it.</param>
sealed record Completion(int Step, string Text, bool Same);

/// <summary>A line of <c>samples.jsonl</c>.</summary>
sealed record Sample(int Step, string Id, string? TaskType, string Prompt, string Reference, string Completion)
{
    /// <summary>Null if the line is no sample.</summary>
    public static Sample? From(JsonElement line)
    {
        bool whole = line.TryGetProperty("step", out JsonElement number) & TryText(line, "id", out string? id) & TryText(line, "prompt", out string? prompt) & TryText(line, "completion", out string? completion);
        if (!whole || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out int step)) return null;
        TryText(line, "task_type", out string? taskType);
        TryText(line, "reference", out string? reference);
        return new Sample(step, id!, taskType, prompt!, reference ?? "", completion!);
    }

    static bool TryText(JsonElement line, string name, out string? text)
    {
        text = line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null;
    }
}
