using System.Runtime.InteropServices;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tests.Models;

namespace Bonito.Engine.Tests.Quantization;

/// <summary>NF4 with doubly quantised scales against the published definition, which numpy followed in tests/goldens/nf4/make.py.</summary>
public sealed unsafe class NF4Tests : IDisposable
{
    readonly SafetensorsFile golden = SafetensorsFile.Open(FindGolden());

    public void Dispose() => golden.Dispose();

    [Theory]
    [InlineData("usual", 1)]
    [InlineData("usual", 3)]
    [InlineData("odd", 1)]
    [InlineData("odd", 2)]
    public void Codes_and_scales_are_those_of_the_definition_bit_for_bit(string name, int threads)
    {
        using WorkerPool pool = new(threads);
        using NF4Matrix matrix = NF4Matrix.Quantize(name, golden.Matrix($"{name}.source"), pool);
        StoredMatrix stored = matrix.Stored;
        long count = (long)stored.Rows * stored.Columns, blocks = NF4.Blocks(count);
        Assert.Equal(golden.Bytes($"{name}.weight"), new ReadOnlySpan<byte>(stored.Data, (int)NF4.CodeBytes(count)));
        Assert.Equal(golden.Bytes($"{name}.weight.absmax"), new ReadOnlySpan<byte>(stored.Scales.Codes, (int)blocks));
        Assert.Equal(golden.Bytes($"{name}.weight.nested_absmax"), new ReadOnlySpan<byte>(stored.Scales.Maxima, (int)(blocks + 255) / 256 * sizeof(float)));
        Assert.Equal(golden.Bytes($"{name}.weight.nested_quant_map"), new ReadOnlySpan<byte>(stored.Scales.Map, 256 * sizeof(float)));
        string state = System.Text.Encoding.UTF8.GetString(golden.Bytes($"{name}.weight.quant_state.bitsandbytes__nf4"));
        Assert.Equal((float)System.Text.Json.JsonDocument.Parse(state).RootElement.GetProperty("nested_offset").GetDouble(), stored.Scales.Mean);
    }

    [Theory]
    [InlineData("usual")]
    [InlineData("odd")]
    public void Rows_stand_for_the_values_of_the_definition_bit_for_bit(string name)
    {
        using WorkerPool pool = new(2);
        using NF4Matrix matrix = NF4Matrix.Quantize(name, golden.Matrix($"{name}.source"), pool);
        StoredMatrix expected = golden.Matrix($"{name}.values");
        float[] got = new float[expected.Columns], wanted = new float[expected.Columns];
        // From the last row, so that no row relies on the one before.
        for (int row = expected.Rows - 1; row >= 0; row--)
        {
            RowCodec.ToFloat(matrix.Stored, row, got);
            RowCodec.ToFloat(expected, row, wanted);
            Assert.Equal(Bits(wanted), Bits(got));
        }
    }

    [Fact]
    public void Vectors_give_what_the_scalar_references_give()
    {
        float* source = stackalloc float[64], expected = stackalloc float[64], got = stackalloc float[64];
        byte* codes = stackalloc byte[32];
        byte[] reference = new byte[32];
        Random random = new(3);
        for (int round = 0; round < 500; round++)
        {
            float size = MathF.Pow(10, random.Next(-42, 5));
            for (int i = 0; i < 64; i++) source[i] = size * (random.NextSingle() - 0.5f) * random.Next(3);
            float scale = NF4.Quantize(source, codes);
            Assert.Equal(NF4.QuantizeReference(new ReadOnlySpan<float>(source, 64), reference), scale);
            Assert.Equal(reference, new ReadOnlySpan<byte>(codes, 32).ToArray());
            // One block, its scale given by a map of one number.
            byte first = 0;
            float one = 0;
            NF4.Reference(codes, scale, expected);
            NF4.Dequantize(new StoredMatrix(codes, new NestedScales(&one, &first, &one, scale), 1, 64), 0, 64, got);
            Assert.Equal(Bits(new ReadOnlySpan<float>(expected, 64).ToArray()), Bits(new ReadOnlySpan<float>(got, 64).ToArray()));
        }
    }

