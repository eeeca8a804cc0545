using System.Globalization;
using System.Text.Json;

namespace Bonito.Adaptation.Reports;

/// <summary>A training run's folder, as far as it is there; what is not is noted.</summary>
sealed class RunFiles
{
    static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    readonly List<string> notes = [];

    /// <exception cref="BonitoException">There is no such folder, it holds no training run, or a file of it cannot be read.</exception>
    public RunFiles(string folder)
    {
        Folder = Path.GetFullPath(folder);
        if (!Directory.Exists(folder)) throw new BonitoException($"{folder}: there is no such folder. Name the run folder of 'bonito train' or 'bonito adapt'.");
        Configuration = Object("config.json", "the configuration is not shown");
        Manifest = Object("manifest.json", "it is written last, when the run is finished");
        string metrics = Path.Combine(folder, "metrics.jsonl"), samples = Path.Combine(folder, "samples.jsonl");
        if (!File.Exists(metrics) && !Configuration.TryGetProperty("training", out _))
            throw new BonitoException($"{folder}: there is no training run: neither metrics.jsonl nor a config.json of one. Name the run folder of 'bonito train' or 'bonito adapt'.");
        Metrics = new RunMetrics(metrics);
        Note("metrics.jsonl", Metrics.Unreadable, "no step was made yet");
        Samples = SampleTable.Read(samples, out IReadOnlyList<int>? unreadable);
        Note("samples.jsonl", unreadable, "no sample generations were written yet");
        Checkpoint = NewestCheckpoint();
    }

    /// <summary>Full path.</summary>
    public string Folder { get; }

    /// <summary>An empty object where there is none.</summary>
    public JsonElement Configuration { get; }

    /// <summary>An empty object while the run is not finished.</summary>
    public JsonElement Manifest { get; }

    /// <summary>The manifest is written last.</summary>
    public bool IsFinished => Manifest.EnumerateObject().Any();

    public RunMetrics Metrics { get; }

    public SampleTable? Samples { get; }

    /// <summary>The step of the newest checkpoint; null if there is none.</summary>
    public int? Checkpoint { get; }

    /// <summary>What is not there, or was left out.</summary>
    public IReadOnlyList<string> Notes => notes;

    JsonElement Object(string name, string absent)
    {
        string path = Path.Combine(Folder, name);
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document.RootElement.Clone();
            notes.Add($"{name} is left out: it is no JSON object.");
        }
        catch (FileNotFoundException)
        {
            notes.Add($"{name} is not there: {absent}.");
        }
        catch (JsonException e)
        {
            notes.Add($"{name} is left out: it is torn or no JSON ({e.Message.TrimEnd('.')}).");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{path}: cannot be read: {e.Message}", e);
        }
        return Nothing;
    }

    void Note(string name, IReadOnlyList<int>? unreadable, string absent)
    {
        const int Named = 10;
        if (unreadable is null) notes.Add($"{name} is not there: {absent}.");
        else if (unreadable.Count > 0)
            notes.Add($"{name}: {(unreadable.Count == 1 ? "line" : "lines")} {string.Join(", ", unreadable.Take(Named).Select(n => Figures.Number(n)))}{(unreadable.Count > Named ? $" and {Figures.Number(unreadable.Count - Named)} more" : "")} left out: torn, or not what Bonito writes.");
    }

    int? NewestCheckpoint()
    {
        const string Prefix = "step-";
        string folder = Path.Combine(Folder, "checkpoints");
        if (!Directory.Exists(folder)) return null;
        int? newest = null;
        foreach (string path in Directory.EnumerateDirectories(folder, Prefix + "*"))
            if (int.TryParse(Path.GetFileName(path).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int step) && !(newest > step)) newest = step;
        return newest;
    }
}
