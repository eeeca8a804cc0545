using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// A file mapped for reading: opening reads nothing, and processes that map the same file share its pages. Reading is safe from
/// several threads. The file must not be cut short while it is mapped; replacing it by renaming is safe.
/// </summary>
internal sealed unsafe partial class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? mapping;
    private readonly MemoryMappedViewAccessor? view;
    private byte* start;
    private bool disposed;

    public string Path { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <exception cref="EngineException">There is no such file, or it may not be read.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            return new MappedFile(path, stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be opened: {e.Message.TrimEnd('.')}. Check that the file exists and may be read.", e);
        }
    }

    private MappedFile(string path, FileStream stream)
    {
        Path = path;
        Length = stream.Length;
        // Systems refuse to map nothing.
        if (Length == 0) return;
        mapping = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        view = mapping.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
    }

    /// <summary>The address of bytes that lie inside the file; valid until the file is disposed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not: what the file claims was not checked.</exception>
    public byte* At(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return start + offset;
    }

    /// <summary>Bytes that lie inside the file; valid until the file is disposed.</summary>
    public ReadOnlySpan<byte> Bytes(long offset, int length) => new(At(offset, length), length);

    /// <summary>Lets the pages of a matrix leave this process; they are read again from the file when they are needed.</summary>
    public static void Release(StoredMatrix matrix)
    {
        if (!OperatingSystem.IsLinux()) return;
        nuint page = (nuint)Environment.SystemPageSize, first = ((nuint)matrix.Data + page - 1) / page * page, end = (nuint)(matrix.Data + matrix.Bytes) / page * page;
        // Advice only: where it is refused the pages stay.
        if (end > first) _ = Madvise((void*)first, end - first, MadviseDontNeed);
    }

    const int MadviseDontNeed = 4;

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint length, int advice);

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        start = null;
        view?.SafeMemoryMappedViewHandle.ReleasePointer();
        view?.Dispose();
        mapping?.Dispose();
    }
}
