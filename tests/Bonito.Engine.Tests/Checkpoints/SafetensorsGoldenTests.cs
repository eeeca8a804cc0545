using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Checkpoints;

/// <summary>Against a file whose values PyTorch computed; tests/goldens/safetensors/make.py made it.</summary>
public class SafetensorsGoldenTests
{
    private static readonly string Folder = FindFolder();

    [Fact]
    public void Weights_of_all_types_are_read_as_PyTorch_converts_them_bit_for_bit()
    {
        using var file = SafetensorsFile.Open(Path.Combine(Folder, "all-types.safetensors"));
        Dictionary<string, string[]> expected = JsonSerializer.Deserialize<Dictionary<string, string[]>>(File.ReadAllText(Path.Combine(Folder, "all-types.expected.json")))!;
        Assert.Equal(5, expected.Count);
        foreach ((string name, string[] bits) in expected)
        {
            var values = new float[bits.Length];
            file.Read(name, values);
            Assert.Equal(bits, values.Select(value => BitConverter.SingleToUInt32Bits(value).ToString("x8", CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public void The_header_is_read_as_written()
    {
        using var file = SafetensorsFile.Open(Path.Combine(Folder, "all-types.safetensors"));
        Assert.Equal(["encoder.weight", "encoder.half", "encoder.brain", "größe.scalar", "empty", "position_ids"], file.Tensors.Keys);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal("BF16", file.Tensors["encoder.brain"].DType);
        Assert.Equal([8, 16], file.Tensors["encoder.brain"].Shape);
        Assert.Empty(file.Tensors["größe.scalar"].Shape);
        Assert.Equal([0, 4], file.Tensors["empty"].Shape);
        Assert.Equal(40, file.Tensors["position_ids"].Length);
    }

    [Theory]
    [InlineData(DType.F16, "encoder.half")]
    [InlineData(DType.BF16, "encoder.brain")]
    public void Values_are_narrowed_to_the_same_bytes_as_by_PyTorch(DType type, string name)
    {
        string golden = Path.Combine(Folder, "all-types.safetensors");
        using var file = SafetensorsFile.Open(golden);
        var values = new float[128];
        file.Read("encoder.weight", values);
        var halves = new ushort[values.Length];
        if (type == DType.F16) FloatConversion.F32ToF16(values, halves);
        else FloatConversion.F32ToBF16(values, halves);

        int offset = (int)file.Tensors[name].Offset;
        ushort[] stored = MemoryMarshal.Cast<byte, ushort>(File.ReadAllBytes(golden).AsSpan(offset, 256)).ToArray();
        for (int i = 0; i < values.Length; i++)
        {
            // Which of the many NaNs a NaN becomes differs even between PyTorch's own code paths.
            if (float.IsNaN(values[i])) Assert.InRange(halves[i] & 0x7FFF, type == DType.F16 ? 0x7C01 : 0x7F81, 0x7FFF);
            else Assert.Equal(stored[i], halves[i]);
        }
    }

    [Fact]
    public void Integers_may_be_in_a_file_but_are_no_weights()
    {
        using var file = SafetensorsFile.Open(Path.Combine(Folder, "all-types.safetensors"));
        string message = Assert.Throws<EngineException>(() => file.Read("position_ids", new float[5])).Message;
        Assert.Contains("'position_ids' is stored as I64", message, StringComparison.Ordinal);
    }

    private static string FindFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string goldens = Path.Combine(folder.FullName, "tests", "goldens", "safetensors");
            if (Directory.Exists(goldens)) return goldens;
        }
        throw new DirectoryNotFoundException("tests/goldens/safetensors is in no folder above " + AppContext.BaseDirectory);
    }
}
