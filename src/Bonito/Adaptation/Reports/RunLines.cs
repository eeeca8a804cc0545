using System.Text.Json;

namespace Bonito.Adaptation.Reports;

/// <summary>Reads the JSON Lines of a run that may be going on: others may write, and a line may be torn.</summary>
static class RunLines
{
    /// <param name="take">Told of each line that is a JSON object; false when it is not what it should be.</param>
    /// <returns>The numbers of the lines that were left out, from 1; null if there is no such file.</returns>
    /// <exception cref="BonitoException">The file cannot be read.</exception>
    public static IReadOnlyList<int>? Read(string path, Func<JsonElement, bool> take)
    {
        List<int> unreadable = [];
        try
        {
            using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            for (int number = 1; reader.ReadLine() is { } line; number++)
                if (line.Length > 0 && !Take(line, take)) unreadable.Add(number);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{path}: cannot be read: {e.Message}", e);
        }
        return unreadable;
    }

    static bool Take(string line, Func<JsonElement, bool> take)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object && take(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
