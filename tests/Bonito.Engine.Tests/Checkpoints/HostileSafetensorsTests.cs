using System.Buffers.Binary;
using System.Text;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Checkpoints;

/// <summary>Files that are damaged or lie: each is refused with a message that says where and how.</summary>
public class HostileSafetensorsTests
{
    private const string A = """ "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]} """;

    [Theory]
    [InlineData("", 0, "expected at least 8 bytes, got 0")]
    [InlineData("0800", 0, "expected at least 8 bytes, got 2")]
    [InlineData("0000000000000000", 0, "expected '{' at byte 8")]
    [InlineData("e803000000000000", 10, "expected a header of 1000 bytes after the first 8, got only 10")]
    [InlineData("01e1f50500000000", 10, "at most 100000000 bytes, got a header length of 100000001")]
    [InlineData("ffffffffffffffff", 10, "at most 100000000 bytes, got a header length of 18446744073709551615")]
    [InlineData("0500000000000000", 10, "expected '{' at byte 8")]
    public void Lengths_that_cannot_be(string prefix, int rest, string problem)
    {
        using var folder = new TemporaryFolder();
        AssertRefused(folder.Write("model.safetensors", [.. Convert.FromHexString(prefix), .. new byte[rest]]), problem);
    }

    [Theory]
    [InlineData("{\"a\" 1}", "not valid JSON near byte")]
    [InlineData("{\"a\":", "not valid JSON near byte")]
    [InlineData("{} {}", "not valid JSON near byte")]
    [InlineData("{\"a\":1}", "tensor 'a': expected an object, got '1' at byte 13")]
    [InlineData("{\"\\ud800\":1}", "half of a surrogate pair")]
    [InlineData("{\"a\":{}}", "expected a field 'dtype', got none")]
    [InlineData("{\"a\":{\"dtype\":1}}", "dtype: expected a string, got '1'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", "expected a field 'shape', got none")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "expected a field 'data_offsets' with two numbers, got 0")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", "expected a field 'data_offsets' with two numbers, got 1")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}", "at most 2 numbers")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", "shape: expected an array, got '2'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "shape: expected integers from 0 to 9223372036854775807, got '-2'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}", "got '2.5'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[[2]],\"data_offsets\":[0,8]}}", "got an array")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}", "got '99999999999999999999'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}", "a shape whose product fits in 64 bits, got [4294967296, 4294967296]")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387906],\"data_offsets\":[0,8]}}", "expected 18446744073709551624 bytes for shape [4611686018427387906] of F32, got 8 bytes")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", "data_offsets: expected integers from 0")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", "data_offsets with the begin before the end, got [8, 0]")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", "end at byte 16 of the data, but the file holds only 8 bytes of data")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[9223372036854775800,9223372036854775807]}}", "end at byte 9223372036854775807")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "expected 12 bytes for shape [3] of F32, got 8 bytes")]
    [InlineData("{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}", "a dtype of the safetensors format, such as F32, F16 or BF16, got 'F31'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "field 'dtype' appears twice")]
    [InlineData("{" + A + "," + A + "}", "tensor 'a' appears twice")]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}," + A + "}", "entry '__metadata__' appears twice")]
    [InlineData("{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}," + A + "}", "__metadata__ 'k' appears twice")]
    [InlineData("{\"__metadata__\":{\"k\":1}," + A + "}", "__metadata__ 'k': expected a string, got '1'")]
    [InlineData("{\"__metadata__\":[]," + A + "}", "__metadata__: expected an object, got an array")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "bytes 66 to 69 of the file that belong to none")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "bytes 62 to 65 of the file that belong to none")]
    [InlineData("{" + A + ",\"b\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[4,8]}}", "tensor 'b': expected values of its own, got an overlap with tensor 'a'")]
    [InlineData("{}", "bytes 10 to 17 of the file that belong to none")]
    public void Headers_that_are_wrong(string header, string problem)
    {
        using var folder = new TemporaryFolder();
        AssertRefused(folder.WriteRaw(header, 8), problem);
    }

    [Fact]
    public void A_header_that_is_not_UTF8()
    {
        byte[] file = TemporaryFolder.Raw("{" + A + "}", 8);
        file[11] = 0xFF;
        using var folder = new TemporaryFolder();
        AssertRefused(folder.Write("model.safetensors", file), "not valid UTF-8");
    }

    [Fact]
    public void More_dimensions_than_any_tensor_has()
    {
        using var folder = new TemporaryFolder();
        string ones = string.Join(',', Enumerable.Repeat(1, 65));
        AssertRefused(folder.WriteRaw($"{{\"a\":{{\"dtype\":\"F64\",\"shape\":[{ones}],\"data_offsets\":[0,8]}}}}", 8), "at most 64 numbers");
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull")]
    [InlineData("PK\u0003\u0004\0\0\u0008\u0008 and so on", "Pickles are not read")]
    [InlineData("GGUF\u0003\0\0\0\u0001\0\0\0", "a GGUF file")]
    public void Other_files_under_this_name_are_recognised(string content, string problem)
    {
        using var folder = new TemporaryFolder();
        AssertRefused(folder.Write("model.safetensors", content), problem);
    }

    [Fact]
    public void A_pickle_under_this_name_is_recognised()
    {
        using var folder = new TemporaryFolder();
        AssertRefused(folder.Write("model.safetensors", [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9]), "Pickles are not read");
    }

    [Fact]
    public void Messages_stay_short_and_show_control_characters()
    {
        using var folder = new TemporaryFolder();
        string path = folder.WriteRaw($"{{\"\\u001b[2J{new string('x', 5000)}\":1}}", 8);
        string message = Assert.Throws<EngineException>(() => SafetensorsFile.Open(path)).Message;
        Assert.InRange(message.Length, 1, 600);
        Assert.DoesNotContain('\u001b', message);
        Assert.Contains("'\\u001b[2Jxxx", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_and_folders_are_reported()
    {
        using var folder = new TemporaryFolder();
        AssertRefused(folder.File("none.safetensors"), "cannot be opened");
        AssertRefused(folder.Path, "cannot be opened");
    }

    [Fact]
    public void Unusual_but_valid_files_are_read()
    {
        using var folder = new TemporaryFolder();
        string path = folder.WriteRaw("""
            {"テンソル":{"shape":[],"future":{"x":[1,{}]},"dtype":"F32","data_offsets":[3,7]},
             "flags":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}, "none":{"dtype":"F8_E4M3","shape":[0,9],"data_offsets":[3,3]},
             "packed":{"dtype":"F4","shape":[2,1],"data_offsets":[7,8]}}
            """ + "   ", 8);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(4, file.Tensors.Count);
        Assert.Empty(file.Metadata);
        var value = new float[1];
        file.Read("テンソル", value);
        Assert.Equal(BinaryPrimitives.ReadSingleLittleEndian([4, 5, 6, 7]), value[0]);
    }

    [Fact]
    public void Reading_what_is_not_there_is_refused()
    {
        using var folder = new TemporaryFolder();
        var file = SafetensorsFile.Open(folder.WriteRaw("{" + A + "}", 8));
        Assert.Contains("no tensor 'b'", Assert.Throws<EngineException>(() => file.Read("b", new float[2])).Message, StringComparison.Ordinal);
        Assert.Contains("holds 2 values, but 3 were asked for", Assert.Throws<EngineException>(() => file.Read("a", new float[3])).Message, StringComparison.Ordinal);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Read("a", new float[2]));
    }

    [Fact]
    public void Thousands_of_mutated_files_are_read_or_refused_and_cost_little_memory()
    {
        byte[] original = TemporaryFolder.Raw("""
            {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"c":{"dtype":"F16","shape":[],"data_offsets":[32,34]}}
            """, 34);
        byte[][] words = [.. new[] { "-", "0", "9", "99999999999", "18446744073709551616", "\"", "{", "}", "[", "]", ",", ":", "\\ud800", "F64", "I8", "\"a\"", "1e9", "null" }.Select(Encoding.UTF8.GetBytes)];
        var random = new Random(3);
        using var folder = new TemporaryFolder();
        int read = 0;
        int refused = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            List<byte> mutated = [.. original];
            for (int edits = random.Next(1, 4); edits > 0; edits--) Mutate(mutated, words, random);
            string path = folder.Write("model.safetensors", [.. mutated]);
            try
            {
                using var file = SafetensorsFile.Open(path);
                foreach (StoredTensor tensor in file.Tensors.Values.Where(t => t.DType is "F32" or "F16" or "BF16"))
                    file.Read(tensor.Name, new float[tensor.Length / (tensor.DType == "F32" ? 4 : 2)]);
                read++;
            }
            catch (EngineException e)
            {
                Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.InRange(read, 500, 9_500);
        Assert.InRange(refused, 500, 9_500);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 10_000, 0, 64 * 1024);
    }

    private static void Mutate(List<byte> file, byte[][] words, Random random)
    {
        int at = random.Next(file.Count);
        switch (random.Next(6))
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
            default:
                // Keeps the header's length right, so that the damage reaches the JSON.
                byte[] word = words[random.Next(words.Length)];
                for (int i = 0; i < word.Length && 8 + at + i < file.Count; i++) file[8 + at + i] = word[i];
                break;
        }
    }

    private static void AssertRefused(string path, string problem)
    {
        EngineException refusal = Assert.Throws<EngineException>(() => SafetensorsFile.Open(path));
        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }
}
