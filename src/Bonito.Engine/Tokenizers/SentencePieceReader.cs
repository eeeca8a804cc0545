namespace Bonito.Engine.Tokenizers;

/// <summary>Reads the <c>tokenizer.model</c> of SentencePiece (sentencepiece_model.proto); BPE models only.</summary>
internal sealed class SentencePieceReader
{
    private const long LargestFile = 1 << 28;
    private const int Unigram = 1, Bpe = 2;

    private readonly string path;
    private readonly List<(string Piece, float Score, PieceType Type)> pieces = [];
    private ulong modelType = Unigram;
    private int beginning = 1;
    private bool spaceBehind;
    private bool addDummyPrefix = true;
    private bool removeExtraSpaces = true;
    private bool escapeSpaces = true;
    private int characterMap;

    private SentencePieceReader(string path) => this.path = path;

    public static SentencePieces Read(string path)
    {
        byte[] data;
        try
        {
            long length = new FileInfo(path).Length;
            if (length > LargestFile)
                throw new EngineException($"Cannot read the tokenizer {path}: expected at most {LargestFile} bytes, got {length}. It is no SentencePiece model.");
            data = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"Cannot read the tokenizer {path}: {e.Message}", e);
        }

        return new SentencePieceReader(path).ReadModel(data);
    }

    private SentencePieces ReadModel(byte[] data)
    {
        var model = new ProtobufReader(data, path, "ModelProto");
        while (model.Next())
        {
            switch (model.Field)
            {
                case 1: ReadPiece(model.Bytes()); break;
                case 2: ReadTrainer(model.Bytes()); break;
                case 3: ReadNormalizer(model.Bytes()); break;
                default: model.Skip(); break;
            }
        }

        Expect(pieces.Count is > 0 and <= TokenizerFile.IdLimit, "pieces", $"1 to {TokenizerFile.IdLimit}", $"{pieces.Count}");
        Expect(modelType == Bpe, "trainer_spec.model_type", "2 (BPE)", modelType == Unigram ? "1 (unigram)" : $"{modelType}");
        Expect(!spaceBehind, "trainer_spec.treat_whitespace_as_suffix", "false", "true");
        Expect(characterMap == 0, "normalizer_spec.precompiled_charsmap", "none (text is encoded as it is)", $"one of {characterMap} bytes");
        Expect(!removeExtraSpaces, "normalizer_spec.remove_extra_whitespaces", "false", "true");
        Expect(escapeSpaces, "normalizer_spec.escape_whitespaces", "true", "false");
        return new SentencePieces(path, pieces, addDummyPrefix, beginning >= 0 ? beginning : null, End: null);
    }

    private void ReadPiece(ReadOnlySpan<byte> message)
    {
        string name = $"piece {pieces.Count}";
        var reader = new ProtobufReader(message, path, name);
        (string text, float score, ulong type) = ("", 0, (ulong)PieceType.Normal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: text = reader.Text(); break;
                case 2: score = reader.Single(); break;
                case 3: type = reader.Integer(); break;
                default: reader.Skip(); break;
            }
        }

        Expect(type is >= (ulong)PieceType.Normal and <= (ulong)PieceType.Byte, name + ".type", "a type from 1 to 6", $"{type}");
        Expect(float.IsFinite(score), name + ".score", "a finite number", $"{score}");
        pieces.Add((text, score, (PieceType)type));
    }

    private void ReadTrainer(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message, path, "trainer_spec");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3: modelType = reader.Integer(); break;
                case 24: spaceBehind = reader.Flag(); break;
                case 41: beginning = (int)reader.Integer(); break;
                default: reader.Skip(); break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message, path, "normalizer_spec");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: characterMap = reader.Bytes().Length; break;
                case 3: addDummyPrefix = reader.Flag(); break;
                case 4: removeExtraSpaces = reader.Flag(); break;
                case 5: escapeSpaces = reader.Flag(); break;
                default: reader.Skip(); break;
            }
        }
    }

    private void Expect(bool condition, string field, string expected, string got)
    {
        if (!condition)
            throw new EngineException($"Cannot read the tokenizer {path}: {field}: expected {expected}, got {got}.");
    }
}
