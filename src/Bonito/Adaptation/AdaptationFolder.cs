using System.Text.Json;
using System.Text.Json.Nodes;
using Bonito.Datasets;
using Bonito.Engine.Training;
using Bonito.Recipes;

namespace Bonito.Adaptation;

/// <summary>
/// The folder of a training run. <c>config.json</c> comes first; <c>metrics.jsonl</c>, <c>samples.jsonl</c>, <c>checkpoints</c> and
/// <c>report.html</c> grow with the steps; the result comes in the end and <c>manifest.json</c> last. Whoever runs the same command
/// again continues; another configuration is refused.
/// </summary>
sealed class AdaptationFolder : IDisposable
{
    public const string SamplesFile = "samples.jsonl";
    const string MetricsFile = "metrics.jsonl";
    public const string TokenizerFile = "tokenizer.json";
    const string LockFile = "lock";

    readonly FileStream alone;
    // Whether it was not there before.
    readonly bool made;

    AdaptationFolder(string path, FileStream alone, bool made) => (Path, this.alone, this.made) = (path, alone, made);

    public string Path { get; }

    /// <summary>The manifest of the finished run in this folder; null if there is none or it is not finished. Changes nothing.</summary>
    /// <exception cref="BonitoException">The folder has another run, or something else, in it.</exception>
    public static AdaptationManifest? Check(string path, JsonObject configuration) =>
        BegunFolder.IsBegun(path, configuration, LockFile) ? BegunFolder.ReadManifest(path, AdaptationJson.Line.AdaptationManifest) : null;

    /// <summary>Takes the folder for this process. Nothing is begun in it yet.</summary>
    /// <exception cref="BonitoException">As for <see cref="Check"/>; or the folder is in use, or cannot be written.</exception>
    public static AdaptationFolder Open(string path, JsonObject configuration)
    {
        Check(path, configuration);
        bool made = !Directory.Exists(path);
        FileStream alone = BegunFolder.Lock(path, LockFile, doing: "training");
        try
        {
            // Once more, now that no other process can begin a run here.
            Check(path, configuration);
            return new AdaptationFolder(path, alone, made);
        }
        catch
        {
            alone.Dispose();
            throw;
        }
    }

    /// <summary>Writes the configuration if the run is new: what can be refused was looked at.</summary>
    public void Begin(JsonObject configuration) => BegunFolder.Begin(Path, configuration);

    /// <summary>Metrics of the last step that was written down; null where there is none.</summary>
    /// <exception cref="BonitoException">The file is not what a run wrote.</exception>
    public TrainingMetrics? LastMetrics()
    {
        string file = System.IO.Path.Combine(Path, MetricsFile);
        return File.Exists(file) && File.ReadLines(file).LastOrDefault() is { } line ? BegunFolder.Read(file, () => JsonSerializer.Deserialize(line, AdaptationJson.Line.TrainingMetrics)) : null;
    }

    /// <summary>Removes what a start left that was killed while it wrote a result.</summary>
    public void ClearLeftovers(string folder)
    {
        folder = System.IO.Path.Combine(Path, folder);
        if (!Directory.Exists(folder)) return;
        foreach (string file in Directory.GetFiles(folder, "*.tmp")) File.Delete(file);
    }

    /// <summary>Writes what the model wrote after a step, instead of what a start wrote that got further and was killed.</summary>
    public void WriteSamples(int step, IReadOnlyList<SampleText> samples)
    {
        string file = System.IO.Path.Combine(Path, SamplesFile);
        IEnumerable<string> before = File.Exists(file) ? File.ReadLines(file).Where(line => StepOf(file, line) < step) : [];
        string text = string.Concat(before.Concat(samples.Select(sample => JsonSerializer.Serialize(sample, AdaptationJson.Line.SampleText))).Select(line => line + "\n"));
        BegunFolder.WriteText(file, text);
    }

    /// <summary>Writes the manifest: from now on the run is finished.</summary>
    public void Finish(AdaptationManifest manifest) =>
        BegunFolder.WriteText(System.IO.Path.Combine(Path, BegunFolder.ManifestFile), JsonSerializer.Serialize(manifest, AdaptationJson.Indented.AdaptationManifest) + "\n");

    /// <summary>SHA-256 of the files of a folder below this one.</summary>
    public IReadOnlyDictionary<string, string> Hashes(string folder) => new SortedDictionary<string, string>(
        Directory.EnumerateFiles(System.IO.Path.Combine(Path, folder)).ToDictionary(file => System.IO.Path.GetFileName(file), FileHash.Of), StringComparer.Ordinal);

    /// <summary>Lets go of the folder; one that was made for a run that was refused is removed.</summary>
    public void Dispose()
    {
        alone.Dispose();
        if (!made || File.Exists(System.IO.Path.Combine(Path, BegunFolder.ConfigurationFile))) return;
        try
        {
            File.Delete(System.IO.Path.Combine(Path, LockFile));
            Directory.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process has begun here meanwhile. What is left of this one is in nobody's way.
        }
    }

    static int StepOf(string file, string line) => BegunFolder.Read(file, () => JsonSerializer.Deserialize(line, AdaptationJson.Line.SampleText)).Step;
}

/// <summary>A line of <c>samples.jsonl</c>: what the model wrote while it was trained.</summary>
/// <param name="Step">After which step.</param>
/// <param name="Id">Of the held-out row.</param>
/// <param name="TaskType">As the row names it; null where it does not.</param>
/// <param name="Prompt">What the model read.</param>
/// <param name="Reference">What the row has after it.</param>
/// <param name="Completion">What the model wrote, always its likeliest token.</param>
public sealed record SampleText(int Step, string Id, string? TaskType, string Prompt, string Reference, string Completion);
