using System.Text.Json;
using Bonito.Adaptation.Reports;
using Bonito.Tasks;

namespace Bonito.Adaptation;

/// <summary>Prompts to compare two models on that should be the same.</summary>
static class ParityPrompts
{
    const int Most = 8;

    static readonly string[] Contexts =
    [
        "The lighthouse at Skerry Point was built in 1843 by masons from three villages. Its lamp burned whale oil until 1871, when a gas works was added, and each keeper served for two winters before he was relieved.",
        "A glacier moves because its ice deforms under its own weight and slides over wet rock. In summer, melt water lowers the friction at its bed, so that it moves several times as fast as in winter.",
        "Under the agreement the tenant pays the rent on the first day of each month. If the rent is late by more than ten days, the owner may ask for interest of four percent a year.",
    ];

    /// <summary>The held-out prompts of the run that the adapter comes from, where there is one, and prompts for tasks about passages.</summary>
    /// <param name="adapter">The adapter's folder.</param>
    public static IReadOnlyList<string> Of(string adapter)
    {
        string samples = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Path.TrimEndingDirectorySeparator(adapter)))!, AdaptationFolder.SamplesFile);
        List<string> held = [];
        // The folder beside an adapter from elsewhere may have any file of this name: lines that are no samples are passed over.
        RunLines.Read(samples, line => Held(line, held));
        return [.. held.Distinct().Take(Most), .. Contexts.Zip(TaskType.All, (context, taskType) => BonitoPrompt.Format(taskType, context))];
    }

    static bool Held(JsonElement line, List<string> held)
    {
        if (!line.TryGetProperty("prompt", out JsonElement prompt) || !line.TryGetProperty("reference", out JsonElement reference)) return false;
        if (prompt.ValueKind != JsonValueKind.String || reference.ValueKind != JsonValueKind.String) return false;
        held.Add(prompt.GetString() + reference.GetString());
        return true;
    }
}
