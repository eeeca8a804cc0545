using Bonito.Engine.Checkpoints;

namespace Bonito.Engine.Tests.Checkpoints;

/// <summary>Models in several files.</summary>
public class SplitGgufTests
{
    [Theory]
    [InlineData("tiny-00001-of-00003.gguf")]
    [InlineData("tiny-00002-of-00003.gguf")]
    public unsafe void Any_file_opens_all(string named)
    {
        using var folder = new TemporaryFolder();
        WriteParts(folder, 3);
        using GgufFile file = GgufFile.Open(folder.File(named));
        Assert.Equal("llama", file.Metadata.String("general.architecture"));
        Assert.Equal(["t0", "t1", "t2"], file.Tensors.Keys);
        for (int i = 0; i < 3; i++) Assert.Equal(i, *(float*)file.Matrix($"t{i}").Data);
        Assert.Equal(["tiny-00001-of-00003.gguf", "tiny-00002-of-00003.gguf", "tiny-00003-of-00003.gguf"], file.Files.Select(Path.GetFileName));
    }

    [Fact]
    public void Missing_and_misnamed_files_are_named()
    {
        using var folder = new TemporaryFolder();
        WriteParts(folder, 3);
        File.Delete(folder.File("tiny-00002-of-00003.gguf"));
        Refused(folder.File("tiny-00001-of-00003.gguf"), "1 of the 3 files of this split model are not there:\n  " + folder.File("tiny-00002-of-00003.gguf"));

        File.Copy(folder.File("tiny-00003-of-00003.gguf"), folder.File("tiny-00002-of-00003.gguf"));
        Refused(folder.File("tiny-00001-of-00003.gguf"), "tensor 't2' is in");

        File.Move(folder.File("tiny-00001-of-00003.gguf"), folder.File("tiny.gguf"));
        Refused(folder.File("tiny.gguf"), "expected a name that ends in -00001-of-00003.gguf, since the file is one of 3 of a split model");
    }

    [Fact]
    public void Files_in_the_wrong_order_are_refused()
    {
        using var folder = new TemporaryFolder();
        WriteParts(folder, 2);
        File.Move(folder.File("tiny-00001-of-00002.gguf"), folder.File("x"));
        File.Move(folder.File("tiny-00002-of-00002.gguf"), folder.File("tiny-00001-of-00002.gguf"));
        File.Move(folder.File("x"), folder.File("tiny-00002-of-00002.gguf"));
        Refused(folder.File("tiny-00001-of-00002.gguf"), "expected file 0 of 2 by its metadata (split.no, split.count), got 1 of 2");
    }

    [Fact]
    public void The_number_of_tensors_is_checked()
    {
        using var folder = new TemporaryFolder();
        WriteParts(folder, 2, tensors: 5);
        Refused(folder.File("tiny-00001-of-00002.gguf"), "expected 5 tensors in the 2 files by split.tensors.count, got 2");
    }

    private static void WriteParts(TemporaryFolder folder, int count, int? tensors = null)
    {
        for (int i = 0; i < count; i++)
        {
            var bytes = new GgufBytes().Entry("split.no", 2, BitConverter.GetBytes((ushort)i)).Entry("split.count", 2, BitConverter.GetBytes((ushort)count))
                .Entry("split.tensors.count", 5, BitConverter.GetBytes(tensors ?? count));
            if (i == 0) bytes.Entry("general.architecture", "llama");
            folder.Write($"tiny-{i + 1:00000}-of-{count:00000}.gguf", bytes.Tensor($"t{i}", [1], 0, GgufBytes.Floats(i)).ToArray());
        }
    }

    private static void Refused(string path, string problem) =>
        Assert.Contains(problem, Assert.Throws<EngineException>(() => GgufFile.Open(path)).Message, StringComparison.Ordinal);
}
