using Bonito.Engine.Tensors;
namespace Bonito.Engine.Checkpoints;

/// <summary>What the engine knows about the element types of safetensors files, and which of all types weights are read from.</summary>
internal static class ElementTypes
{
    private static readonly OrderedDictionary<string, DType> Readables =
        new(Enum.GetValues<DType>().Where(type => type != DType.NF4).Select(type => KeyValuePair.Create(type.ToString(), type)), StringComparer.Ordinal);

    /// <summary>The types that weights are read from, for messages.</summary>
    public static string Readable { get; } = string.Join(", ", Readables.Keys);

    /// <summary>Bits per element of every type that safetensors defines; null for a type it does not define.</summary>
    public static int? Bits(string dtype) => dtype switch
    {
        "F4" => 4,
        "F6_E2M3" or "F6_E3M2" => 6,
        "BOOL" or "U8" or "I8" => 8,
        "F8_E4M3" or "F8_E5M2" or "F8_E8M0" or "F8_E4M3FNUZ" or "F8_E5M2FNUZ" => 8,
        "U16" or "I16" or "F16" or "BF16" => 16,
        "U32" or "I32" or "F32" => 32,
        "U64" or "I64" or "F64" or "C64" => 64,
        _ => null,
    };

    /// <summary>The type as one that weights can be read from; null when they cannot.</summary>
    public static DType? AsWeights(string dtype) => Readables.TryGetValue(dtype, out DType type) ? type : null;

    /// <summary>Elements of a tensor; null when a size is negative or the product exceeds a 64-bit integer.</summary>
    public static long? Count(IReadOnlyList<long> shape)
    {
        Int128 count = 1;
        foreach (long size in shape)
        {
            count *= size;
            if (size < 0 || count > long.MaxValue) return null;
        }
        return (long)count;
    }
}
