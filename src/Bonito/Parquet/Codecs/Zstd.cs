using System.Reflection;
using System.Runtime.InteropServices;

namespace Bonito.Parquet.Codecs;

/// <summary>Zstandard, by the system's libzstd.</summary>
static partial class Zstd
{
    const string Library = "libzstd";

    // What the library is called on Linux, macOS (with its package managers' folders) and Windows.
    static readonly string[] FileNames =
    [
        "libzstd.so.1", "libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib", "/usr/local/lib/libzstd.1.dylib", "libzstd.dll", "zstd.dll",
    ];

    static readonly Lazy<nint> Handle = new(Load);

    static Zstd() => NativeLibrary.SetDllImportResolver(typeof(Zstd).Assembly, Resolve);

    /// <summary>Whether libzstd is on this machine.</summary>
    public static bool IsAvailable => Handle.Value != 0;

    public static unsafe void Decompress(ReadOnlySpan<byte> source, PageBuffer target, int at, int length)
    {
        Require();
        int end = at + length, used = at;
        nint stream = ZSTD_createDStream();
        if (stream == 0) throw new MalformedException("libzstd has no memory left");
        try
        {
            fixed (byte* from = source)
            {
                var input = new Buffer { Start = from, Size = (nuint)source.Length };
                nuint more = 1;
                while (used < end)
                {
                    if (used == target.Bytes.Length) target.Grow(used, end);
                    int room = Math.Min(end, target.Bytes.Length) - used;
                    fixed (byte* to = &target.Bytes[used])
                    {
                        var output = new Buffer { Start = to, Size = (nuint)room };
                        nuint before = input.Position;
                        more = Checked(ZSTD_decompressStream(stream, ref output, ref input));
                        if (output.Position == 0 && input.Position == before)
                            throw new MalformedException($"the compressed page ends after {used - at} of {length} bytes");
                        used += (int)output.Position;
                    }
                }
                // At the end of the frame nothing is left to come; an empty output lets the library say so.
                byte none;
                var nothing = new Buffer { Start = &none, Size = 0 };
                if (more != 0) more = Checked(ZSTD_decompressStream(stream, ref nothing, ref input));
                if (more != 0 || input.Position != input.Size) throw new MalformedException($"the compressed page holds more than {length} bytes");
            }
        }
        finally
        {
            ZSTD_freeDStream(stream);
        }
    }

    public static unsafe byte[] Compress(ReadOnlySpan<byte> source, int level)
    {
        Require();
        var target = new byte[(int)ZSTD_compressBound((nuint)source.Length)];
        fixed (byte* from = source, to = target)
        {
            nuint size = ZSTD_compress(to, (nuint)target.Length, from, (nuint)source.Length, level);
            if (ZSTD_isError(size) != 0) throw new BonitoException($"libzstd could not compress a page: {ErrorName(size)}.");
            return target.AsSpan(0, (int)size).ToArray();
        }
    }

    /// <exception cref="BonitoException">It is not.</exception>
    public static void Require()
    {
        if (IsAvailable) return;
        throw new BonitoException(
            "Zstandard compression needs the system's libzstd, which was not found. Install it (Debian and Ubuntu: "
            + "apt-get install libzstd1; Fedora: dnf install libzstd; macOS: brew install zstd; Windows: put libzstd.dll beside the "
            + "program), or use files that are compressed otherwise.");
    }

    static nuint Checked(nuint result) => ZSTD_isError(result) == 0
        ? result
        : throw new MalformedException($"the compressed page is broken: {ErrorName(result)}");

    static string ErrorName(nuint result) => Marshal.PtrToStringUTF8(ZSTD_getErrorName(result)) ?? "unknown error";

    static nint Load()
    {
        foreach (string name in FileNames)
        {
            if (NativeLibrary.TryLoad(name, typeof(Zstd).Assembly, null, out nint handle)) return handle;
        }
        return 0;
    }

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) => name == Library ? Handle.Value : 0;

    [StructLayout(LayoutKind.Sequential)]
    unsafe struct Buffer
    {
        public byte* Start;
        public nuint Size;
        public nuint Position;
    }

    [LibraryImport(Library)]
    private static partial nint ZSTD_createDStream();

    [LibraryImport(Library)]
    private static partial nuint ZSTD_freeDStream(nint stream);

    [LibraryImport(Library)]
    private static unsafe partial nuint ZSTD_decompressStream(nint stream, ref Buffer output, ref Buffer input);

    [LibraryImport(Library)]
    private static unsafe partial nuint ZSTD_compress(byte* target, nuint capacity, byte* source, nuint size, int level);

    [LibraryImport(Library)]
    private static partial nuint ZSTD_compressBound(nuint size);

    [LibraryImport(Library)]
    private static partial uint ZSTD_isError(nuint result);

    [LibraryImport(Library)]
    private static partial nint ZSTD_getErrorName(nuint result);
}
