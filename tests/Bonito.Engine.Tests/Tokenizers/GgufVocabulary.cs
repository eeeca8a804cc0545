using System.Text;

namespace Bonito.Engine.Tests.Tokenizers;

/// <summary>The tokenizer arrays in the metadata of a GGUF file, read just far enough for a test.</summary>
internal sealed class GgufVocabulary
{
    private const uint StringType = 8;
    private const uint ArrayType = 9;

    public string[] Tokens { get; private set; } = [];

    public string[] Merges { get; private set; } = [];

    public static GgufVocabulary Read(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8);
        Assert.Equal("GGUF", Encoding.ASCII.GetString(reader.ReadBytes(4)));
        Assert.InRange(reader.ReadUInt32(), 2u, 3u);
        reader.ReadUInt64(); // How many tensors: none in a vocabulary file.
        ulong entries = reader.ReadUInt64();

        var vocabulary = new GgufVocabulary();
        for (ulong i = 0; i < entries; i++)
        {
            string key = ReadString(reader);
            object value = ReadValue(reader, reader.ReadUInt32());
            if (key == "tokenizer.ggml.tokens")
                vocabulary.Tokens = [.. ((object[])value).Cast<string>()];
            else if (key == "tokenizer.ggml.merges")
                vocabulary.Merges = [.. ((object[])value).Cast<string>()];
        }

        return vocabulary;
    }

    private static object ReadValue(BinaryReader reader, uint type)
    {
        if (type == StringType)
            return ReadString(reader);
        if (type != ArrayType)
            return reader.ReadBytes(type switch { 0 or 1 or 7 => 1, 2 or 3 => 2, 4 or 5 or 6 => 4, 10 or 11 or 12 => 8, _ => throw new InvalidDataException($"type {type}") });

        uint itemType = reader.ReadUInt32();
        object[] items = new object[reader.ReadUInt64()];
        for (int i = 0; i < items.Length; i++)
            items[i] = ReadValue(reader, itemType);
        return items;
    }

    private static string ReadString(BinaryReader reader) =>
        Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadUInt64()));
}
