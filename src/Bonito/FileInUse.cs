namespace Bonito;

/// <summary>Tells a file that another process has locked from other troubles with files.</summary>
static class FileInUse
{
    /// <summary>ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK on Linux and macOS.</summary>
    public static bool Is(Exception e) => OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) == 32 : e.HResult is 11 or 35;
}
