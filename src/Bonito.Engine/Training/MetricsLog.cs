using System.Text.Json;

namespace Bonito.Engine.Training;

/// <summary><c>metrics.jsonl</c>: one line per step, appended and flushed. Lines after the step a run goes on from are dropped.</summary>
sealed class MetricsLog : IDisposable
{
    static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    readonly StreamWriter writer;

    public MetricsLog(string path, int step)
    {
        string[] kept = File.Exists(path) ? [.. File.ReadLines(path).Where(line => StepOf(line) is int s && s <= step)] : [];
        File.WriteAllLines(path + ".tmp", kept);
        File.Move(path + ".tmp", path, overwrite: true);
        writer = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    public void Write(TrainingMetrics metrics) => writer.WriteLine(JsonSerializer.Serialize(metrics, Names));

    public void Dispose() => writer.Dispose();

    // A line that a kill cut short is not JSON; its step is made again.
    static int? StepOf(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty("step").GetInt32();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
