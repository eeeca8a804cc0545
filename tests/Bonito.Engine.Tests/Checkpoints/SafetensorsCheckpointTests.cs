using Bonito.Engine.Checkpoints;

namespace Bonito.Engine.Tests.Checkpoints;

public class SafetensorsCheckpointTests
{
    private const string Index = SafetensorsCheckpoint.IndexName;

    [Fact]
    public void One_file_and_shards_are_read_alike()
    {
        using var single = new TemporaryFolder();
        single.WriteModel(SafetensorsCheckpoint.FileName, ("a", 3), ("b", 5));
        using TemporaryFolder sharded = Sharded();
        foreach (TemporaryFolder folder in new[] { single, sharded })
        {
            using var checkpoint = SafetensorsCheckpoint.Open(folder.Path);
            Assert.Equal(["a", "b"], checkpoint.Tensors.Keys);
            checkpoint.Verify([new("a", [3]), new("b", [5])]);
            foreach ((string name, int length) in new[] { ("a", 3), ("b", 5) })
            {
                var values = new float[length];
                checkpoint.Read(name, values);
                Assert.Equal(TemporaryFolder.Counting(length), values);
            }
            Assert.Contains("no tensor 'c'", Assert.Throws<EngineException>(() => checkpoint.Read("c", [])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_differences_are_reported_at_once_with_both_shapes()
    {
        using var folder = new TemporaryFolder();
        folder.WriteRaw("""
            {"good":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"long":{"dtype":"F16","shape":[3,1],"data_offsets":[4,10]},
             "ids":{"dtype":"I16","shape":[1],"data_offsets":[10,12]},"extra":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]}}
            """, 16);
        using var checkpoint = SafetensorsCheckpoint.Open(folder.Path);
        ExpectedTensor[] expected = [new("good", [1]), new("gone", [4, 4]), new("long", [1, 3]), new("ids", [1])];
        string[] differences =
        [
            "  missing: 'gone' [4, 4]",
            "  shape: 'long': the model expects [1, 3], the checkpoint has [3, 1]",
            "  dtype: 'ids': weights are read from F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q5_K, Q6_K, the checkpoint has I16",
        ];

        string[] strict = Assert.Throws<EngineException>(() => checkpoint.Verify(expected)).Message.Split('\n');
        Assert.Contains("(4 differences)", strict[0], StringComparison.Ordinal);
        Assert.Equal([.. differences, "  unexpected: 'extra' BF16 [2]"], strict[1..^1]);
        string[] tolerant = Assert.Throws<EngineException>(() => checkpoint.Verify(expected, allowUnexpected: true)).Message.Split('\n');
        Assert.Equal(differences, tolerant[1..^1]);
        checkpoint.Verify([new("good", [1])], allowUnexpected: true);
    }

    [Fact]
    public void A_flood_of_differences_is_cut_and_counted()
    {
        using TemporaryFolder folder = Sharded();
        using var checkpoint = SafetensorsCheckpoint.Open(folder.Path);
        ExpectedTensor[] expected = [.. Enumerable.Range(0, 100).Select(i => new ExpectedTensor($"layer.{i}", [i]))];
        string[] lines = Assert.Throws<EngineException>(() => checkpoint.Verify(expected)).Message.Split('\n');
        Assert.Equal(43, lines.Length);
        Assert.Contains("(102 differences)", lines[0], StringComparison.Ordinal);
        Assert.Equal("  ... and 62 more", lines[41]);
    }

    [Fact]
    public void A_single_file_is_verified_too()
    {
        using var folder = new TemporaryFolder();
        folder.WriteModel("adapter_model.safetensors", ("a", 3));
        using var file = SafetensorsFile.Open(folder.File("adapter_model.safetensors"));
        file.Verify([new("a", [3])]);
        Assert.Contains("(1 difference)", Assert.Throws<EngineException>(() => file.Verify([])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"3.safetensors"}}""", "1 of the 2 shards that it names are not in the folder:\n  '3.safetensors'")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"1.safetensors"}}""", "'b' should be in '1.safetensors', but is in no shard")]
    [InlineData("""{"weight_map":{"a":"2.safetensors","b":"2.safetensors","c":"1.safetensors"}}""", "'a' should be in '2.safetensors', but is in '1.safetensors'")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"2.safetensors","c":"twin.safetensors"}}""", "'b' is in '2.safetensors' and again in 'twin.safetensors'")]
    [InlineData("""{"weight_map":{"a":"../1.safetensors"}}""", "expected the name of a file beside the index, got '../1.safetensors'")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "got '/etc/passwd'")]
    [InlineData("""{"weight_map":{"a":"..\\1.safetensors"}}""", "expected the name of a file beside the index")]
    [InlineData("""{"weight_map":{"a":"c:1.safetensors"}}""", "expected the name of a file beside the index")]
    [InlineData("""{"weight_map":{"a":".."}}""", "expected the name of a file beside the index")]
    [InlineData("""{"weight_map":{"a":""}}""", "expected the name of a file beside the index")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}""", "tensor 'a' appears twice")]
    [InlineData("""{"weight_map":{},"weight_map":{}}""", "field 'weight_map' appears twice")]
    [InlineData("""{"weight_map":{"a":1}}""", "weight_map 'a': expected a string, got '1'")]
    [InlineData("""{"weight_map":["a"]}""", "weight_map: expected an object, got an array")]
    [InlineData("""{"metadata":{"total_size":1}}""", "expected a field 'weight_map', got none")]
    [InlineData("", "not valid JSON")]
    [InlineData("not JSON", "not valid JSON")]
    public void An_index_that_is_wrong_is_refused(string index, string problem)
    {
        using TemporaryFolder folder = Sharded();
        folder.WriteModel("twin.safetensors", ("b", 5), ("c", 1));
        folder.Write(Index, index);
        string message = Assert.Throws<EngineException>(() => SafetensorsCheckpoint.Open(folder.Path)).Message;
        Assert.StartsWith(folder.File(Index), message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_shard_is_named()
    {
        using TemporaryFolder folder = Sharded();
        byte[] shard = File.ReadAllBytes(folder.File("2.safetensors"));
        folder.Write("2.safetensors", shard[..^1]);
        string message = Assert.Throws<EngineException>(() => SafetensorsCheckpoint.Open(folder.Path)).Message;
        Assert.StartsWith(folder.File("2.safetensors"), message, StringComparison.Ordinal);
        Assert.Contains("cut short", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_indexes_are_read_or_refused()
    {
        using TemporaryFolder folder = Sharded();
        byte[] original = File.ReadAllBytes(folder.File(Index));
        var random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 1_000; i++)
        {
            byte[] mutated = [.. original];
            for (int edits = random.Next(1, 3); edits > 0; edits--) mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            folder.Write(Index, mutated);
            try
            {
                SafetensorsCheckpoint.Open(folder.Path).Dispose();
            }
            catch (EngineException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 500, 1_000);
    }

    [Fact]
    public void Pickles_are_refused_with_the_reason_and_the_remedy()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", "anything");
        string message = Assert.Throws<EngineException>(() => SafetensorsCheckpoint.Open(folder.Path)).Message;
        Assert.StartsWith(folder.File("pytorch_model.bin"), message, StringComparison.Ordinal);
        Assert.Contains("can run any program hidden in it", message, StringComparison.Ordinal);
        Assert.Contains("safe_serialization=True", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_without_weights_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("got neither", Assert.Throws<EngineException>(() => SafetensorsCheckpoint.Open(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("no such folder", Assert.Throws<EngineException>(() => SafetensorsCheckpoint.Open(folder.File("none"))).Message, StringComparison.Ordinal);
    }

    /// <summary>a (3 values) in 1.safetensors, b (5 values) in 2.safetensors.</summary>
    private static TemporaryFolder Sharded()
    {
        var folder = new TemporaryFolder();
        folder.WriteModel("1.safetensors", ("a", 3));
        folder.WriteModel("2.safetensors", ("b", 5));
        folder.Write(Index, """{"metadata":{"total_size":32},"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""");
        return folder;
    }
}
