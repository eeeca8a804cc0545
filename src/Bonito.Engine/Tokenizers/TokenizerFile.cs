using System.Text.Json;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// What a <c>tokenizer.json</c> says: the tokens and merges, and every other field as it stands, so that a file that was
/// loaded and saved still says all it said (a post-processor, for instance, which only other programs read).
/// </summary>
/// <param name="Vocabulary">Tokens in the byte-level alphabet, with their ids.</param>
/// <param name="Merges">The merges by rank.</param>
/// <param name="AddedTokens">The added tokens in the order of the file.</param>
/// <param name="IgnoreMerges">The model's <c>ignore_merges</c>: a word that is itself a token becomes that token.</param>
/// <param name="AddPrefixSpace">The pre-tokenizer's <c>add_prefix_space</c>: text that begins without a space gets one.</param>
/// <param name="Settings">The fields of the file but <c>added_tokens</c> and <c>model</c>.</param>
/// <param name="ModelSettings">The fields of the model but <c>vocab</c> and <c>merges</c>.</param>
internal sealed record TokenizerFile(
    Dictionary<string, int> Vocabulary,
    IReadOnlyList<Merge> Merges,
    IReadOnlyList<AddedToken> AddedTokens,
    bool IgnoreMerges,
    bool AddPrefixSpace,
    IReadOnlyList<(string Name, JsonElement Value)> Settings,
    IReadOnlyList<(string Name, JsonElement Value)> ModelSettings)
{
    /// <summary>Ids lie below this, so that a hostile file cannot ask for a table of gigabytes.</summary>
    public const int IdLimit = 1 << 24;

    /// <summary>A file with the settings of GPT-2, for a tokenizer that was trained here.</summary>
    public static TokenizerFile Create(
        Dictionary<string, int> vocabulary, IReadOnlyList<Merge> merges, IReadOnlyList<AddedToken> addedTokens) =>
        new(vocabulary, merges, addedTokens, IgnoreMerges: false, AddPrefixSpace: false,
            Fields("""
                {
                  "version": "1.0",
                  "truncation": null,
                  "padding": null,
                  "normalizer": null,
                  "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
                  "post_processor": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": true},
                  "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}
                }
                """),
            Fields("""
                {
                  "type": "BPE",
                  "dropout": null,
                  "unk_token": null,
                  "continuing_subword_prefix": null,
                  "end_of_word_suffix": null,
                  "fuse_unk": false,
                  "byte_fallback": false,
                  "ignore_merges": false
                }
                """));

    private static (string, JsonElement)[] Fields(string json) =>
        [.. JsonElement.Parse(json).EnumerateObject().Select(field => (field.Name, field.Value))];
}
