using System.Globalization;
using System.Text.Json;
using Bonito.Engine.Models;

namespace Bonito.Engine.Training;

/// <summary>
/// The checkpoints of a run, <c>checkpoints/step-N/</c>. One is written under another name, flushed, then renamed; only when that is
/// durable are older ones deleted, so that there is a whole one at every moment, also after a loss of power.
/// </summary>
sealed class TrainingCheckpoints
{
    const string Prefix = "step-";
    const string Temporary = ".tmp";

    static readonly JsonSerializerOptions Flags = new() { PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower };

    readonly string root;
    readonly TrainingOptions options;
    readonly Dictionary<string, string> settings;
    readonly List<string> damaged = [];

    /// <param name="folder">The run folder.</param>
    /// <param name="subject">What is trained on what, by name: a run goes on with what it was begun with.</param>
    public TrainingCheckpoints(string folder, TrainingOptions options, IReadOnlyDictionary<string, string> subject)
    {
        root = Path.Combine(folder, "checkpoints");
        this.options = options;
        // How often to look and to save, and whether layers are computed again, may change from one start to the next: they do not change a bit of the weights.
        JsonElement compared = JsonSerializer.SerializeToElement(
            options with { SaveSteps = 1, SaveTotalLimit = 1, EvaluationSteps = 1, SampleSteps = 0, GradientCheckpointing = false }, Flags);
        settings = compared.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetRawText());
        foreach ((string name, string value) in subject) settings[name] = value;
    }

    /// <summary>The newest whole checkpoint's folder; null before there is one.</summary>
    public string? Newest { get; private set; }

    /// <summary>Loads the newest whole checkpoint into the model and the optimiser; one that is damaged is told of and passed over.</summary>
    /// <param name="notice">Told what is damaged, and how.</param>
    /// <returns>Where it stands; step 0 where there is none.</returns>
    /// <exception cref="EngineException">All are damaged, or the newest was made with other options, from other examples or for another model.</exception>
    public TrainingState Restore(Llama model, AdamW optimizer, Action<string>? notice)
    {
        CreateFolder(root);
        ClearLeftovers();
        List<string> told = [];
        StoredCheckpoint? newest = null;
        foreach (string folder in Folders().Reverse())
        {
            newest = StoredCheckpoint.Open(folder, out string? damage);
            if (newest != null) break;
            damaged.Add(folder);
            told.Add($"{folder} is damaged: {damage}");
        }
        if (newest == null && told.Count > 0)
            throw new EngineException($"No checkpoint of this run is whole:\n  {string.Join("\n  ", told)}\nRestore one from a copy, or delete {root} to begin anew.");
        if (newest == null) return new TrainingState(0, 0, 0);
        RequireSame(newest);
        foreach (string line in told) notice?.Invoke($"{line}. Going on from step {newest.State.Step} instead.");
        newest.Read(model, optimizer);
        Newest = newest.Folder;
        if (newest.State.BestStep is not int best || best == newest.State.Step || StoredCheckpoint.Open(PathOf(best), out string? trouble) != null) return newest.State;
        notice?.Invoke($"The checkpoint of the best validation loss, {PathOf(best)}, is damaged: {trouble}. The best is looked for anew.");
        return newest.State with { BestStep = null, BestValidationLoss = null };
    }

    /// <summary>
    /// Writes a checkpoint, then deletes those that are neither among the last ones nor the best. What cannot be deleted is tried
    /// again after the next.
    /// </summary>
    /// <param name="notice">Told what cannot be deleted, and why.</param>
    /// <exception cref="EngineException">It cannot be written; those before it stay.</exception>
    public void Save(Llama model, AdamW optimizer, TrainingState state, Action<string>? notice)
    {
        string target = PathOf(state.Step), temporary = target + Temporary;
        try
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            CreateFolder(temporary);
            StoredCheckpoint.Write(temporary, model, optimizer, state, settings);
            // Where a damaged one has the name: a whole one before it was loaded and stays.
            if (Directory.Exists(target)) Remove(target);
            Directory.Move(temporary, target);
            FolderFlush.ToDisk(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"The checkpoint {target} cannot be written: {e.Message} {(Newest is { } kept ? $"{kept} is kept. " : "")}Make room or choose a folder that can be written, then run the same command to go on.", e);
        }
        Newest = target;
        damaged.Remove(target);
        string? best = state.BestStep is int step ? PathOf(step) : null;
        IEnumerable<string> old = Folders().Except(damaged).SkipLast(options.SaveTotalLimit).Where(folder => folder != best);
        foreach (string folder in (List<string>)[.. Leftovers(), .. damaged, .. old])
        {
            try
            {
                Remove(folder);
                damaged.Remove(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                notice?.Invoke($"{folder}, which is not needed any more, cannot be deleted: {e.Message} The run goes on and tries again after the next checkpoint.");
            }
        }
    }

    /// <summary>Loads the weights of a step's checkpoint into the model.</summary>
    /// <exception cref="EngineException">There is none, or it is damaged.</exception>
    public void LoadWeights(Llama model, int step)
    {
        StoredCheckpoint checkpoint = StoredCheckpoint.Open(PathOf(step), out string? damage)
            ?? throw new EngineException($"The checkpoint {PathOf(step)} cannot be used: {damage}.");
        checkpoint.ReadWeights(model);
    }

    void RequireSame(StoredCheckpoint checkpoint)
    {
        List<string> differences = [];
        foreach (string name in settings.Keys.Union(checkpoint.Settings.Keys))
        {
            string? then = checkpoint.Settings.GetValueOrDefault(name), now = settings.GetValueOrDefault(name);
            if (then != now) differences.Add($"{name}: then {then ?? "not there"}, now {now ?? "not there"}");
        }
        if (differences.Count > 0)
            throw new EngineException($"{checkpoint.Folder} was made with other training options:\n  {string.Join("\n  ", differences)}\nGive the same options to go on, or another run folder to begin anew.");
    }

    // A folder that is half deleted must not look like a checkpoint.
    static void Remove(string folder)
    {
        if (!Directory.Exists(folder)) return;
        string leftover = folder.EndsWith(Temporary, StringComparison.Ordinal) ? folder : folder + ".old" + Temporary;
        if (folder != leftover)
        {
            if (Directory.Exists(leftover)) Directory.Delete(leftover, recursive: true);
            Directory.Move(folder, leftover);
        }
        Directory.Delete(leftover, recursive: true);
    }

    void ClearLeftovers()
    {
        try
        {
            foreach (string leftover in Leftovers().ToList()) Remove(leftover);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"What an earlier run left in {root} cannot be cleared away: {e.Message} Delete the folders there that end in {Temporary}.", e);
        }
    }

    static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"Cannot create the folder {path}: {e.Message} Choose a place that can be written.", e);
        }
    }

    string PathOf(int step) => Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D8}"));

    IEnumerable<string> Leftovers() => Directory.EnumerateDirectories(root, Prefix + "*" + Temporary);

    IEnumerable<string> Folders() => Directory.EnumerateDirectories(root, Prefix + "*")
        .Where(folder => !folder.EndsWith(Temporary, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}
