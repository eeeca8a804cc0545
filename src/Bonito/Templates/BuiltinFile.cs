using System.Reflection;

namespace Bonito.Templates;

/// <summary>Text files that ship inside the assembly, and their replacements by a user.</summary>
internal static class BuiltinFile
{
    public static string Read(string name)
    {
        Assembly assembly = typeof(BuiltinFile).Assembly;
        string resource = assembly.GetManifestResourceNames().Single(n => n.EndsWith('.' + name, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    /// <exception cref="BonitoException">The file cannot be read.</exception>
    public static string ReadUser(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{file}: cannot be read: {UnreadableFile.Why(file, e)}", e);
        }
    }
}
