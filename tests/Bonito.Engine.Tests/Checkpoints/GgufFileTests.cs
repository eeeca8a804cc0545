using Bonito.Engine.Checkpoints;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tests.Tokenizers;

namespace Bonito.Engine.Tests.Checkpoints;

public class GgufFileTests
{
    [Fact]
    public void Metadata_of_every_type_is_read_in_order()
    {
        using var folder = new TemporaryFolder();
        (string Key, uint Type, byte[] Bytes, object Expected)[] entries =
        [
            ("u8", 0, [200], (byte)200),
            ("i8", 1, [0xFE], (sbyte)-2),
            ("u16", 2, BitConverter.GetBytes((ushort)60_000), (ushort)60_000),
            ("i16", 3, BitConverter.GetBytes((short)-3), (short)-3),
            ("u32", 4, BitConverter.GetBytes(4_000_000_000), 4_000_000_000),
            ("i32", 5, BitConverter.GetBytes(-5), -5),
            ("f32", 6, BitConverter.GetBytes(1e-5f), 1e-5f),
            ("yes", 7, [1], true),
            ("no", 7, [0], false),
            ("text", 8, GgufBytes.Text("größe\0✓"), "größe\0✓"),
            ("u64", 10, BitConverter.GetBytes(ulong.MaxValue), ulong.MaxValue),
            ("i64", 11, BitConverter.GetBytes(long.MinValue), long.MinValue),
            ("f64", 12, BitConverter.GetBytes(0.1), 0.1),
            ("bytes", 9, GgufBytes.Items(0, 3, 1, 2, 3), new byte[] { 1, 2, 3 }),
            ("flags", 9, GgufBytes.Items(7, 2, 1, 0), new[] { true, false }),
            ("floats", 9, GgufBytes.Items(6, 2, GgufBytes.Floats(0.5f, -2)), new[] { 0.5f, -2 }),
            ("texts", 9, GgufBytes.Items(8, 2, [.. GgufBytes.Text("a"), .. GgufBytes.Text("")]), new[] { "a", "" }),
            ("none", 9, GgufBytes.Items(8, 0), Array.Empty<string>()),
            ("nested", 9, GgufBytes.Items(9, 2, [.. GgufBytes.Items(1, 2, 1, 255), .. GgufBytes.Items(8, 1, GgufBytes.Text("x"))]),
                new Array[] { new sbyte[] { 1, -1 }, new[] { "x" } }),
        ];
        var bytes = new GgufBytes();
        foreach ((string key, uint type, byte[] value, object _) in entries) bytes.Entry(key, type, value);
        using GgufFile file = GgufFile.Open(folder.Write("m.gguf", bytes.ToArray()));

        Assert.Equal(entries.Select(e => e.Key), file.Metadata.Values.Keys);
        foreach ((string key, uint _, byte[] _, object expected) in entries)
        {
            Assert.Equal(expected.GetType(), file.Metadata.Values[key].GetType());
            Assert.Equal(expected, file.Metadata.Values[key]);
        }
        Assert.Empty(file.Tensors);
    }

    [Fact]
    public void Getters_convert_widths_and_refuse_other_types()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = new GgufBytes().Entry("text", "t").Entry("count", 7).Entry("small", 0, 9).Entry("negative", 5, BitConverter.GetBytes(-1))
            .Entry("huge", 10, BitConverter.GetBytes(ulong.MaxValue)).Entry("double", 12, BitConverter.GetBytes(0.5)).Entry("nan", 6, BitConverter.GetBytes(float.NaN))
            .Entry("flag", 7, 1).Entry("longs", 9, GgufBytes.Items(11, 1, BitConverter.GetBytes(-4L))).Entry("floats", 9, GgufBytes.Items(6, 1, GgufBytes.Floats(2))).ToArray();
        using GgufFile file = GgufFile.Open(folder.Write("m.gguf", bytes));
        GgufMetadata metadata = file.Metadata;

