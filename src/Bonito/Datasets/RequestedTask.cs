using System.Globalization;
using Bonito.Documents;
using Bonito.Tasks;

namespace Bonito.Datasets;

/// <summary>One task that a run asks the generator for. It ends as a <see cref="TaskExample"/> or as a <see cref="Rejection"/>.</summary>
/// <param name="Prompt">Names the prompt: all samples of one context and task type have it in common.</param>
/// <param name="Sample">Which of the prompt's samples, from 0.</param>
public sealed record RequestedTask(string Prompt, Context Context, TaskType TaskType, int Sample)
{
    /// <summary>The same in every run over the same documents.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Prompt}-{Sample}");
}
