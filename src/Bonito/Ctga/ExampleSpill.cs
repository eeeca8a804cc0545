using System.Text;

namespace Bonito.Ctga;

/// <summary>An example on its way to the output.</summary>
/// <param name="Key">Seeded hash of its content: the order of the output, equal for duplicates.</param>
/// <param name="Set">Position of its set.</param>
/// <param name="TaskType">Position of its task type in <c>TaskType.All</c>.</param>
/// <param name="HoldOut">Whether it belongs to the validation rows.</param>
/// <param name="Json">Its line.</param>
internal readonly record struct SpilledExample(UInt128 Key, int Set, int TaskType, bool HoldOut, byte[] Json);

/// <summary>
/// Orders examples by key with bounded memory: they are spilled to temporary files by the first bits of the key,
/// and each file is sorted when it is read. As keys are hashes this is a uniform shuffle.
/// </summary>
internal sealed class ExampleSpill : IDisposable
{
    const int Buckets = 256;

    readonly string _folder;
    readonly BinaryWriter[] _writers = new BinaryWriter[Buckets];

    public ExampleSpill(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        for (int i = 0; i < Buckets; i++) _writers[i] = new BinaryWriter(new FileStream(File(i), FileMode.Create), Encoding.UTF8);
    }

    public void Add(in SpilledExample example)
    {
        BinaryWriter writer = _writers[(int)(example.Key >> 120)];
        writer.Write((ulong)(example.Key >> 64));
        writer.Write((ulong)example.Key);
        writer.Write(example.Set);
        writer.Write((byte)example.TaskType);
        writer.Write(example.HoldOut);
        writer.Write(example.Json.Length);
        writer.Write(example.Json);
    }

    /// <summary>All examples by key, then by set, then in the order of their coming. Nothing can be added afterwards.</summary>
    public IEnumerable<SpilledExample> Ordered()
    {
        for (int i = 0; i < Buckets; i++)
        {
            _writers[i].Dispose();
            foreach (SpilledExample example in ReadBucket(i).OrderBy(e => e.Key).ThenBy(e => e.Set)) yield return example;
            System.IO.File.Delete(File(i));
        }
    }

    public void Dispose()
    {
        try
        {
            foreach (BinaryWriter writer in _writers) writer.Dispose();
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    List<SpilledExample> ReadBucket(int bucket)
    {
        using var reader = new BinaryReader(System.IO.File.OpenRead(File(bucket)));
        var examples = new List<SpilledExample>();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var key = new UInt128(reader.ReadUInt64(), reader.ReadUInt64());
            int set = reader.ReadInt32();
            int taskType = reader.ReadByte();
            bool holdOut = reader.ReadBoolean();
            examples.Add(new SpilledExample(key, set, taskType, holdOut, reader.ReadBytes(reader.ReadInt32())));
        }
        return examples;
    }

    string File(int bucket) => Path.Combine(_folder, $"{bucket:x2}.bin");
}
