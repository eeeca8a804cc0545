using System.Buffers.Binary;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// One safetensors file, memory-mapped for reading: opening costs the header only, and pages that several processes read are shared.
/// Reading is safe from several threads. The file must not be cut short while it is open; replacing it by renaming is safe.
/// </summary>
/// <remarks>Format: https://huggingface.co/docs/safetensors (the section "Format").</remarks>
public sealed class SafetensorsFile : IDisposable
{
    private readonly MappedFile file;
    private readonly SafetensorsHeader header;

    /// <summary>The path that was opened.</summary>
    public string Path => file.Path;

    /// <summary>All tensors by name, in the order of the header.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => header.Tensors;

    /// <summary>The free text that the file carries; empty when it carries none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Maps a file and checks all of its header before anything is read.</summary>
    /// <exception cref="EngineException">The file cannot be read or breaks the format; the message says where and how.</exception>
    public static SafetensorsFile Open(string path)
    {
        MappedFile file = MappedFile.Open(path);
        try
        {
            return new SafetensorsFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private SafetensorsFile(MappedFile file)
    {
        this.file = file;
        int jsonLength = ReadPrefix(file);
        header = new SafetensorsHeader(Path, file.Bytes(SafetensorsHeader.PrefixLength, jsonLength), file.Length);
    }

    /// <summary>The length of the JSON text, made sure to lie inside the file and inside the format's limit.</summary>
    private static int ReadPrefix(MappedFile file)
    {
        ReadOnlySpan<byte> prefix = file.Bytes(0, (int)Math.Min(file.Length, SafetensorsHeader.PrefixLength + 1));
        ulong length = prefix.Length < SafetensorsHeader.PrefixLength ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        long available = file.Length - SafetensorsHeader.PrefixLength;
        string? problem = null;
        if (prefix.Length < SafetensorsHeader.PrefixLength)
            problem = $"expected at least {SafetensorsHeader.PrefixLength} bytes, got {prefix.Length}";
        else if (length > SafetensorsHeader.MaxJsonLength)
            problem = $"expected a header of at most {SafetensorsHeader.MaxJsonLength} bytes, got a header length of {length}";
        else if (length > (ulong)available)
            problem = $"expected a header of {length} bytes after the first {SafetensorsHeader.PrefixLength}, got only {available}";
        else if (length == 0 || prefix[SafetensorsHeader.PrefixLength] != (byte)'{')
            problem = $"expected '{{' at byte {SafetensorsHeader.PrefixLength}, where the header starts, got something else";
        if (problem is not null) throw new EngineException($"{file.Path}: {problem}. {Disguise(prefix) ?? JsonCursor.Remedy}");
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

    /// <summary>A tensor where it lies in the mapped file, without a copy; valid until this is disposed.</summary>
    /// <param name="name">A name of <see cref="Tensors"/>.</param>
    /// <exception cref="EngineException">No such tensor, or not of a type in <see cref="DType"/>.</exception>
    public unsafe StoredMatrix Matrix(string name)
    {
        StoredTensor tensor = Find(name);
        return tensor.AsMatrix(Path, file.At(tensor.Offset, tensor.Length));
    }

    /// <summary>The bytes of a tensor of any type, where they lie in the mapped file; valid until this is disposed.</summary>
    /// <param name="name">A name of <see cref="Tensors"/>.</param>
    /// <exception cref="EngineException">No such tensor.</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        StoredTensor tensor = Find(name);
        return file.Bytes(tensor.Offset, checked((int)tensor.Length));
    }

    /// <summary>Some of the bytes of a tensor of any type, which may have more than a span can hold.</summary>
    /// <param name="start">The first of them, counted from the tensor's first.</param>
    /// <exception cref="EngineException">No such tensor.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has not so many.</exception>
    internal ReadOnlySpan<byte> Bytes(string name, long start, int count)
    {
        StoredTensor tensor = Find(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, tensor.Length - start);
        return file.Bytes(tensor.Offset + start, count);
    }

    /// <summary>Reads a tensor as float32; F16 and BF16 are widened exactly.</summary>
    /// <param name="name">A name of <see cref="Tensors"/>.</param>
    /// <param name="destination">Exactly as many elements as the tensor has, in its order (the last dimension runs fastest).</param>
    /// <exception cref="EngineException">No such tensor, not of a type in <see cref="DType"/>, or another number of elements.</exception>
    public unsafe void Read(string name, Span<float> destination)
    {
        StoredTensor tensor = Find(name);
        DType type = tensor.RequireWeights(Path);
        long count = tensor.Length / type.BlockBytes();
        if (count != destination.Length)
        {
            throw new EngineException($"{Path}: tensor {ErrorText.Quote(name)} of shape {ErrorText.Shape(tensor.Shape)} holds {count} values, "
                + $"but {destination.Length} were asked for.");
        }

        byte* source = file.At(tensor.Offset, tensor.Length);
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

    /// <exception cref="EngineException">No such tensor.</exception>
    internal StoredTensor Find(string name) =>
        Tensors.TryGetValue(name, out StoredTensor? tensor) ? tensor
        : throw new EngineException($"{Path}: there is no tensor {ErrorText.Quote(name)} among the {Tensors.Count} of this file.");

    /// <summary>Compares the file with what a model expects of it, as <see cref="SafetensorsCheckpoint.Verify"/> does.</summary>
    /// <exception cref="EngineException">They differ; the message lists all differences.</exception>
    public void Verify(IReadOnlyList<ExpectedTensor> expected, bool allowUnexpected = false) =>
        CheckpointComparison.Verify(Path, Tensors, expected, allowUnexpected);

    public void Dispose() => file.Dispose();
}
