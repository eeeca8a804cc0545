namespace Bonito.Tests.Rows;

/// <summary>The folder of public datasets for development, which stands beside the repository where it is at hand.</summary>
static class DevelopmentData
{
    public static string? Folder { get; } = Find();

    public static string Require()
    {
        Assert.SkipWhen(Folder is null, "shared/data/INVENTORY.md is in no folder above the tests.");
        return Folder;
    }

    static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string data = Path.Combine(folder.FullName, "shared", "data");
            if (File.Exists(Path.Combine(data, "INVENTORY.md"))) return data;
        }
        return null;
    }
}
