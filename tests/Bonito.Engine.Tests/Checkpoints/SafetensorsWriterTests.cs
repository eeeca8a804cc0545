using System.Buffers.Binary;
using System.Text;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Tensors;
using FsCheck;
using FsCheck.Fluent;

namespace Bonito.Engine.Tests.Checkpoints;

public class SafetensorsWriterTests
{
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void What_is_written_is_read_back(DType type)
    {
        using var folder = new TemporaryFolder();
        float[] values = TemporaryFolder.Counting(200);
        // More than one converted chunk, and none of them a multiple of a vector.
        float[] large = [.. Enumerable.Range(0, 70_001).Select(i => i % 251 / 4f)];
        TensorToWrite[] tensors =
        [
            new("z", [2, 100], () => values),
            new("é \"quoted\"", [], () => values.AsSpan(7, 1)),
            new("none", [0, 3], () => []),
            new("a", [70_001], () => large),
        ];
        SafetensorsWriter.Write(folder.File("model.safetensors"), tensors, type, new Dictionary<string, string> { ["z"] = "1", ["a"] = "2" });

        using var file = SafetensorsFile.Open(folder.File("model.safetensors"));
        Assert.Equal(tensors.Select(t => t.Name), file.Tensors.Keys);
        Assert.Equal(["a", "format", "z"], file.Metadata.Keys);
        Assert.Equal("pt", file.Metadata["format"]);
        foreach (TensorToWrite tensor in tensors)
        {
            Assert.Equal(type.ToString(), file.Tensors[tensor.Name].DType);
            Assert.Equal(tensor.Shape, file.Tensors[tensor.Name].Shape);
            var read = new float[tensor.Values().Length];
            file.Read(tensor.Name, read);
            Assert.Equal(tensor.Values().ToArray(), read);
        }
    }

    [Fact]
    public void Any_float32_survives_with_all_its_bits()
    {
        using var folder = new TemporaryFolder();
        Prop.ForAll<int[]>(bits =>
        {
            float[] values = [.. bits.Select(BitConverter.Int32BitsToSingle)];
            SafetensorsWriter.Write(folder.File("m"), [new("a", [values.Length], () => values)], DType.F32);
            using var file = SafetensorsFile.Open(folder.File("m"));
            var read = new float[values.Length];
            file.Read("a", read);
            return read.Select(BitConverter.SingleToInt32Bits).SequenceEqual(bits);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_bytes_are_those_that_the_format_prescribes_and_the_same_each_time()
    {
        using var folder = new TemporaryFolder();
        float[] values = [1, -2];
        for (int i = 0; i < 2; i++)
        {
            SafetensorsWriter.Write(folder.File($"{i}"), [new("b", [1, 2], () => values), new("a", [], () => values.AsSpan(1))], DType.BF16);
        }

        byte[] file = File.ReadAllBytes(folder.File("0"));
        const string Header = """{"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]},"a":{"dtype":"BF16","shape":[],"data_offsets":[4,6]}}""";
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        Assert.Equal(0, length % 8);
        Assert.InRange(length - Header.Length, 0, 7);
        Assert.Equal(Header.PadRight(length), Encoding.UTF8.GetString(file, 8, length));
        Assert.Equal([0x80, 0x3F, 0x00, 0xC0, 0x00, 0xC0], file[(8 + length)..]);
        Assert.Equal(file, File.ReadAllBytes(folder.File("1")));
    }

    [Fact]
    public void Metadata_may_name_another_format()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("m"), [], DType.F32, new Dictionary<string, string> { ["format"] = "mlx" });
        using var file = SafetensorsFile.Open(folder.File("m"));
        Assert.Equal("mlx", Assert.Single(file.Metadata).Value);
    }

    [Theory]
    [InlineData(DType.F16, 65_520f, "Store it as BF16 or F32")]
    [InlineData(DType.BF16, float.MaxValue, "Store it as F32")]
    public void A_value_too_large_for_the_type_is_refused_and_the_old_file_stays(DType type, float value, string remedy)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("model.safetensors", "old");
        float[] values = [1, float.PositiveInfinity, float.NaN, -value];
        string message = Assert.Throws<EngineException>(() =>
            SafetensorsWriter.Write(path, [new("model.norm.weight", [4], () => values)], type)).Message;
        Assert.Contains("'model.norm.weight'", message, StringComparison.Ordinal);
        Assert.Contains("index 3", message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Infinity_and_NaN_stay_what_they_are()
    {
        using var folder = new TemporaryFolder();
        float[] values = [float.PositiveInfinity, float.NegativeInfinity, float.NaN, -0f];
        foreach (DType type in (DType[])[DType.F32, DType.F16, DType.BF16])
        {
            SafetensorsWriter.Write(folder.File("m"), [new("a", [4], () => values)], type);
            using var file = SafetensorsFile.Open(folder.File("m"));
            var read = new float[4];
            file.Read("a", read);
            Assert.Equal(values, read);
            Assert.True(float.IsNegative(read[3]));
        }
    }

    [Fact]
    public void Mistakes_of_the_caller_are_refused_before_anything_is_left()
    {
        using var folder = new TemporaryFolder();
        void Write(params TensorToWrite[] tensors) => SafetensorsWriter.Write(folder.File("m"), tensors, DType.F32);
        var one = new TensorToWrite("a", [1], () => new float[1]);
        Assert.Throws<ArgumentException>(() => Write(one, one));
        Assert.Throws<ArgumentException>(() => Write(one with { Name = "__metadata__" }));
        Assert.Throws<ArgumentException>(() => Write(one with { Shape = [2] }));
        Assert.Throws<ArgumentException>(() => Write(one with { Shape = [-1] }));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
