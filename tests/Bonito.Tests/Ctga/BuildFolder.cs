using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Bonito.Ctga;
using Bonito.Recipes;

namespace Bonito.Tests.Ctga;

/// <summary>A temporary folder with sources, a catalogue and the output of a build.</summary>
internal sealed class BuildFolder : IDisposable
{
    public BuildFolder() => Directory.CreateDirectory(Sources);

    public string Root { get; } = Directory.CreateTempSubdirectory("ctga-test-").FullName;

    public string Sources => Path.Combine(Root, "sources");

    public string Output => Path.Combine(Root, "out");

    public BuildFolder Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public BuildFolder Write(string name, byte[] bytes)
    {
        string path = Path.Combine(Sources, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (name.EndsWith(".gz", StringComparison.Ordinal) && !name.EndsWith(".tar.gz", StringComparison.Ordinal)) bytes = Gzip(bytes);
        File.WriteAllBytes(path, bytes);
        return this;
    }

    public BuildFolder WriteTar(string name, params (string Member, string Text)[] members)
    {
        using var buffer = new MemoryStream();
        using (var tar = new TarWriter(buffer, leaveOpen: true))
        {
            foreach ((string member, string text) in members)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, member) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
            }
        }
        return Write(name, Gzip(buffer.ToArray()));
    }

    /// <summary>A catalogue of one set; the text is what its entry has besides name and licence, at its own indentation.</summary>
    public CtgaOptions Options(string set, string name = "mine") => Catalogue(
        $"""
        sets:
          - name: {name}
            licence: CC0
            commercial: true
            {set.Replace("\n", "\n    ")}
        """);

    public CtgaOptions Catalogue(string yaml)
    {
        string file = Path.Combine(Root, "catalogue.yaml");
        File.WriteAllText(file, yaml);
        return new CtgaOptions(Sources, Output, CatalogueFile: file);
    }

    public string Templates(string yaml)
    {
        string file = Path.Combine(Root, "templates.yaml");
        File.WriteAllText(file, yaml);
        return file;
    }

    /// <summary>Builds a set with one template over roles.</summary>
    public List<CtgaRow> Build(string set, string taskType, string jinja)
    {
        Run(Options(set) with { Templates = [Templates($"templates:\n  - name: t\n    task_type: {taskType}\n    jinja: {JsonSerializer.Serialize(jinja)}\n")] });
        return Rows();
    }

    public static CtgaSummary Run(CtgaOptions options) => BuildCtga.Run(options, null, TestContext.Current.CancellationToken);

    public List<CtgaRow> Rows(string? file = null) => [.. (file is null ? (string[])["train.jsonl", "validation.jsonl"] : [file])
        .SelectMany(name => File.ReadLines(Path.Combine(Output, name)))
        .Select(line => JsonSerializer.Deserialize<CtgaRow>(line, Snake)!)];

    public byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Output, name));

    public void Dispose() => Directory.Delete(Root, recursive: true);

    static byte[] Gzip(byte[] bytes)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest)) gzip.Write(bytes);
        return buffer.ToArray();
    }

    static readonly JsonSerializerOptions Snake = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
    };
}
