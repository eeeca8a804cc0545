using Bonito.Datasets;
using Bonito.Documents;
using Bonito.Tasks;

namespace Bonito.Recipes;

/// <summary>What a run will do, told before it begins.</summary>
/// <param name="Notices">Inputs that did not become documents, and the like.</param>
/// <param name="UntrainedTaskTypes">Types that were asked for though the model's folder does not list them.</param>
/// <param name="Total">Tasks to ask for: contexts x task types x samples.</param>
/// <param name="Done">Tasks that an earlier start finished.</param>
public sealed record GeneratePlan(
    int Documents, int Contexts, IReadOnlyList<TaskType> TaskTypes, int Samples, int Total, int Done,
    IReadOnlyList<DocumentNotice> Notices, IReadOnlyList<TaskType> UntrainedTaskTypes);

/// <summary>How far a run is; told after every task.</summary>
/// <param name="Done">Finished tasks, those of earlier starts included.</param>
/// <param name="Kept">Of them, those that became examples.</param>
/// <param name="DoneNow">Tasks finished since this start.</param>
/// <param name="GeneratedTokens">Written since this start.</param>
/// <param name="Elapsed">Since this start's first task began.</param>
public readonly record struct GenerateProgress(int Total, int Done, int Kept, int DoneNow, long GeneratedTokens, TimeSpan Elapsed);

/// <summary>How a run ended.</summary>
/// <param name="Folder">The run folder.</param>
/// <param name="Total">Tasks that the run asks for.</param>
/// <param name="Done">Tasks whose fate is known. Less than <see cref="Total"/> if the run was stopped.</param>
/// <param name="Manifest">Of a finished run; null if it was stopped.</param>
/// <param name="Example">The first row of the dataset; null if it has none, or is not finished.</param>
public sealed record GenerateSummary(string Folder, int Total, int Done, Manifest? Manifest, TaskExample? Example)
{
    public bool Finished => Manifest is not null;

    public string RejectionsPath => Path.Combine(Folder, RunFolder.RejectionsFile);

    public string DatasetPath => Path.Combine(Folder, RunFolder.DatasetFile);
}
