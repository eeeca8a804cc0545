using System.Text;

namespace Bonito.Ctga;

/// <summary>An example on its way to the output.</summary>
/// <param name="Key">Seeded hash of its content: the order of the output, equal for duplicates.</param>
/// <param name="Template">Position among its set's templates.</param>
/// <param name="HoldOut">Whether it belongs to the validation rows.</param>
/// <param name="Texts">Context, task input and task output: a length and UTF-8 each.</param>
internal readonly record struct StoredExample(UInt128 Key, int Template, bool HoldOut, byte[] Texts)
{
    public static StoredExample Of(CtgaExample example, int template, UInt128 key, bool holdOut)
    {
        int size = 3 * sizeof(int) + Encoding.UTF8.GetByteCount(example.Context) + Encoding.UTF8.GetByteCount(example.TaskInput) + Encoding.UTF8.GetByteCount(example.TaskOutput);
        byte[] texts = new byte[size];
        int at = 0;
        foreach (string text in (ReadOnlySpan<string>)[example.Context, example.TaskInput, example.TaskOutput])
        {
            int length = Encoding.UTF8.GetBytes(text, texts.AsSpan(at + sizeof(int)));
            BitConverter.TryWriteBytes(texts.AsSpan(at), length);
            at += sizeof(int) + length;
        }
        return new StoredExample(key, template, holdOut, texts);
    }

    public (string Context, string TaskInput, string TaskOutput) Read()
    {
        int at = 0;
        return (Next(Texts, ref at), Next(Texts, ref at), Next(Texts, ref at));

        static string Next(byte[] texts, ref int at)
        {
            int length = BitConverter.ToInt32(texts, at);
            string text = Encoding.UTF8.GetString(texts, at + sizeof(int), length);
            at += sizeof(int) + length;
            return text;
        }
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write((ulong)(Key >> 64));
        writer.Write((ulong)Key);
        writer.Write(Template);
        writer.Write(HoldOut);
        writer.Write(Texts.Length);
        writer.Write(Texts);
    }

    public static StoredExample Read(BinaryReader reader) =>
        new(new UInt128(reader.ReadUInt64(), reader.ReadUInt64()), reader.ReadInt32(), reader.ReadBoolean(), reader.ReadBytes(reader.ReadInt32()));

    /// <summary>The examples of a file, in its order.</summary>
    public static IEnumerable<StoredExample> ReadAll(string path)
    {
        using var reader = new BinaryReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16));
        while (reader.BaseStream.Position < reader.BaseStream.Length) yield return Read(reader);
    }
}

/// <summary>
/// Orders examples by key with bounded memory: they wait in temporary files by the first bits of the key, and each file is
/// sorted when it is read. As keys are hashes this is a uniform shuffle.
/// </summary>
internal sealed class ExampleStore : IDisposable
{
    const int Buckets = 256;

    readonly string folder;
    readonly BinaryWriter?[] writers = new BinaryWriter?[Buckets];

    public ExampleStore(string folder)
    {
        this.folder = folder;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
    }

    public void Add(in StoredExample example)
    {
        int bucket = (int)(example.Key >> 120);
        example.Write(writers[bucket] ??= new BinaryWriter(new FileStream(PathOf(bucket), FileMode.CreateNew)));
    }

    /// <summary>All examples by key. Nothing can be added afterwards.</summary>
    public IEnumerable<StoredExample> Ordered()
    {
        for (int i = 0; i < Buckets; i++)
        {
            if (writers[i] is not { } writer) continue;
            writer.Dispose();
            foreach (StoredExample example in StoredExample.ReadAll(PathOf(i)).OrderBy(e => e.Key)) yield return example;
            File.Delete(PathOf(i));
        }
    }

    public void Dispose()
    {
        foreach (BinaryWriter? writer in writers) writer?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    string PathOf(int bucket) => Path.Combine(folder, $"{bucket:x2}.bin");
}
