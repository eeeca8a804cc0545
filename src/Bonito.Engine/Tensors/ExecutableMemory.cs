using System.Runtime.InteropServices;

namespace Bonito.Engine.Tensors;

/// <summary>Pages for machine code written at run time: filled while writable, then executable and never writable again.</summary>
static unsafe partial class ExecutableMemory
{
    const int Read = 1, Write = 2, Execute = 4;
    const int Private = 2, Anonymous = 0x20;

    /// <summary>Places code in pages of its own, which stay for the life of the process.</summary>
    /// <returns>Its first byte; null where the system gives no such pages (it may forbid code of this kind).</returns>
    public static byte* Place(ReadOnlySpan<byte> code)
    {
        if (!OperatingSystem.IsLinux()) return null;
        nuint length = (nuint)code.Length;
        void* pages = Map(null, length, Read | Write, Private | Anonymous, -1, 0);
        if (pages == (void*)-1) return null;
        code.CopyTo(new Span<byte>(pages, code.Length));
        if (Protect(pages, length, Read | Execute) == 0) return (byte*)pages;
        _ = Unmap(pages, length);
        return null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
