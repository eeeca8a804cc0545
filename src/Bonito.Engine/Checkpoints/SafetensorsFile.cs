using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// One safetensors file, memory-mapped for reading: opening costs the header only, and pages that several processes read are shared.
/// Reading is safe from several threads. The file must not be cut short while it is open; replacing it by renaming is safe.
/// </summary>
/// <remarks>Format: https://huggingface.co/docs/safetensors (the section "Format").</remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly MemoryMappedFile mapping;
    private readonly MemoryMappedViewAccessor view;
    private readonly SafetensorsHeader header;
    private byte* start;

    /// <summary>The path that was opened.</summary>
    public string Path { get; }

    /// <summary>All tensors by name, in the order of the header.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => header.Tensors;

    /// <summary>The free text that the file carries; empty when it carries none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Maps a file and checks all of its header before anything is read.</summary>
    /// <exception cref="EngineException">The file cannot be read or breaks the format; the message says where and how.</exception>
    public static SafetensorsFile Open(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            int jsonLength = ReadPrefix(path, stream);
            return new SafetensorsFile(path, stream, jsonLength);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be opened: {e.Message.TrimEnd('.')}. Check that the file exists and may be read.", e);
        }
    }

    private SafetensorsFile(string path, FileStream stream, int jsonLength)
    {
        Path = path;
        long length = stream.Length;
        mapping = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            header = new SafetensorsHeader(path, new ReadOnlySpan<byte>(start + SafetensorsHeader.PrefixLength, jsonLength), length);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The length of the JSON text, made sure to lie inside the file and inside the format's limit.</summary>
    private static int ReadPrefix(string path, FileStream stream)
    {
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixLength + 1];
        int read = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        ulong length = read < SafetensorsHeader.PrefixLength ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        long available = stream.Length - SafetensorsHeader.PrefixLength;
        string? problem = null;
        if (read < SafetensorsHeader.PrefixLength)
            problem = $"expected at least {SafetensorsHeader.PrefixLength} bytes, got {read}";
        else if (length > SafetensorsHeader.MaxJsonLength)
            problem = $"expected a header of at most {SafetensorsHeader.MaxJsonLength} bytes, got a header length of {length}";
        else if (length > (ulong)available)
            problem = $"expected a header of {length} bytes after the first {SafetensorsHeader.PrefixLength}, got only {available}";
        else if (length == 0 || prefix[SafetensorsHeader.PrefixLength] != (byte)'{')
            problem = $"expected '{{' at byte {SafetensorsHeader.PrefixLength}, where the header starts, got something else";
        if (problem is not null) throw new EngineException($"{path}: {problem}. {Disguise(prefix[..read]) ?? JsonCursor.Remedy}");
        return (int)length;
    }

    /// <summary>What often lies under a name that ends in .safetensors, told by its first bytes, and the remedy.</summary>
    private static string? Disguise(ReadOnlySpan<byte> first)
    {
        if (first.StartsWith("version "u8)) return "This looks like a Git LFS pointer: run 'git lfs pull' in its folder to fetch the file itself.";
        if (first.StartsWith("GGUF"u8)) return "This is a GGUF file: give it a name that ends in .gguf.";
        bool zip = first.StartsWith("PK\x03\x04"u8);
        bool pickle = first is [0x80, >= 2 and <= 5, ..];
        return zip || pickle ? $"This looks like a pickled PyTorch file. {PickleRefusal.Reason}" : null;
    }

    /// <summary>Reads a tensor as float32; F16 and BF16 are widened exactly.</summary>
    /// <param name="name">A name of <see cref="Tensors"/>.</param>
    /// <param name="destination">Exactly as many elements as the tensor has, in its order (the last dimension runs fastest).</param>
    /// <exception cref="EngineException">No such tensor, not of a type in <see cref="DType"/>, or another number of elements.</exception>
    public void Read(string name, Span<float> destination)
    {
        ObjectDisposedException.ThrowIf(start is null, this);
        if (!Tensors.TryGetValue(name, out StoredTensor? tensor))
            throw new EngineException($"{Path}: there is no tensor {ErrorText.Quote(name)} among the {Tensors.Count} of this file.");
        if (ElementTypes.AsWeights(tensor.DType) is not DType type)
            throw new EngineException($"{Path}: tensor {ErrorText.Quote(name)} is stored as {tensor.DType}; weights are read from {CheckpointComparison.ReadableTypes} only.");
        long count = tensor.Length / ElementTypes.Bytes(type);
        if (count != destination.Length)
        {
            throw new EngineException($"{Path}: tensor {ErrorText.Quote(name)} of shape {ErrorText.Shape(tensor.Shape)} holds {count} values, "
                + $"but {destination.Length} were asked for.");
        }

        byte* source = start + tensor.Offset;
        switch (type)
        {
            case DType.F32:
                new ReadOnlySpan<float>(source, destination.Length).CopyTo(destination);
                break;
            case DType.F16:
                FloatConversion.F16ToF32(new ReadOnlySpan<ushort>(source, destination.Length), destination);
                break;
            case DType.BF16:
                FloatConversion.BF16ToF32(new ReadOnlySpan<ushort>(source, destination.Length), destination);
                break;
        }
        GC.KeepAlive(this);
    }

    /// <summary>Compares the file with what a model expects of it, as <see cref="SafetensorsCheckpoint.Verify"/> does.</summary>
    /// <exception cref="EngineException">They differ; the message lists all differences.</exception>
    public void Verify(IReadOnlyList<ExpectedTensor> expected, bool allowUnexpected = false) =>
        CheckpointComparison.Verify(Path, Tensors, expected, allowUnexpected);

    public void Dispose()
    {
        if (start is null) return;
        start = null;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        mapping.Dispose();
    }
}
