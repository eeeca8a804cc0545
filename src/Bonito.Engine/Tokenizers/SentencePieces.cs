namespace Bonito.Engine.Tokenizers;

/// <summary>What a piece is for, numbered as in SentencePiece and GGUF.</summary>
internal enum PieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>The vocabulary of a SentencePiece BPE model: merges follow from the scores, the highest first.</summary>
/// <param name="Source">Where it comes from, for messages.</param>
/// <param name="Pieces">The pieces by id, spaces visible.</param>
/// <param name="AddSpacePrefix">Whether text gets a space before it.</param>
/// <param name="Beginning">The token that begins a sequence; null when none is added.</param>
/// <param name="End">The token that ends a sequence; null when none is added.</param>
internal sealed record SentencePieces(
    string Source, IReadOnlyList<(string Piece, float Score, PieceType Type)> Pieces, bool AddSpacePrefix, int? Beginning, int? End)
{
    /// <summary>The same in the terms of a <c>tokenizer.json</c>.</summary>
    /// <exception cref="EngineException">A piece is there twice, or the vocabulary cannot encode every text.</exception>
    public TokenizerFile ToFile()
    {
        var vocabulary = new Dictionary<string, int>(Pieces.Count, StringComparer.Ordinal);
        for (int id = 0; id < Pieces.Count; id++)
        {
            string piece = Pieces[id].Piece;
            if (piece.Length == 0 || !vocabulary.TryAdd(piece, id))
                throw new EngineException($"Cannot read the tokenizer {Source}: piece {id}: expected text that no other piece has, got \"{piece}\".");
        }

        AddedToken[] added = [.. Pieces.Select(Added).OfType<AddedToken>()];
        (List<Merge> merges, List<int> ranks) = Merges(vocabulary);
        string? unknown = Pieces.FirstOrDefault(piece => piece.Type == PieceType.Unknown).Piece;
        bool byteFallback = Pieces.Any(piece => piece.Type == PieceType.Byte);
        // User-defined pieces are matched in text, where spaces are not visible; the vocabulary must spell them alike.
        foreach (AddedToken token in added)
            vocabulary.Remove(Pieces[token.Id].Piece);
        foreach (AddedToken token in added)
        {
            if (!vocabulary.TryAdd(token.Content, token.Id))
                throw new EngineException($"Cannot read the tokenizer {Source}: piece {token.Id}: expected text that no other piece has, got \"{token.Content}\".");
        }

        return new TokenizerFile(
            Source, vocabulary, merges, ranks, added,
            StandardSettings.WithTemplate(StandardSettings.Pieces(AddSpacePrefix), Find(Beginning, "BOS"), Find(End, "EOS")),
            StandardSettings.Model(byteFallback, unknown: unknown));

        AddedToken? Find(int? id, string name) => id is null ? null : added.FirstOrDefault(token => token.Id == id) ??
            throw new EngineException($"Cannot read the tokenizer {Source}: expected the {name} token to be a control piece, got id {id}.");
    }

    private static AddedToken? Added((string Piece, float Score, PieceType Type) piece, int id) => piece.Type switch
    {
        PieceType.Control or PieceType.Unknown => new AddedToken(id, piece.Piece, Special: true),
        PieceType.UserDefined => new AddedToken(id, piece.Piece.Replace(Metaspace.Space, ' '), Special: false),
        _ => null,
    };

    /// <summary>Every way to make a piece of two others. Its rank is that of the piece, so that ways to make the same piece are equal.</summary>
    private (List<Merge> Merges, List<int> Ranks) Merges(Dictionary<string, int> vocabulary)
    {
        var lookup = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        int[] byScore = [.. Enumerable.Range(0, Pieces.Count).Where(IsMergeable).OrderByDescending(id => Pieces[id].Score)];
        var merges = new List<Merge>(Pieces.Count * 2);
        var ranks = new List<int>(Pieces.Count * 2);
        int rank = 0;
        for (int i = 0; i < byScore.Length; i++)
        {
            (string piece, float score, _) = Pieces[byScore[i]];
            if (i > 0 && score != Pieces[byScore[i - 1]].Score)
                rank = merges.Count;
            for (int cut = 1; cut < piece.Length; cut++)
            {
                if (lookup.TryGetValue(piece.AsSpan(0, cut), out int left) && IsMergeable(left) &&
                    lookup.TryGetValue(piece.AsSpan(cut), out int right) && IsMergeable(right))
                {
                    merges.Add(new Merge(new Pair(left, right), byScore[i]));
                    ranks.Add(rank);
                }
            }
        }

        return (merges, ranks);
    }

    private bool IsMergeable(int id) => Pieces[id].Type is PieceType.Normal or PieceType.Unused;
}
