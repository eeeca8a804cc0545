namespace Bonito;

/// <summary>Why a file cannot be read.</summary>
public static class UnreadableFile
{
    /// <summary>In words, as the end of a sentence: of a folder the system says only that access is denied.</summary>
    public static string Why(string path, Exception e) => Directory.Exists(path) ? "it is a folder; a file is expected." : e.Message;
}
