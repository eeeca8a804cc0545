using Bonito.Datasets;
using Bonito.Rows;

namespace Bonito.Adaptation;

/// <summary>The files of training data.</summary>
/// <param name="Training">What is learned; at least one.</param>
/// <param name="Validation">What the loss is measured on; none where a share of the training rows is to be held out.</param>
public sealed record TrainingFiles(IReadOnlyList<SourceFile> Training, IReadOnlyList<SourceFile> Validation)
{
    static readonly string[] Endings = ["jsonl", "jsonl.gz", "json", "parquet", "csv", "tsv", "arrow"];

    /// <summary>Looks up what a user named: a file, or a folder of <c>bonito generate</c>, of <c>bonito ctga build</c>, of splits, or of texts.</summary>
    /// <param name="data">File or folder.</param>
    /// <param name="validation">File or folder of what to validate on; null takes the validation split of the folder, if it has one.</param>
    /// <exception cref="BonitoException">There is nothing to read.</exception>
    public static TrainingFiles Find(string data, string? validation, Objective objective)
    {
        (IReadOnlyList<SourceFile> training, IReadOnlyList<SourceFile> split) = Look(data, objective);
        return new TrainingFiles(training, validation is null ? split : Look(validation, objective) switch
        {
            // A folder that has a validation split means that one.
            (_, { Count: > 0 } own) => own,
            (var all, _) => all,
        });
    }

    /// <summary>Whether a file is one text, not rows.</summary>
    internal static bool IsText(string name) => Path.GetExtension(name).ToLowerInvariant() is ".txt" or ".text" or ".md";

    static (IReadOnlyList<SourceFile> Training, IReadOnlyList<SourceFile> Validation) Look(string path, Objective objective)
    {
        if (File.Exists(path)) return ([new SourceFile(Path.GetFileName(path), Path.GetFullPath(path))], []);
        if (!Directory.Exists(path)) throw new BonitoException($"There is no data file or folder {path}.");
        if (Matches(path, RunFolder.DatasetFile) is { Count: > 0 } dataset) return (dataset, []);
        if (Split(path, "train") is { Count: > 0 } training) return (training, Split(path, "validation"));
        if (objective == Objective.Tapt && Texts(path) is { Count: > 0 } texts) return (texts, []);
        string unfinished = File.Exists(Path.Combine(path, RunFolder.LedgerFile)) ? " The run in this folder is not finished: run its command again." : "";
        throw new BonitoException(
            $"There is no {Path.Combine(path, "train.jsonl")}, and no data/train-*.parquet beside it. Name a file, a folder of 'bonito generate' or 'bonito ctga build', "
            + $"or a folder with train.{{{string.Join(",", Endings)}}}{(objective == Objective.Tapt ? " or .txt and .md files" : "")}.{unfinished}");
    }

    static IReadOnlyList<SourceFile> Split(string folder, string name) =>
        Endings.SelectMany(ending => (string[])[$"{name}.{ending}", $"data/{name}-*.{ending}", $"{name}-*.{ending}"])
            .Select(pattern => Matches(folder, pattern)).FirstOrDefault(files => files.Count > 0) ?? [];

    static List<SourceFile> Texts(string folder) =>
        [.. Matches(folder, "**/*").Where(file => IsText(file.Name)).OrderBy(file => file.Name, StringComparer.Ordinal)];

    static IReadOnlyList<SourceFile> Matches(string folder, string pattern) => new RowSource { Files = [pattern] }.Find([folder]).Files;
}
