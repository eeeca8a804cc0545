using System.Text.Json;

namespace Bonito.Engine.Training;

/// <summary>
/// <c>metrics.jsonl</c>: one line per step, appended. Opened, it is cut behind the last whole line of a step that the run
/// goes on from: a line that a kill cut short, or a step that is made again, leaves no trace.
/// </summary>
sealed class MetricsLog : IDisposable
{
    static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    static readonly byte[] NewLine = [(byte)'\n'];

    readonly FileStream file;

    /// <param name="step">The last step whose line stays.</param>
    /// <exception cref="EngineException">The file cannot be written.</exception>
    public MetricsLog(string path, int step)
    {
        try
        {
            // Without a buffer: a line that could not be written must not be tried again when the file is closed.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be written: {e.Message} Choose a folder that can be written, or end the process that holds the file.", e);
        }
        long end = LengthUpTo(step);
        if (end < file.Length) Try(() => file.SetLength(end));
        file.Seek(0, SeekOrigin.End);
    }

    /// <exception cref="EngineException">The disk is full, and the like.</exception>
    public void Write(TrainingMetrics metrics) => Try(() => file.Write([.. JsonSerializer.SerializeToUtf8Bytes(metrics, Names), .. NewLine]));

    /// <summary>Makes the lines so far survive a loss of power.</summary>
    /// <exception cref="EngineException">The disk reports an error.</exception>
    public void FlushToDisk() => Try(() => file.Flush(flushToDisk: true));

    public void Dispose() => file.Dispose();

    void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException e)
        {
            throw new EngineException($"{file.Name}: cannot be written: {e.Message} Free space on its disk, then run the same command to go on.", e);
        }
    }

    long LengthUpTo(int step)
    {
        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        int end = 0;
        for (int next; (next = content.AsSpan(end).IndexOf((byte)'\n')) >= 0; end += next + 1)
            if (StepOf(content.AsMemory(end, next)) is not int s || s > step) break;
        return end;
    }

    static int? StepOf(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("step", out JsonElement step) ? step.GetInt32() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
