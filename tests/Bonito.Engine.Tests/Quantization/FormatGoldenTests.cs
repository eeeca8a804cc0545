using System.Runtime.InteropServices;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Quantization;

/// <summary>Against blocks and values that numpy computed; tests/goldens/gguf/make.py made them.</summary>
public sealed class FormatGoldenTests : IDisposable
{
    private readonly GgufFile file = GgufFile.Open(FindGolden());

    public void Dispose() => file.Dispose();

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    [InlineData(DType.Q8_0)]
    [InlineData(DType.Q4_0)]
    [InlineData(DType.Q4_K)]
    [InlineData(DType.Q5_K)]
    [InlineData(DType.Q6_K)]
    public void Blocks_stand_for_the_values_of_the_reference_bit_for_bit(DType type)
    {
        StoredMatrix stored = file.Matrix(type.ToString());
        Assert.Equal((type, 3, 512), (stored.Type, stored.Rows, stored.Columns));
        var row = new float[stored.Columns];
        for (int i = 0; i < stored.Rows; i++)
        {
            RowCodec.ToFloat(stored, i, row);
            Assert.Equal(Bits(Values($"{type}.values", i)), Bits(row));
        }
    }

    [Fact]
    public void Vectors_give_what_the_scalar_reference_gives()
    {
        Check(DType.Q8_0, Q8_0.Reference);
        Check(DType.Q4_0, Q4_0.Reference);
        Check(DType.Q4_K, Q4_K.Reference);
        Check(DType.Q5_K, Q5_K.Reference);
        Check(DType.Q6_K, Q6_K.Reference);
    }

    [Theory]
    [InlineData(DType.Q8_0)]
    [InlineData(DType.Q4_0)]
    public void Quantising_gives_the_bytes_of_the_reference(DType type)
    {
        StoredMatrix input = file.Matrix("input"), expected = file.Matrix($"{type}.of_input");
        for (int i = 0; i < input.Rows; i++)
        {
            var stored = new byte[expected.RowBytes];
            RowCodec.Quantize(type, Values("input", i), stored);
            Assert.Equal(Row(expected, i), stored);
        }
    }

    private delegate void Decoder(ReadOnlySpan<byte> block, Span<float> values);

    private void Check(DType type, Decoder reference)
    {
        byte[] row = Row(file.Matrix(type.ToString()), 0);
        for (int at = 0; at < row.Length; at += type.BlockBytes())
        {
            float[] expected = new float[type.BlockLength()], got = new float[type.BlockLength()];
            ReadOnlySpan<byte> block = row.AsSpan(at, type.BlockBytes());
            reference(block, expected);
            RowCodec.Dequantize(type, block, got);
            Assert.Equal(Bits(expected), Bits(got));
        }
    }

    private float[] Values(string name, int row) => MemoryMarshal.Cast<byte, float>(Row(file.Matrix(name), row)).ToArray();

    private static unsafe byte[] Row(StoredMatrix matrix, int row) => new ReadOnlySpan<byte>(matrix.Row(row), (int)matrix.RowBytes).ToArray();

    private static uint[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToUInt32Bits)];

    private static string FindGolden()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string golden = Path.Combine(folder.FullName, "tests", "goldens", "gguf", "formats.gguf");
            if (File.Exists(golden)) return golden;
        }
        throw new FileNotFoundException("tests/goldens/gguf/formats.gguf is in no folder above " + AppContext.BaseDirectory);
    }
}
