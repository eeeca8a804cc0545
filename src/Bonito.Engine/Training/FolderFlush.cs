using System.Runtime.InteropServices;

namespace Bonito.Engine.Training;

/// <summary>Makes names durable: after a loss of power, a file that was flushed is only found if its folder was flushed too (fsync(2)).</summary>
static partial class FolderFlush
{
    const int InvalidArgument = 22;

    /// <exception cref="EngineException">The disk reports an error.</exception>
    public static void ToDisk(string folder)
    {
        // Windows writes names through the journal of its file system, and has no call for this.
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(folder, 0);
        if (descriptor < 0) throw Failed(folder, Marshal.GetLastPInvokeError());
        int error = Synchronise(descriptor) == 0 ? 0 : Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        // File systems that cannot flush folders say that the argument is invalid.
        if (error is not (0 or InvalidArgument)) throw Failed(folder, error);
    }

    static EngineException Failed(string folder, int error) =>
        new($"{folder}: cannot be flushed to the disk: {Marshal.GetPInvokeErrorMessage(error)}. Check the disk, or choose another folder.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronise(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
