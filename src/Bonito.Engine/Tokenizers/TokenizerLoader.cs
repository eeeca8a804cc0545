using Bonito.Engine.Checkpoints;

namespace Bonito.Engine.Tokenizers;

/// <summary>Finds and reads the file that holds a tokenizer.</summary>
internal static class TokenizerLoader
{
    private const string JsonName = "tokenizer.json";
    private const string PiecesName = "tokenizer.model";

    public static Tokenizer Load(string path)
    {
        if (Directory.Exists(path))
            path = FileIn(path);
        switch (Path.GetExtension(path))
        {
            case ".gguf":
                {
                    using GgufFile file = GgufFile.Open(path);
                    return Tokenizer.Read(file.Metadata, path);
                }

            case ".model":
                return new Tokenizer(SentencePieceReader.Read(path).ToFile());
            default:
                return new Tokenizer(TokenizerReader.Read(path));
        }
    }

    private static string FileIn(string folder)
    {
        foreach (string name in (string[])[JsonName, PiecesName])
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
                return path;
        }

        throw new EngineException(
            $"Cannot read the tokenizer of {folder}: expected {JsonName} or {PiecesName} in it, got neither. " +
            "Give the folder of a model, or the path of a tokenizer or GGUF file.");
    }
}
