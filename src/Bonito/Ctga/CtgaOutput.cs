using System.Text.Json;

namespace Bonito.Ctga;

/// <summary>
/// The folder of a build. Everything is written under temporary names and renamed at the end, the manifest last:
/// a folder with a manifest is complete, and a build that fails leaves an earlier one as it was.
/// </summary>
internal sealed class CtgaOutput : IDisposable
{
    const string Part = ".part";

    static readonly string[] RowFiles = ["train.jsonl", "validation.jsonl"];

    readonly string _folder;
    readonly FileStream _train, _validation;

    public CtgaOutput(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        _train = Create(RowFiles[0]);
        _validation = Create(RowFiles[1]);
        Spill = new ExampleSpill(Path.Combine(folder, "shuffle" + Part));
    }

    /// <summary>Where examples wait for their place in the order.</summary>
    public ExampleSpill Spill { get; }

    /// <summary>Writes the next row.</summary>
    public void Write(in SpilledExample example)
    {
        FileStream file = example.HoldOut ? _validation : _train;
        file.Write(example.Json);
        file.WriteByte((byte)'\n');
    }

    /// <summary>Completes the folder.</summary>
    public void Finish(CtgaSummary summary, CtgaManifest manifest)
    {
        foreach (FileStream file in (FileStream[])[_train, _validation])
        {
            file.Flush(flushToDisk: true);
            file.Dispose();
        }
        string manifestFile = Path.Combine(_folder, "manifest.json");
        File.Delete(manifestFile);
        foreach (string name in RowFiles) File.Move(Path.Combine(_folder, name + Part), Path.Combine(_folder, name), overwrite: true);
        Replace(Path.Combine(_folder, "README.md"), CtgaCard.Of(summary, manifest));
        Replace(manifestFile, JsonSerializer.Serialize(manifest, CtgaJson.Default.CtgaManifest) + "\n");
    }

    public void Dispose()
    {
        _train.Dispose();
        _validation.Dispose();
        foreach (string name in RowFiles) File.Delete(Path.Combine(_folder, name + Part));
        Spill.Dispose();
    }

    FileStream Create(string name) => new(Path.Combine(_folder, name + Part), FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 20);

    static void Replace(string file, string text)
    {
        File.WriteAllText(file + Part, text);
        File.Move(file + Part, file, overwrite: true);
    }
}
