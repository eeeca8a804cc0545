using System.Text.Json;

namespace Bonito.Tests.Parquet;

/// <summary>
/// Files that others wrote (tests/goldens/parquet): by the published layout alone (make.py), and by other programs
/// (others.mjs). The rows of NAME-VARIANT.parquet are in NAME.json.
/// </summary>
static class Goldens
{
    public static string Folder { get; } = Find();

    public static IEnumerable<string> Files => Directory.GetFiles(Folder, "*.parquet").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    public static string PathOf(string name) => Path.Combine(Folder, name);

    public static JsonElement[] RowsOf(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file).Split('-')[0];
        using var json = JsonDocument.Parse(File.ReadAllText(PathOf(name + ".json")));
        return [.. json.RootElement.EnumerateArray().Select(row => row.Clone())];
    }

    static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string goldens = Path.Combine(folder.FullName, "tests", "goldens", "parquet");
            if (Directory.Exists(goldens)) return goldens;
        }
        throw new DirectoryNotFoundException("tests/goldens/parquet is in no folder above " + AppContext.BaseDirectory);
    }
}
