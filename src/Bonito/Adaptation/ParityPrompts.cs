using System.Text.Json;
using Bonito.Datasets;
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
        string[] held = File.Exists(samples)
            ? [.. File.ReadLines(samples).Select(line => BegunFolder.Read(samples, () => JsonSerializer.Deserialize(line, AdaptationJson.Line.SampleText))).Select(sample => sample.Prompt + sample.Reference).Distinct().Take(Most)]
            : [];
        return [.. held, .. Contexts.Zip(TaskType.All, (context, taskType) => BonitoPrompt.Format(taskType, context))];
    }
}
