using Bonito.Engine.Tensors;
namespace Bonito.Engine.Checkpoints;

/// <summary>
/// The weights in a Hugging Face folder: <c>model.safetensors</c> or, when that is not there, the shards that
/// <c>model.safetensors.index.json</c> names. Where the tensors lie makes no difference to the reader.
/// </summary>
public sealed class SafetensorsCheckpoint : ICheckpoint
{
    /// <summary>The name of a checkpoint of one file.</summary>
    public const string FileName = "model.safetensors";

    /// <summary>The name of the index of a checkpoint of several files.</summary>
    public const string IndexName = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> files;
    private readonly OrderedDictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsFile> fileOf = new(StringComparer.Ordinal);

    /// <summary>The file, or the index of the shards.</summary>
    public string Source { get; }

    public IReadOnlyDictionary<string, StoredTensor> Tensors => tensors;

    /// <summary>Opens a folder's weights and checks every file, and the index against the files.</summary>
    /// <exception cref="EngineException">No weights, only pickles, or files that are damaged or contradict the index.</exception>
    public static SafetensorsCheckpoint Open(string folder)
    {
        if (!Directory.Exists(folder)) throw new EngineException($"{folder}: expected a model's folder, got no such folder. Check the path.");
        string single = Path.Combine(folder, FileName);
        if (File.Exists(single)) return new SafetensorsCheckpoint(single, [SafetensorsFile.Open(single)], null);
        string index = Path.Combine(folder, IndexName);
        if (File.Exists(index)) return OpenShards(folder, index);
        if (PickleRefusal.Find(folder) is string pickle)
            throw new EngineException($"{Path.Combine(folder, pickle)}: expected {FileName} or {IndexName} in the folder, got a pickled checkpoint. {PickleRefusal.Reason}");
        throw new EngineException($"{folder}: expected {FileName} or {IndexName} in the folder, got neither. Check the path, or download the model's weights into it.");
    }

    private static SafetensorsCheckpoint OpenShards(string folder, string index)
    {
        IReadOnlyDictionary<string, string> shardOf = SafetensorsIndex.Read(index);
        string[] shards = [.. shardOf.Values.Distinct(StringComparer.Ordinal)];
        string[] missing = [.. shards.Where(shard => !File.Exists(Path.Combine(folder, shard)))];
        if (missing.Length > 0)
        {
            throw new EngineException($"{index}: {missing.Length} of the {shards.Length} shards that it names are not in the folder:\n"
                + $"{ErrorText.Lines([.. missing.Select(ErrorText.Quote)])}\nDownload the model again.");
        }

        var files = new List<SafetensorsFile>();
        try
        {
            foreach (string shard in shards) files.Add(SafetensorsFile.Open(Path.Combine(folder, shard)));
            return new SafetensorsCheckpoint(index, files, shardOf);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    private SafetensorsCheckpoint(string source, List<SafetensorsFile> files, IReadOnlyDictionary<string, string>? shardOf)
    {
        Source = source;
        this.files = files;
        var problems = new List<string>();
        foreach (SafetensorsFile file in files)
        {
            foreach (StoredTensor tensor in file.Tensors.Values)
            {
                if (fileOf.TryAdd(tensor.Name, file)) tensors.Add(tensor.Name, tensor);
                else problems.Add($"{ErrorText.Quote(tensor.Name)} is in {Shard(fileOf[tensor.Name])} and again in {Shard(file)}");
            }
        }
        foreach ((string name, string shard) in shardOf ?? new Dictionary<string, string>())
        {
            SafetensorsFile? holder = fileOf.GetValueOrDefault(name);
            if (holder is null) problems.Add($"{ErrorText.Quote(name)} should be in {ErrorText.Quote(shard)}, but is in no shard");
            else if (Path.GetFileName(holder.Path) != shard) problems.Add($"{ErrorText.Quote(name)} should be in {ErrorText.Quote(shard)}, but is in {Shard(holder)}");
        }
        if (problems.Count > 0)
            throw new EngineException($"{source}: the index and its shards contradict each other:\n{ErrorText.Lines(problems)}\nDownload or write the model again.");
    }

    private static string Shard(SafetensorsFile file) => ErrorText.Quote(Path.GetFileName(file.Path));

    public StoredMatrix Matrix(string name) => FileOf(name).Matrix(name);

    /// <summary>Reads a tensor as float32, as <see cref="SafetensorsFile.Read"/> does.</summary>
    /// <exception cref="EngineException">No such tensor, not of a type in <see cref="DType"/>, or another number of elements.</exception>
    public void Read(string name, Span<float> destination) => FileOf(name).Read(name, destination);

    private SafetensorsFile FileOf(string name) =>
        fileOf.TryGetValue(name, out SafetensorsFile? file) ? file
        : throw new EngineException($"{Source}: there is no tensor {ErrorText.Quote(name)} among the {Tensors.Count} of this checkpoint.");

    public void Verify(IReadOnlyList<ExpectedTensor> expected, bool allowUnexpected = false) =>
        CheckpointComparison.Verify(Source, Tensors, expected, allowUnexpected);

    /// <inheritdoc/>
    public void Release(StoredMatrix matrix) => MappedFile.Release(matrix);

    public void Dispose() => files.ForEach(file => file.Dispose());
}
