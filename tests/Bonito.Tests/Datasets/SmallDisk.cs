using System.Diagnostics;

namespace Bonito.Tests.Datasets;

/// <summary>A file system of a few kilobytes in memory, to run out of space on.</summary>
sealed class SmallDisk : IDisposable
{
    SmallDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Null where it cannot be had: not Linux, or not root.</summary>
    public static SmallDisk? TryMount(string folder, int kibibytes)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return null;
        string path = Directory.CreateDirectory(System.IO.Path.Combine(folder, "disk")).FullName;
        return Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", path) ? new SmallDisk(path) : null;
    }

    public void Grow(int kibibytes) => Assert.True(Run("mount", "-o", $"remount,size={kibibytes}k", Path));

    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", Path));

    public void Dispose() => Run("umount", "-l", Path);

    static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