        Assert.Equal(("t", 7, 9, 0.5f, 7f, true), (metadata.String("text"), metadata.Count("count"), metadata.Count("small"), metadata.Single("double"), metadata.Single("count"), metadata.FindBoolean("flag")));
        Assert.Equal([-4], metadata.FindIntegers("longs")!);
        Assert.Equal([2f], metadata.FindSingles("floats")!);
        Assert.Null(metadata.FindString("absent"));
        Assert.Null(metadata.FindCount("absent"));
        Assert.Null(metadata.FindStrings("absent"));
        Refused(() => metadata.String("absent"), "expected metadata 'absent', got none");
        Refused(() => metadata.Count("negative"), "metadata 'negative': expected an integer from 0 to 2147483647, got Int32 -1");
        Refused(() => metadata.Count("huge"), "got UInt64 18446744073709551615");
        Refused(() => metadata.Count("text"), "got 't'");
        Refused(() => metadata.FindString("count"), "expected a string, got UInt32 7");
        Refused(() => metadata.FindBoolean("count"), "expected a boolean, got UInt32 7");
        Refused(() => metadata.Single("nan"), "expected a finite number, got Single NaN");
        Refused(() => metadata.FindStrings("floats"), "expected an array of strings, got an array of 1 Single");
        Refused(() => metadata.FindIntegers("floats"), "expected an array of 32-bit integers");
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public unsafe void Tensors_are_read_in_place(int alignment)
    {
        using var folder = new TemporaryFolder();
        byte[] blocks = [.. Enumerable.Range(0, 3 * 34).Select(i => (byte)i)];
        byte[] bytes = new GgufBytes { Alignment = alignment }.Entry("general.alignment", (uint)alignment)
            .Tensor("matrix", [2, 3], 0, GgufBytes.Floats(1, 2, 3, 4, 5, 6))
            .Tensor("blocks", [32, 3], 8, blocks)
            .Tensor("cube", [1, 2, 2], 1, [1, 0, 2, 0, 3, 0, 4, 0])
            .Tensor("scalar", [], 30, [0x80, 0x3F])
            .Tensor("old", [32], 3, new byte[20])
            .ToArray();
        using GgufFile file = GgufFile.Open(folder.Write("m.gguf", bytes));

        Assert.Equal(["matrix", "blocks", "cube", "scalar", "old"], file.Tensors.Keys);
        Assert.All(file.Tensors.Values, tensor => Assert.Equal(0, tensor.Offset % alignment));
        Assert.Equal([3, 2], file.Tensors["matrix"].Shape);
        StoredMatrix matrix = file.Matrix("matrix");
        Assert.Equal((DType.F32, 3, 2), (matrix.Type, matrix.Rows, matrix.Columns));
        Assert.Equal([3f, 4f], new ReadOnlySpan<float>(matrix.Row(1), 2).ToArray());
        StoredMatrix quantized = file.Matrix("blocks");
        Assert.Equal((DType.Q8_0, 3, 32, 34L), (quantized.Type, quantized.Rows, quantized.Columns, quantized.RowBytes));
        Assert.Equal(blocks[34..68], new ReadOnlySpan<byte>(quantized.Row(1), 34).ToArray());
        Assert.Equal((4, 1), (file.Matrix("cube").Rows, file.Matrix("cube").Columns));
        Assert.Equal((1, 1, DType.BF16), (file.Matrix("scalar").Rows, file.Matrix("scalar").Columns, file.Matrix("scalar").Type));
        Assert.Null(file.Tensors["old"].WeightType);
        Refused(() => { file.Matrix("old"); }, "tensor 'old' is stored as Q4_1; weights are read from F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q5_K, Q6_K only");
        Refused(() => { file.Matrix("new"); }, "there is no tensor 'new' among the 5 of this file");
    }

    [Fact]
    public void A_disposed_file_gives_no_pointers()
    {
        using var folder = new TemporaryFolder();
        GgufFile file = GgufFile.Open(folder.Write("m.gguf", new GgufBytes().Tensor("a", [1], 0, GgufBytes.Floats(1)).ToArray()));
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _ = file.Matrix("a"));
    }

    [Theory]
    [InlineData("ggml-vocab-gpt-2.gguf", "gpt2", 50_257)]
    [InlineData("ggml-vocab-llama-spm.gguf", "llama", 32_000)]
    public void Published_vocabularies_are_read(string name, string model, int size)
    {
        string? data = TestFiles.SharedData();
        Assert.SkipWhen(data is null, "the folder of shared data is not here");
        using GgufFile file = GgufFile.Open(Path.Combine(data!, "tokenizers", name));
        Assert.Equal(model, file.Metadata.String("tokenizer.ggml.model"));
        Assert.Equal(size, file.Metadata.FindStrings("tokenizer.ggml.tokens")!.Count);
        Assert.Equal(size, file.Metadata.FindIntegers("tokenizer.ggml.token_type")!.Count);
    }

    private static void Refused(Func<object?> read, string problem) =>
        Assert.Contains(problem, Assert.Throws<EngineException>(read).Message, StringComparison.Ordinal);

    private static void Refused(Action read, string problem) =>
        Assert.Contains(problem, Assert.Throws<EngineException>(read).Message, StringComparison.Ordinal);
}
