using System.Globalization;
using System.Text;

namespace Bonito.Hub;

/// <summary>Names of files that a server sent: nobody vouches for them, and they decide where on this machine is written.</summary>
static class FileName
{
    const int LongestPart = 255, LongestName = 1024, LongestShown = 120;

    /// <summary>Why a name (parts separated by <c>/</c>) cannot be that of a file inside a folder, on any system; null if it can.</summary>
    public static string? Trouble(string name)
    {
        if (name.Length == 0) return "it is empty";
        if (Encoding.UTF8.GetByteCount(name) > LongestName) return $"it is longer than {LongestName} bytes";
        if (name.Any(char.IsControl)) return "it has control characters";
        if (name.Contains('\\', StringComparison.Ordinal)) return "it has a backslash";
        if (name.Contains(':', StringComparison.Ordinal)) return "it has a colon";
        if (name[0] == '/') return "it is an absolute path";
        foreach (string part in name.Split('/'))
        {
            if (part.Length == 0) return "a part of it is empty";
            if (part is "." or "..") return "it leaves its folder";
            if (part[^1] is '.' or ' ') return "a part of it ends with a dot or a space";
            if (Encoding.UTF8.GetByteCount(part) > LongestPart) return $"a part of it is longer than {LongestPart} bytes";
        }
        return null;
    }

    /// <summary>The last part of a name, whichever system's separator it was written with.</summary>
    public static string LastPart(string name) => name[(name.LastIndexOfAny(['/', '\\', ':']) + 1)..];

    /// <summary>The name in quotes, shortened, unable to steer a terminal.</summary>
    public static string Shown(string name)
    {
        StringBuilder shown = new("'");
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, LongestShown)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c)) shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else shown.Append(c);
        }
        return shown.Append(name.Length > LongestShown ? "...'" : "'").ToString();
    }
}
