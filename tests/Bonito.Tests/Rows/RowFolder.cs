using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Bonito.Rows;

namespace Bonito.Tests.Rows;

/// <summary>A folder of source files that goes with the test, and the rows that are read from it.</summary>
sealed class RowFolder : IDisposable
{
    readonly TemporaryFolder folder = new();

    public string Path => folder.Path;

    public void Dispose() => folder.Dispose();

    public void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file, compressed when its name says so.</summary>
    public void Write(string name, byte[] bytes)
    {
        using Stream file = Create(name);
        file.Write(bytes);
    }

    public void WriteTar(string name, params (string Name, string Text)[] members)
    {
        using Stream file = Create(name);
        using var tar = new TarWriter(file);
        foreach ((string member, string text) in members)
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, member) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
    }

    public void WriteZip(string name, params (string Name, string Text)[] members)
    {
        using Stream file = Create(name);
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        foreach ((string member, string text) in members)
        {
            using Stream content = zip.CreateEntry(member).Open();
            content.Write(Encoding.UTF8.GetBytes(text));
        }
    }

    public Stream Create(string name)
    {
        string path = folder.File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        Stream file = File.Create(path);
        return name.EndsWith("gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
    }

    public List<ReadRow> ReadAll(RowSource source)
    {
        FoundFiles found = source.Find([Path]);
        Assert.Empty(found.Missing);
        return [.. RowReader.Read(source, found.Files, TestContext.Current.CancellationToken)];
    }

    public List<Row> Rows(RowSource source) => [.. ReadAll(source).Select(r => r.Row)];

    /// <summary>The rows as texts, as <see cref="Shown"/> shows them.</summary>
    public string[] Show(RowSource source) => [.. Rows(source).Select(Shown.Of)];

    public string Error(RowSource source) => Assert.Throws<BonitoException>(() => ReadAll(source)).Message;
}
