using System.Globalization;

namespace Bonito.Engine.Tensors;

/// <summary>How much memory this process can still take.</summary>
public static class AvailableMemory
{
    /// <summary>
    /// What the system has left (MemAvailable of proc(5), which counts caches that can be dropped) or what the control groups of the
    /// process leave it, whichever is less; where neither is to be had, what the runtime takes the machine to have.
    /// </summary>
    public static long Bytes()
    {
        long least = long.MaxValue;
        if (OperatingSystem.IsLinux())
        {
            if (Field("/proc/meminfo", "MemAvailable:") is long kibibytes) least = kibibytes * 1024;
            foreach (string group in ControlGroups())
                if (Left(group) is long bytes) least = Math.Min(least, bytes);
        }
        return least == long.MaxValue ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes : least;
    }

    /// <summary>Folders of the process's control group and those around it (cgroup v2).</summary>
    static IEnumerable<string> ControlGroups()
    {
        const string Root = "/sys/fs/cgroup";
        string? line = File.Exists("/proc/self/cgroup") ? File.ReadLines("/proc/self/cgroup").FirstOrDefault(l => l.StartsWith("0::/", StringComparison.Ordinal)) : null;
        if (line == null) yield break;
        for (string path = line["0::".Length..].TrimEnd('/'); ; path = path[..path.LastIndexOf('/')])
        {
            yield return Root + path;
            if (path.Length == 0) yield break;
        }
    }

    /// <summary>The limit of a control group less what it uses besides files that can be dropped; null where it has none.</summary>
    static long? Left(string group)
    {
        string limit = Path.Combine(group, "memory.max"), used = Path.Combine(group, "memory.current"), parts = Path.Combine(group, "memory.stat");
        if (!File.Exists(limit) || !File.Exists(used) || !File.Exists(parts)) return null;
        if (!long.TryParse(File.ReadAllText(limit), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long bytes)) return null;
        long current = long.Parse(File.ReadAllText(used), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        return Math.Max(0, bytes - current + (Field(parts, "inactive_file") ?? 0) + (Field(parts, "active_file") ?? 0));
    }

    static long? Field(string path, string name)
    {
        if (!File.Exists(path)) return null;
        foreach (string line in File.ReadLines(path))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [string key, string value, ..] && key == name) return long.Parse(value, CultureInfo.InvariantCulture);
        return null;
    }
}
