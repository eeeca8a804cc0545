namespace Bonito.Tests.Adaptation;

/// <summary>Where the repository is that the tests were built in.</summary>
static class Repository
{
    public static string Goldens { get; } = Path.Combine(Find(), "tests", "goldens");

    static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (Directory.Exists(Path.Combine(at.FullName, "tests", "goldens"))) return at.FullName;
        throw new DirectoryNotFoundException("tests/goldens is in no folder above " + AppContext.BaseDirectory);
    }
}
