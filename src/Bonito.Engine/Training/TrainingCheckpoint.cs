using System.Globalization;
using System.Text.Json;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>Where a run stands, besides weights and moments. The order of the data follows from the step.</summary>
/// <param name="Step">The last step made; 0 before the first.</param>
/// <param name="Tokens">Tokens read so far.</param>
/// <param name="Seconds">Time trained so far.</param>
public sealed record TrainingState(int Step, long Tokens, double Seconds);

/// <summary>
/// Checkpoints of a run: <c>checkpoints/step-N/</c> with <c>model.safetensors</c>, <c>optimizer.safetensors</c> and, written last,
/// <c>state.json</c>. A folder appears under its name when it is complete.
/// </summary>
public sealed class TrainingCheckpoint(string folder, TrainingOptions options)
{
    const string StateFile = "state.json";
    const string ModelFile = "model.safetensors";
    const string OptimizerFile = "optimizer.safetensors";

    readonly string root = Path.Combine(folder, "checkpoints");

    /// <summary>Loads the newest checkpoint into the model and the optimiser.</summary>
    /// <returns>Where it stands; step 0 where there is none.</returns>
    /// <exception cref="EngineException">It was made with other options or for another model.</exception>
    public TrainingState Restore(Llama model, AdamW optimizer)
    {
        CreateFolder(root);
        if (Steps().LastOrDefault() is not { } newest) return new TrainingState(0, 0, 0);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(newest, StateFile)));
        string made = document.RootElement.GetProperty("options").GetRawText(), now = JsonSerializer.Serialize(Comparable(options));
        if (made != now)
            throw new EngineException($"{newest} was made with other training options:\n  then {made}\n  now  {now}\nGive the same options to go on, or another run folder to begin anew.");
        using (SafetensorsFile weights = SafetensorsFile.Open(Path.Combine(newest, ModelFile)))
            foreach (Parameter p in model.Trainable) weights.Read(p.Name, p.Tensor.Values);
        using (SafetensorsFile moments = SafetensorsFile.Open(Path.Combine(newest, OptimizerFile)))
            for (int i = 0; i < optimizer.Parameters.Count; i++)
            {
                moments.Read("first." + optimizer.Parameters[i].Name, optimizer.First(i));
                moments.Read("second." + optimizer.Parameters[i].Name, optimizer.Second(i));
            }
        return document.RootElement.GetProperty("state").Deserialize<TrainingState>()!;
    }

    /// <summary>Writes a checkpoint, then deletes those past <see cref="TrainingOptions.SaveTotalLimit"/>.</summary>
    public void Save(Llama model, AdamW optimizer, TrainingState state)
    {
        string target = Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"step-{state.Step:D8}"));
        string temporary = target + ".tmp";
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        CreateFolder(temporary);
        SafetensorsWriter.Write(Path.Combine(temporary, ModelFile), [.. model.Trainable.Select(p => new TensorToWrite(p.Name, Shape(p), () => p.Tensor.Values))], DType.F32);
        List<TensorToWrite> moments = [];
        for (int i = 0; i < optimizer.Parameters.Count; i++)
        {
            Parameter p = optimizer.Parameters[i];
            int index = i;
            moments.Add(new TensorToWrite("first." + p.Name, Shape(p), () => optimizer.First(index)));
            moments.Add(new TensorToWrite("second." + p.Name, Shape(p), () => optimizer.Second(index)));
        }
        SafetensorsWriter.Write(Path.Combine(temporary, OptimizerFile), moments, DType.F32);
        AtomicFile.Write(Path.Combine(temporary, StateFile), stream => JsonSerializer.Serialize(stream, new { state, options = Comparable(options) }));
        if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        Directory.Move(temporary, target);
        foreach (string old in Steps().SkipLast(options.SaveTotalLimit)) Directory.Delete(old, recursive: true);
    }

    // How often to look and to save may change between resumptions: they do not change the weights.
    static TrainingOptions Comparable(TrainingOptions options) => options with { SaveSteps = 1, SaveTotalLimit = 1, EvaluationSteps = 1 };

    static long[] Shape(Parameter p) => [.. p.Shape.Select(s => (long)s)];

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

    IEnumerable<string> Steps() => Directory.EnumerateDirectories(root, "step-*")
        .Where(d => !d.EndsWith(".tmp", StringComparison.Ordinal) && File.Exists(Path.Combine(d, StateFile)))
        .Order(StringComparer.Ordinal);
}
