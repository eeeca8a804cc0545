using System.Globalization;
using Bonito.Documents;
using Bonito.Tasks;

namespace Bonito.Datasets;

/// <summary>One task that a run asks the generator for. It ends as a <see cref="TaskExample"/> or as a <see cref="Rejection"/>.</summary>
/// <param name="Request">The prompt's name: all samples of one context and task type have it in common.</param>
/// <param name="Sample">Which of the prompt's samples, from 0.</param>
public sealed record RequestedTask(string Request, Context Context, TaskType TaskType, int Sample)
{
    /// <summary>The same in every run over the same documents: context id, task type and sample.</summary>
    public string Id => Name(Request, Sample);

    /// <summary>The name of the prompt that asks for tasks of a type about a context.</summary>
    public static string RequestName(Context context, TaskType taskType) => $"{context.Id}-{taskType.ShortName}";

    /// <summary>The id of a prompt's sample.</summary>
    public static string Name(string request, int sample) => string.Create(CultureInfo.InvariantCulture, $"{request}-{sample}");
}
