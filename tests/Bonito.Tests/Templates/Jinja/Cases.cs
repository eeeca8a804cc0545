using Bonito.Rows;
using Bonito.Templates.Jinja;

namespace Bonito.Tests.Templates.Jinja;

/// <summary>Reads the goldens, and renders as their script does: the first item is chosen, and it is always the same time.</summary>
static class Cases
{
    public static RenderSettings Settings { get; } = new() { Picker = _ => 0, Clock = new StoppedClock() };

    public static string Folder { get; } = Path.Combine(Repository(), "tests", "goldens", "jinja");

    public static IEnumerable<Row> Read(string file)
    {
        string path = Path.Combine(Folder, file);
        return RowReader.Read(new RowSource { Files = [file] }, [new SourceFile(file, path)]).Select(read => read.Row);
    }

    /// <summary>The rendering, or null and the error.</summary>
    public static (string? Rendered, string Error) Render(string template, IReadOnlyDictionary<string, object?> row, JinjaSyntax syntax)
    {
        try
        {
            return (JinjaTemplate.Parse("template", template, syntax).Render(row, Settings), "");
        }
        catch (BonitoException e)
        {
            return (null, e.Message);
        }
    }

    static string Repository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Bonito.slnx"))) return folder.FullName;
        }
        throw new InvalidOperationException("The tests run outside of the repository.");
    }

    sealed class StoppedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 3, 7, 15, 4, 5, TimeSpan.Zero);
    }
}
