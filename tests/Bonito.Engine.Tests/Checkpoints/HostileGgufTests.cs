using Bonito.Engine.Checkpoints;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Checkpoints;

/// <summary>Files that are damaged or lie: each is refused with a message that says where and how.</summary>
public class HostileGgufTests
{
    private static readonly byte[] One = GgufBytes.Floats(1);

    [Theory]
    [InlineData("", "the magic at byte 0: expected 4 bytes, got only 0 before the file ends")]
    [InlineData("47", "expected 4 bytes, got only 1")]
    [InlineData("47475546", "the version at byte 4: expected 4 bytes, got only 0")]
    [InlineData("4C475546 03000000", "expected 'GGUF' in the first 4 bytes, got something else")]
    [InlineData("47475546 01000000", "expected 2 or 3, got 1, an early layout")]
    [InlineData("47475546 00000003", "expected a little-endian file, got a big-endian one")]
    [InlineData("47475546 04000000", "expected 2 or 3, got 4")]
    [InlineData("47475546 03000000 00000000", "the number of tensors at byte 8: expected 8 bytes, got only 4")]
    [InlineData("504B0304 00000000", "Pickles are not read")]
    [InlineData("80028A0A 6CFC9C46", "Pickles are not read")]
    public void Beginnings_that_are_wrong(string hex, string problem)
    {
        using var folder = new TemporaryFolder();
        AssertRefused(folder.Write("m.gguf", Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))), problem);
    }

    [Fact]
    public void Counts_larger_than_the_file()
    {
        foreach (ulong count in (ulong[])[1, 1000, int.MaxValue, 1UL << 40, ulong.MaxValue])
        {
            Refuse(new GgufBytes { ClaimedTensors = count }, "expected");
            Refuse(new GgufBytes { ClaimedEntries = count }, "expected");
        }
        Refuse(new GgufBytes { ClaimedTensors = 1UL << 40 }, "the number of tensors at byte 8: expected at most 0, which is what the rest of the file has room for, got 1099511627776");
        Refuse(new GgufBytes { ClaimedEntries = 9 }.Entry("a", 1), "the number of metadata entries at byte 16: expected at most 1, which");
    }

    [Fact]
    public void Entries_that_are_wrong()
    {
        Refuse(new GgufBytes().Entry("a", 13, new byte[8]), "metadata 'a' at byte 37: expected a value type from 0 to 12, got 13");
        Refuse(new GgufBytes().Entry("a", 7, 2), "expected a boolean, 0 or 1, got 2");
        Refuse(new GgufBytes().Entry("a", 8, BitConverter.GetBytes(1UL << 50)), "metadata 'a': length in bytes at byte 37: expected at most 0");
        Refuse(new GgufBytes().Entry("a", 8, [.. BitConverter.GetBytes(2UL), 0xC3, 0x28]), "metadata 'a' at byte 45: expected a string in UTF-8");
        Refuse(new GgufBytes().Entry("a", 9, GgufBytes.Items(6, 3, new byte[11])), "metadata 'a': items at byte 41: expected at most 2, which is what the rest of the file has room for, got 3");
        Refuse(new GgufBytes().Entry("a", 9, GgufBytes.Items(8, ulong.MaxValue)), "expected at most 0");
        Refuse(new GgufBytes().Entry("a", 9, GgufBytes.Items(14, 0)), "expected a value type from 0 to 12, got 14");
        Refuse(new GgufBytes().Entry("a", 1).Entry("a", 2), "metadata 'a' at byte 50: expected each key once, got it twice");
        Refuse(new GgufBytes().Entry("general.alignment", 24), "expected a power of two, got 24");
        Refuse(new GgufBytes().Entry("general.alignment", 0), "expected a power of two, got 0");
        Refuse(new GgufBytes().Entry("general.alignment", "32"), "expected an integer from 0");
    }

    [Fact]
    public void Arrays_inside_of_arrays_without_end()
    {
        byte[] deep = GgufBytes.Items(0, 0);
        for (int i = 0; i < 100_000; i++) deep = i < 9 ? GgufBytes.Items(9, 1, deep) : deep;
        Refuse(new GgufBytes().Entry("a", 9, deep), "expected at most 8 arrays inside of each other, got more");
    }

    [Fact]
    public void Tensors_that_are_wrong()
    {
        Refuse(new GgufBytes().Tensor("a", [1, 1, 1, 1, 1], 0, One), "tensor 'a'", "expected at most 4 dimensions, got 5");
        Refuse(new GgufBytes().Tensor("a", [ulong.MaxValue], 0, One), "expected sizes that fit in 63 bits, got 18446744073709551615");
        Refuse(new GgufBytes().Tensor("a", [1UL << 40, 1UL << 40], 0, One), "expected a shape whose product fits in 64 bits, got [1099511627776, 1099511627776]");
        Refuse(new GgufBytes().Tensor("a", [(1UL << 62) + 1], 0, One), "expected its 18446744073709551620 bytes from byte 0");
        Refuse(new GgufBytes().Tensor("a", [1], 77, One), "got type number 77");
        Refuse(new GgufBytes().Tensor("a", [1], 4, One), "got type number 4");
        Refuse(new GgufBytes().Tensor("a", [48], 8, new byte[51]), "expected rows of whole blocks of 32 for Q8_0, got 48 columns");
        Refuse(new GgufBytes().Tensor("a", [128, 2], 12, new byte[144]), "expected rows of whole blocks of 256 for Q4_K, got 128 columns");
        Refuse(new GgufBytes().Tensor("a", [1], 0, One, offset: 4), "expected an offset that is a multiple of the alignment 32, got 4");
        Refuse(new GgufBytes().Tensor("a", [1], 0, One, offset: 64), "tensor 'a': its values end at byte 132, but the file has only 68 bytes. The file is cut short");
        Refuse(new GgufBytes().Tensor("a", [1], 0, One, offset: ulong.MaxValue - 31), "expected its 4 bytes from byte 18446744073709551584");
        Refuse(new GgufBytes().Tensor("a", [2], 0, One), "its values end at byte 72, but the file has only 68");
        Refuse(new GgufBytes().Tensor("a", [1], 0, One).Tensor("a", [1], 0, One), "expected each name once, got it twice");
        Refuse(new GgufBytes().Tensor("a", [9], 0, new byte[36]).Tensor("b", [1], 0, One, offset: 32), "tensor 'b': expected values of its own, got an overlap with tensor 'a'");
    }

    [Fact]
    public void Messages_stay_short_and_show_control_characters()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = new GgufBytes().Entry("\u001b[2J" + new string('x', 5000), 7, 9).ToArray();
        string message = Assert.Throws<EngineException>(() => GgufFile.Open(folder.Write("m.gguf", bytes))).Message;
        Assert.InRange(message.Length, 1, 600);
        Assert.DoesNotContain('\u001b', message);
    }

    [Fact]
    public void Thousands_of_mutated_files_are_read_or_refused_and_cost_little_memory()
    {
        byte[] original = new GgufBytes().Entry("general.architecture", "llama").Entry("general.alignment", 32).Entry("n", 3)
            .Entry("tokens", 9, GgufBytes.Items(8, 2, [.. GgufBytes.Text("a"), .. GgufBytes.Text("bc")]))
            .Entry("nested", 9, GgufBytes.Items(9, 2, [.. GgufBytes.Items(5, 1, 1, 0, 0, 0), .. GgufBytes.Items(7, 2, 1, 0)]))
            .Entry("scores", 9, GgufBytes.Items(6, 2, GgufBytes.Floats(1, 2)))
            .Tensor("a", [2, 3], 0, GgufBytes.Floats(1, 2, 3, 4, 5, 6)).Tensor("b", [32, 1], 8, new byte[34]).Tensor("c", [256], 14, new byte[210]).ToArray();
        // Almost all of it is header; most edits go there.
        int header = original.Length - (32 + 64 + 210);
        var random = new Random(11);
        using var folder = new TemporaryFolder();
        int read = 0, refused = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        const int Files = 10_000;
        for (int i = 0; i < Files; i++)
        {
            List<byte> mutated = [.. original];
            for (int edits = random.Next(1, 4); edits > 0; edits--) Mutate(mutated, header, random);
            string path = folder.Write("m.gguf", [.. mutated]);
            try
            {
                using GgufFile file = GgufFile.Open(path);
                foreach (StoredTensor tensor in file.Tensors.Values.Where(t => t.WeightType is not null)) Touch(file.Matrix(tensor.Name));
                read++;
            }
            catch (EngineException e)
            {
                Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.InRange(read, 500, Files - 500);
        Assert.InRange(refused, 500, Files - 500);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Files, 0, 64 * 1024);
    }

    private static unsafe void Touch(StoredMatrix matrix)
    {
        int sum = 0;
        for (long i = 0; i < matrix.Bytes; i++) sum += matrix.Data[i];
        Assert.InRange(sum, 0, int.MaxValue);
    }

    private static void Mutate(List<byte> file, int header, Random random)
    {
        if (file.Count < 16) return;
        int at = random.Next(Math.Min(file.Count, random.Next(4) == 0 ? file.Count : header));
        switch (random.Next(7))
        {
            case 0:
                file[at] = (byte)random.Next(256);
                break;
            case 1:
                file[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                file.RemoveRange(at, Math.Min(random.Next(1, 12), file.Count - at - 1));
                break;
            case 3:
                file.RemoveRange(at + 1, file.Count - at - 1);
                break;
            case 4:
                file.InsertRange(at, new byte[random.Next(1, 40)]);
                break;
            default:
                // Where a count, a size, an offset or a length lies, the extremes of it.
                byte[] number = BitConverter.GetBytes(random.Next(6) switch { 0 => 0UL, 1 => ulong.MaxValue, 2 => 1UL << 62, 3 => int.MaxValue, 4 => 1UL << 32, _ => (ulong)random.Next(300) });
                for (int i = 0; i < number.Length && at + i < file.Count; i++) file[at + i] = number[i];
                break;
        }
    }

    private static void Refuse(GgufBytes bytes, params string[] problems)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("m.gguf", bytes.ToArray());
        foreach (string problem in problems) AssertRefused(path, problem);
    }

    private static void AssertRefused(string path, string problem)
    {
        EngineException refusal = Assert.Throws<EngineException>(() => GgufFile.Open(path));
        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }
}