    [Fact]
    public void Maps_are_those_of_the_definition()
    {
        Assert.Equal(golden.Bytes("dynamic_signed"), new ReadOnlySpan<byte>(DynamicMap.Signed.Values, 1024));
        Assert.Equal(golden.Bytes("dynamic_unsigned"), new ReadOnlySpan<byte>(DynamicMap.Unsigned.Values, 1024));
        foreach (DynamicMap map in (DynamicMap[])[DynamicMap.Signed, DynamicMap.Unsigned])
            for (int code = 0; code < 256; code++)
            {
                Assert.Equal(code, map.Nearest(map.Values[code]));
                if (code == 255) continue;
                float middle = (map.Values[code] + map.Values[code + 1]) * 0.5f;
                Assert.Equal((code, code + 1), (map.Nearest(middle), map.Nearest(MathF.BitIncrement(middle))));
            }
    }

    [Fact]
    public void Normal_values_lose_what_the_format_must()
    {
        Random random = new(4);
        float[] values = [.. Enumerable.Range(0, 1 << 16).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
        fixed (float* data = values)
        {
            using WorkerPool pool = new(2);
            using NF4Matrix matrix = NF4Matrix.Quantize("normal", new StoredMatrix(DType.F32, (byte*)data, 256, 256), pool);
            double lost = 0, all = 0;
            float[] row = new float[256];
            for (int r = 0; r < 256; r++)
            {
                RowCodec.ToFloat(matrix.Stored, r, row);
                for (int c = 0; c < 256; c++)
                {
                    lost += Math.Pow(row[c] - values[r * 256 + c], 2);
                    all += Math.Pow(values[r * 256 + c], 2);
                }
            }
            // Root mean square, measured 0.0936; Q4_0 loses 0.088 with 4.5 bits.
            Assert.InRange(Math.Sqrt(lost / all), 0.08, 0.096);
            Assert.InRange(matrix.Bytes * 8.0 / values.Length, 4, 4.16);
        }
    }

    [Fact]
    public void Weights_that_are_not_finite_are_refused_with_their_place()
    {
        float[] values = new float[128 * 3];
        values[128 + 5] = float.NaN;
        values[256] = float.PositiveInfinity;
        fixed (float* data = values)
        {
            using WorkerPool pool = new(2);
            StoredMatrix source = new(DType.F32, (byte*)data, 3, 128);
            EngineException refusal = Assert.Throws<EngineException>(() => NF4Matrix.Quantize("model.layers.0.mlp.up_proj.weight", source, pool));
            Assert.Contains("model.layers.0.mlp.up_proj.weight", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("row 1, column 5 is NaN", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_model_is_quantised_but_for_its_head_and_vectors()
    {
        using WorkerPool pool = new(2);
        using Llama model = TinyLlama.Create();
        Dictionary<string, float[]> before = model.Parameters.ToDictionary(p => p.Name, p => p.Values().ToArray());
        model.Quantize(DType.NF4, pool);
        foreach (Parameter p in model.Parameters)
        {
            float[] now = p.Values().ToArray();
            if (!p.Name.Contains("_proj", StringComparison.Ordinal))
            {
                Assert.Equal((DType.F32, false), (p.Stored.Type, p.InCheckpoint));
                Assert.Equal(before[p.Name], now);
                continue;
            }
            Assert.Equal((DType.NF4, true), (p.Stored.Type, p.InCheckpoint));
            float largest = before[p.Name].Max(MathF.Abs);
            Assert.All(now.Zip(before[p.Name]), pair => Assert.InRange(pair.First - pair.Second, -0.16f * largest, 0.16f * largest));
            Assert.NotEqual(before[p.Name], now);
        }
    }

    [Fact]
    public void A_model_that_is_trained_is_not_quantised()
    {
        using WorkerPool pool = new(1);
        using Llama model = TinyLlama.Create(gradients: true);
        Assert.Throws<InvalidOperationException>(() => model.Quantize(DType.NF4, pool));
        using Llama other = TinyLlama.Create();
        Assert.Throws<ArgumentException>(() => other.Quantize(DType.Q4_0, pool));
    }

    static uint[] Bits(float[] values) => MemoryMarshal.Cast<float, uint>(values).ToArray();

    static string FindGolden()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "tests", "goldens", "nf4", "nf4.safetensors");
            if (File.Exists(path)) return path;
        }
        throw new FileNotFoundException("tests/goldens/nf4/nf4.safetensors is in no folder above " + AppContext.BaseDirectory);
    }
}
