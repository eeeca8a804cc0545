using System.Diagnostics;
using System.Text.Json;

namespace Bonito.Datasets;

/// <summary>
/// The fate of every finished task of a run: JSON Lines, only ever appended to, one write for each line. A process that is killed
/// leaves at most the beginning of a last line behind, which the next to open the ledger removes. While it is open no other
/// process can open it: it is also the lock of the run folder.
/// </summary>
public sealed class Ledger : IDisposable
{
    // A killed process loses nothing that was written; a machine that loses its power loses at most the last second.
    static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);

    readonly string path;
    readonly FileStream file;
    readonly Dictionary<string, Line> lines = [];
    long end;
    long synced = Stopwatch.GetTimestamp();

    Ledger(string path, FileStream file)
    {
        this.path = path;
        this.file = file;
    }

    /// <summary>Finished tasks.</summary>
    public int Count => lines.Count;

    /// <summary>Opens a ledger, or begins one.</summary>
    /// <param name="read">Told of every entry that is there.</param>
    /// <exception cref="BonitoException">The file cannot be opened, is in use by another process, or is damaged.</exception>
    public static Ledger Open(string path, Action<LedgerEntry>? read = null)
    {
        FileStream file;
        try
        {
            // No buffer: what Append has written, the system has.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileInUse.Is(e)
                ? new BonitoException($"{path}: another process is writing to this run folder. Let it end, or stop it, then run the command again.", e)
                : new BonitoException($"{path}: cannot be opened for writing: {e.Message.TrimEnd('.')}. Check that the folder may be written to, or name another with --output.", e);
        }
        Ledger ledger = new(path, file);
        try
        {
            ledger.Load(read);
            return ledger;
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>Whether this task has ended.</summary>
    public bool Contains(string id) => lines.ContainsKey(id);

    /// <summary>Writes down the fate of a task.</summary>
    /// <exception cref="BonitoException">The disk is full, and the like; the ledger is as it was before.</exception>
    public void Append(LedgerEntry entry)
    {
        if (!entry.HasOneFate || lines.ContainsKey(entry.Id)) throw new ArgumentException("A task has exactly one fate.", nameof(entry));
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(entry, RunJson.Line.LedgerEntry);
        byte[] line = [.. json, (byte)'\n'];
        lines.Add(entry.Id, new Line(end, json.Length, entry.Kept is not null));
        try
        {
            file.Position = end;
            file.Write(line);
            if (Stopwatch.GetElapsedTime(synced) > SyncInterval) Sync();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lines.Remove(entry.Id);
            RemoveAfterEnd();
            throw Unwritable(e);
        }
        end += line.Length;
    }

    /// <summary>The examples among these tasks, in their order.</summary>
    public IEnumerable<TaskExample> Kept(IEnumerable<string> ids) =>
        Entries(ids, kept: true).Select(entry => entry.Kept!);

    /// <summary>The rejections among these tasks, in their order.</summary>
    public IEnumerable<Rejection> Rejected(IEnumerable<string> ids) =>
        Entries(ids, kept: false).Select(entry => entry.Rejected!);

    /// <summary>Releases the run folder.</summary>
    public void Dispose() => file.Dispose();

    /// <summary>Waits until the disk has everything.</summary>
    /// <exception cref="BonitoException">The disk is full, and the like.</exception>
    public void Flush()
    {
        try
        {
            Sync();
        }
        catch (IOException e)
        {
            throw Unwritable(e);
        }
    }

    void Sync()
    {
        file.Flush(flushToDisk: true);
        synced = Stopwatch.GetTimestamp();
    }

    BonitoException Unwritable(Exception e) => new(
        $"{path}: cannot be written: {e.Message.TrimEnd('.')}. The {lines.Count} tasks finished before are safe: make room, then run the same command again to go on.", e);

    IEnumerable<LedgerEntry> Entries(IEnumerable<string> ids, bool kept)
    {
        byte[] buffer = [];
        foreach (string id in ids)
        {
            if (!lines.TryGetValue(id, out Line line) || line.Kept != kept) continue;
            if (buffer.Length < line.Length) buffer = new byte[line.Length * 2];
            Span<byte> json = buffer.AsSpan(0, line.Length);
            file.Position = line.Start;
            file.ReadExactly(json);
            yield return JsonSerializer.Deserialize(json, RunJson.Line.LedgerEntry)!;
        }
    }

    void Load(Action<LedgerEntry>? read)
    {
        int number = 0;
        foreach (ReadOnlyMemory<byte> json in CompleteLines())
        {
            LedgerEntry entry = Parse(json.Span, ++number);
            if (!lines.TryAdd(entry.Id, new Line(end, json.Length, entry.Kept is not null)))
                throw new BonitoException($"{path}:{number}: the task {entry.Id} is there for the second time. Something else than Bonito changed the ledger: delete this line, or the run folder.");
            end += json.Length + 1;
            read?.Invoke(entry);
        }
        if (end < file.Length) RemoveAfterEnd();
    }

    /// <summary>The lines that end with a line break, without it.</summary>
    IEnumerable<ReadOnlyMemory<byte>> CompleteLines()
    {
        byte[] buffer = new byte[1 << 16];
        int held = 0;
        file.Position = 0;
        for (int count; (count = file.Read(buffer, held, buffer.Length - held)) > 0;)
        {
            int start = 0;
            held += count;
            for (int length; (length = buffer.AsSpan(start, held - start).IndexOf((byte)'\n')) >= 0; start += length + 1)
                yield return buffer.AsMemory(start, length);
            held -= start;
            buffer.AsSpan(start, held).CopyTo(buffer);
            if (held == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    LedgerEntry Parse(ReadOnlySpan<byte> json, int number)
    {
        try
        {
            LedgerEntry? entry = JsonSerializer.Deserialize(json, RunJson.Line.LedgerEntry);
            return entry is { HasOneFate: true } ? entry : throw new JsonException("expected one of 'kept' and 'rejected'");
        }
        catch (JsonException e)
        {
            throw new BonitoException($"{path}:{number}: not a ledger entry: {e.Message.TrimEnd('.')}. The ledger is damaged: delete this line, and its task is done again.", e);
        }
    }

    /// <summary>
    /// Removes the beginning of a line that could not be finished. If that fails too, the next line is written over it, and who
    /// reads the ledger passes over what has no line break.
    /// </summary>
    void RemoveAfterEnd()
    {
        try
        {
            file.SetLength(end);
        }
        catch (IOException)
        {
            // No harm, as said above; what led here is reported by the caller.
        }
    }

    readonly record struct Line(long Start, int Length, bool Kept);
}
