using System.Runtime.InteropServices;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>Writes the weights of a checkpoint in other formats and other containers, tensor by tensor.</summary>
internal static class ModelWriter
{
    /// <summary>What a GGUF file of a quantised model must say: the version of the formats, which has been 2 since 2023.</summary>
    private const uint QuantizationVersion = 2;

    /// <summary>Writes a GGUF file.</summary>
    /// <param name="config">The checkpoint's.</param>
    /// <param name="metadata">
    /// What the file says; <c>general.file_type</c> and <c>general.quantization_version</c> are added or replaced here.
    /// </param>
    /// <param name="note">Told of each tensor whose format had to differ from the mix.</param>
    /// <param name="progress">Told the bytes written and all bytes each time a tensor is complete.</param>
    public static void WriteGguf(
        string path, ICheckpoint checkpoint, LlamaConfig config, OrderedDictionary<string, object> metadata, WeightMix mix, Action<string>? note = null, Action<long, long>? progress = null,
        CancellationToken cancellation = default)
    {
        metadata["general.file_type"] = mix.FileType;
        if (mix.Type.IsQuantized()) metadata["general.quantization_version"] = QuantizationVersion;
        else metadata.Remove("general.quantization_version");
        LlamaConfig stored = config with { RotaryInterleaved = GgufConfig.IsInterleaved(config.Architecture) };
        List<TensorBytes> tensors = [];
        if (GgufRotary.Divisors(config) is float[] divisors)
            tensors.Add(new TensorBytes(GgufNames.RotaryDivisors, DType.F32, [divisors.Length], stream => stream.Write(MemoryMarshal.AsBytes(divisors.AsSpan()))));
        foreach (ExpectedTensor tensor in Llama.ExpectedTensors(config))
        {
            string name = GgufNames.ToGguf(tensor.Name) ?? throw new InvalidOperationException($"GGUF has no name for {tensor.Name}.");
            DType type = mix.TypeOf(name, tensor.Shape, config);
            if (tensor.Shape.Count > 1 && type != mix.Wanted(name, config))
                note?.Invoke($"{name} is stored as {type}: its rows of {tensor.Shape[^1]} values are no whole blocks of {mix.Wanted(name, config)}");
            tensors.Add(Copy(checkpoint, tensor, name, type, config, stored, cancellation));
        }
        GgufWriter.Write(path, metadata, tensors, Progress(tensors, progress));
    }

    /// <summary>Writes a safetensors file with all weights of one type.</summary>
    public static void WriteSafetensors(string path, ICheckpoint checkpoint, LlamaConfig config, DType type, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        LlamaConfig stored = config with { RotaryInterleaved = false };
        List<TensorBytes> tensors = [.. Llama.ExpectedTensors(config).Select(tensor => Copy(checkpoint, tensor, tensor.Name, type, config, stored, cancellation))];
        SafetensorsWriter.Write(path, tensors, written: Progress(tensors, progress));
    }

    private static Action<long> Progress(List<TensorBytes> tensors, Action<long, long>? progress)
    {
        long done = 0, all = tensors.Sum(tensor => tensor.Length);
        return bytes => progress?.Invoke(done += bytes, all);
    }

    private static TensorBytes Copy(ICheckpoint checkpoint, ExpectedTensor tensor, string name, DType type, LlamaConfig from, LlamaConfig to, CancellationToken cancellation) =>
        new(name, type, tensor.Shape, stream =>
        {
            StoredMatrix matrix = checkpoint.Matrix(tensor.Name);
            Copy(stream, matrix, tensor, type, from, to, cancellation);
            checkpoint.Release(matrix);
        });

    private static unsafe void Copy(Stream stream, StoredMatrix matrix, ExpectedTensor tensor, DType type, LlamaConfig from, LlamaConfig to, CancellationToken cancellation)
    {
        int[]? order = RotaryRows.Order(tensor.Name, tensor.Shape[0], from, to);
        // A bias is one row; its values move as the rows of its weight do.
        if (order is not null && tensor.Shape.Count == 1) matrix = new StoredMatrix(matrix.Type, matrix.Data, matrix.Columns, 1);
        WeightCopy.Write(stream, tensor.Name, matrix, type, order, cancellation);
    }
}
