using System.Globalization;
using System.Text.RegularExpressions;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// A GGUF file, or all files of a model that was split (<c>NAME-00001-of-00003.gguf</c>), memory-mapped for reading: opening costs
/// the header only. Reading is safe from several threads. The files must not be cut short while they are open.
/// </summary>
public sealed partial class GgufFile : IDisposable
{
    private const string SplitCountKey = "split.count";
    private const string SplitNumberKey = "split.no";
    private const string SplitTensorsKey = "split.tensors.count";

    private readonly List<MappedFile> parts = [];
    private readonly OrderedDictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MappedFile> partOf = new(StringComparer.Ordinal);

    /// <summary>The path that was opened.</summary>
    public string Path { get; }

    /// <summary>What the file says of its model; of a split model, what its first file says.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>
    /// The tensors by name, in the order of the file. <see cref="StoredTensor.Shape"/> is in row-major order, outermost first, as
    /// everywhere here; GGUF stores it the other way round.
    /// </summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => tensors;

    /// <summary>The files, one unless the model was split.</summary>
    public IReadOnlyList<string> Files => [.. parts.Select(part => part.Path)];

    /// <summary>Maps a file, or all files of a split model of which any is named, and checks all that their headers say.</summary>
    /// <exception cref="EngineException">A file cannot be read or breaks the format; the message says where and how.</exception>
    public static GgufFile Open(string path) => new(path);

    private GgufFile(string path)
    {
        Path = path;
        try
        {
            GgufHeader header = Add(path);
            int count = header.Metadata.FindCount(SplitCountKey) ?? 1;
            if (count > 1) header = OpenSplit(count);
            Metadata = header.Metadata;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A tensor where it lies in the mapped file, without a copy; valid until this is disposed.</summary>
    /// <param name="name">A name of <see cref="Tensors"/>.</param>
    /// <exception cref="EngineException">No such tensor, or not of a type in <see cref="DType"/>.</exception>
    public unsafe StoredMatrix Matrix(string name)
    {
        if (!tensors.TryGetValue(name, out StoredTensor? tensor))
            throw new EngineException($"{Path}: there is no tensor {ErrorText.Quote(name)} among the {tensors.Count} of this file.");
        return tensor.AsMatrix(Path, partOf[name].At(tensor.Offset, tensor.Length));
    }

    public void Dispose() => parts.ForEach(part => part.Dispose());

    private GgufHeader Add(string path)
    {
        MappedFile part = MappedFile.Open(path);
        parts.Add(part);
        if (Pickled(part)) throw new EngineException($"{path}: this looks like a pickled PyTorch file, not a GGUF file. {PickleRefusal.Reason}");
        var header = new GgufHeader(part);
        foreach (StoredTensor tensor in header.Tensors.Values)
        {
            if (!partOf.TryAdd(tensor.Name, part))
                throw new EngineException($"{path}: tensor {ErrorText.Quote(tensor.Name)} is in {partOf[tensor.Name].Path} too. Download or write the model again.");
            tensors.Add(tensor.Name, tensor);
        }
        return header;
    }

    /// <summary>Opens the files of a split model in their order, now that one of them has told how many there are.</summary>
    private GgufHeader OpenSplit(int count)
    {
        Match name = SplitName().Match(Path);
        if (!name.Success || name.Groups["count"].Value != count.ToString("00000", CultureInfo.InvariantCulture))
            throw new EngineException($"{Path}: expected a name that ends in -00001-of-{count:00000}.gguf, since the file is one of {count} of a split model. Give the files their original names.");
        string[] paths = [.. Enumerable.Range(1, count).Select(i => $"{name.Groups["prefix"].Value}-{i:00000}-of-{count:00000}.gguf")];
        string[] missing = [.. paths.Where(path => !File.Exists(path))];
        if (missing.Length > 0)
            throw new EngineException($"{Path}: {missing.Length} of the {count} files of this split model are not there:\n{ErrorText.Lines(missing)}\nDownload them into the same folder.");

        Dispose();
        parts.Clear();
        tensors.Clear();
        partOf.Clear();
        GgufHeader[] headers = [.. paths.Select(Add)];
        for (int i = 0; i < count; i++)
        {
            int number = headers[i].Metadata.Count(SplitNumberKey), of = headers[i].Metadata.Count(SplitCountKey);
            if (number != i || of != count)
                throw new EngineException($"{paths[i]}: expected file {i} of {count} by its metadata ({SplitNumberKey}, {SplitCountKey}), got {number} of {of}. Give the files their original names.");
        }
        if (headers[0].Metadata.FindCount(SplitTensorsKey) is int total && total != tensors.Count)
            throw new EngineException($"{Path}: expected {total} tensors in the {count} files by {SplitTensorsKey}, got {tensors.Count}. Download or write the model again.");
        return headers[0];
    }

    private static bool Pickled(MappedFile file)
    {
        ReadOnlySpan<byte> first = file.Bytes(0, (int)Math.Min(4, file.Length));
        return first.StartsWith("PK\x03\x04"u8) || first is [0x80, >= 2 and <= 5, ..];
    }

    [GeneratedRegex(@"^(?<prefix>.*)-[0-9]{5}-of-(?<count>[0-9]{5})\.gguf$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex SplitName();
}
