using System.Text.Json;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// What a <c>tokenizer.json</c> says: the tokens and merges, and every other field as it stands, so that a file that was
/// loaded and saved still says all it said. Tokenizers of other files are put in these terms too.
/// </summary>
/// <param name="Source">Where it comes from, for messages.</param>
/// <param name="Vocabulary">Tokens in the spelling of the file, with their ids.</param>
/// <param name="Merges">The merges by rank.</param>
/// <param name="Ranks">The rank of each merge where several share one; its place when null. A <c>tokenizer.json</c> cannot say this.</param>
/// <param name="AddedTokens">The added tokens in the order of the file.</param>
/// <param name="Settings">The fields of the file but <c>added_tokens</c> and <c>model</c>.</param>
/// <param name="ModelSettings">The fields of the model but <c>vocab</c> and <c>merges</c>.</param>
internal sealed record TokenizerFile(
    string Source,
    Dictionary<string, int> Vocabulary,
    IReadOnlyList<Merge> Merges,
    IReadOnlyList<int>? Ranks,
    IReadOnlyList<AddedToken> AddedTokens,
    IReadOnlyList<(string Name, JsonElement Value)> Settings,
    IReadOnlyList<(string Name, JsonElement Value)> ModelSettings)
{
    /// <summary>Ids lie below this, so that a hostile file cannot ask for a table of gigabytes.</summary>
    public const int IdLimit = 1 << 24;

    /// <summary>A setting of the file; undefined where it says nothing.</summary>
    public JsonElement Setting(string name) => Settings.FirstOrDefault(field => field.Name == name).Value;

    /// <summary>A setting of the model; undefined where it says nothing.</summary>
    public JsonElement ModelSetting(string name) => ModelSettings.FirstOrDefault(field => field.Name == name).Value;

    /// <summary>The fields of a JSON object.</summary>
    public static (string Name, JsonElement Value)[] Fields(string json) =>
        [.. JsonElement.Parse(json).EnumerateObject().Select(field => (field.Name, field.Value))];
}
