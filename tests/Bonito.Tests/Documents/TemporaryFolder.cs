using System.IO.Compression;
using System.Text;
using Bonito.Documents;

namespace Bonito.Tests.Documents;

/// <summary>A folder of its own for a test that writes files; deleted afterwards.</summary>
sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("bonito-documents-").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        string path = At(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public static byte[] Gzip(string text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionMode.Compress)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return stream.ToArray();
    }

    /// <summary>Reads all documents of the inputs (below this folder) and all notices.</summary>
    public (List<Document> Documents, List<DocumentNotice> Notices) Read(string? column, params string[] inputs)
    {
        List<DocumentNotice> notices = [];
        return (DocumentReader.Read([.. inputs.Select(At)], column, notices.Add).ToList(), notices);
    }

    /// <summary>The message of the error that reading the inputs ends in, with this folder's path taken out.</summary>
    public string Error(string? column, params string[] inputs) =>
        Assert.Throws<BonitoException>(() => Read(column, inputs)).Message
            .Replace(Path + System.IO.Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
