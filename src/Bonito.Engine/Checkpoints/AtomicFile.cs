namespace Bonito.Engine.Checkpoints;

/// <summary>Writes files of which no reader, after no crash, ever sees a half: the old content stays until the new one is complete on disk.</summary>
public static class AtomicFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>
    /// Writes to a temporary file in the same folder, flushes it to the disk and renames it to <paramref name="path"/>, replacing what was there.
    /// When anything fails the temporary file is deleted and an old file stays untouched. Only a killed process can leave
    /// <c>NAME.RANDOM.tmp</c> behind, which nothing reads.
    /// </summary>
    /// <param name="path">The file to write; its folder must exist.</param>
    /// <param name="write">Writes the content; its own exceptions pass through, but for those of input and output.</param>
    /// <exception cref="EngineException">The disk is full, the folder missing or not writable, and the like.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e)
        {
            string leftover = Delete(temporary);
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new EngineException($"{path}: cannot be written: {e.Message.TrimEnd('.')}. {Remedy(path, e)}{leftover}", e);
        }
    }

    private static string Remedy(string path, Exception e)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        if (IsDiskFull(e)) return $"Free space on the disk of '{folder}', or write to another disk.";
        if (!Directory.Exists(folder)) return $"Create the folder '{folder}'.";
        if (Directory.Exists(path)) return "A folder has this name; choose another.";
        return $"Check that '{folder}' may be written to, or choose another folder.";
    }

    /// <summary>ENOSPC and EDQUOT on Linux and macOS, on Windows ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.</summary>
    private static bool IsDiskFull(Exception e) =>
        OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 39 or 112 : e.HResult is 28 or 69 or 122;

    /// <summary>Deletes the temporary file; what to add to the message when even that fails.</summary>
    private static string Delete(string temporary)
    {
        try
        {
            File.Delete(temporary);
            return "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Deleting a file in a folder that is not there fails too; then nothing stayed behind.
            return File.Exists(temporary) ? $" The unfinished '{temporary}' could not be deleted ({e.Message}); delete it." : "";
        }
    }
}
