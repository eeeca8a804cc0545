using System.Runtime.InteropServices;

namespace Bonito.Engine.Tensors;

/// <summary>
/// A block of native float32 memory, aligned to 64 bytes (a cache line and the widest vector), or to 2 MiB and
/// backed by huge pages where the block is large and the system has them: matrix panels walk far, and 4 KiB pages
/// would exhaust the TLB.
/// </summary>
public sealed unsafe partial class NativeBuffer : IDisposable
{
    const nuint HugePage = 2 << 20;
    const int MadviseHugePage = 14;

    /// <param name="count">Number of floats.</param>
    /// <param name="zeroed">False where whoever takes it writes before reading: what is never used of a large block then costs no memory.</param>
    /// <exception cref="EngineException">The memory cannot be had; the message says how much was asked for.</exception>
    public NativeBuffer(long count, bool zeroed = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
        nuint bytes = checked((nuint)Math.Max(count, 1) * sizeof(float));
        bool huge = bytes >= 2 * HugePage;
        nuint alignment = huge ? HugePage : 64;
        bytes = (bytes + alignment - 1) & ~(alignment - 1);
        try
        {
            Data = (float*)NativeMemory.AlignedAlloc(bytes, alignment);
        }
        catch (OutOfMemoryException e)
        {
            throw new EngineException($"Out of memory: {bytes / 1048576.0:N0} MiB more were needed. Use a smaller batch, shorter sequences or a smaller model.", e);
        }
        // Advice only: where it is refused the memory works all the same, in small pages.
        if (huge && OperatingSystem.IsLinux()) _ = Madvise(Data, bytes, MadviseHugePage);
        if (zeroed) NativeMemory.Clear(Data, bytes);
    }

    ~NativeBuffer() => Free();

    /// <summary>The first float; null once disposed.</summary>
    public float* Data { get; private set; }

    /// <summary>Number of floats.</summary>
    public long Count { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        NativeMemory.AlignedFree(Data);
        Data = null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint length, int advice);
}
