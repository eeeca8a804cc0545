using System.Text.Json.Nodes;

namespace Bonito.Datasets;

/// <summary><c>manifest.json</c>, the last file of a run to be written: where it is, the run is finished and its files are whole.</summary>
/// <param name="Recipe">Which of Bonito's recipes made the dataset.</param>
/// <param name="FinishedAt">When the manifest was written, UTC.</param>
/// <param name="Software">Versions of Bonito, .NET and the system that finished the run.</param>
/// <param name="Configuration">The content of <c>config.json</c>.</param>
/// <param name="Documents">Documents that contexts were cut from.</param>
/// <param name="Contexts">Contexts that tasks were asked for.</param>
/// <param name="TaskTypes">The fates of the requested tasks, for each task type.</param>
/// <param name="Files">The data files by name.</param>
public sealed record Manifest(
    string Recipe,
    DateTimeOffset FinishedAt,
    IReadOnlyDictionary<string, string> Software,
    JsonObject Configuration,
    int Documents,
    int Contexts,
    IReadOnlyList<TaskCounts> TaskTypes,
    IReadOnlyDictionary<string, DataFile> Files);

/// <summary>A file as it was written.</summary>
/// <param name="Sha256">Of its bytes, 64 hexadecimal digits.</param>
public sealed record DataFile(long Rows, long Bytes, string Sha256);
