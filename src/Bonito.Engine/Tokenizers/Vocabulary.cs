using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>Both directions between ids and tokens, and the bytes that each id stands for in decoded text.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _addedIds;
    private readonly string?[] _tokens;
    private readonly byte[]?[] _bytes;

    /// <param name="model">Tokens in the spelling of their file; no id twice.</param>
    /// <param name="added">Added tokens; where the model has the same string, under the same id.</param>
    /// <param name="bytesOf">What a token of the model stands for.</param>
    public Vocabulary(Dictionary<string, int> model, IReadOnlyList<AddedToken> added, Func<string, byte[]> bytesOf)
    {
        Model = model;
        _addedIds = added.ToDictionary(token => token.Content, token => token.Id, StringComparer.Ordinal);
        int size = model.Values.Concat(_addedIds.Values).Max() + 1;
        _tokens = new string?[size];
        _bytes = new byte[]?[size];
        foreach ((string token, int id) in model)
        {
            _tokens[id] = token;
            _bytes[id] = bytesOf(token);
        }

        foreach (AddedToken token in added)
        {
            _tokens[token.Id] = token.Content;
            _bytes[token.Id] = Encoding.UTF8.GetBytes(token.Content);
        }
    }

    /// <summary>The tokens of the model, without those that are only added.</summary>
    public Dictionary<string, int> Model { get; }

    public int Size => _tokens.Length;

    public int? IdOf(string token) =>
        _addedIds.TryGetValue(token, out int id) || Model.TryGetValue(token, out id) ? id : null;

    public string? TokenOf(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    public ReadOnlySpan<byte> BytesOf(int id)
    {
        byte[]? bytes = (uint)id < (uint)_bytes.Length ? _bytes[id] : null;
        return bytes ?? throw new EngineException(
            $"Cannot decode token id {id}: the tokenizer has no such token (ids up to {Size - 1}). " +
            "Check that the model and the tokenizer belong together.");
    }
}
