using System.Text.Json.Nodes;

namespace Bonito.Engine.Tests.Tokenizers;

/// <summary>Folders and tokenizer files for the tests.</summary>
internal static class TestFiles
{
    /// <summary>The folder of development data, or null where the checkout stands alone.</summary>
    public static string? SharedData()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string data = Path.Combine(folder.FullName, "shared", "data");
            if (File.Exists(Path.Combine(data, "INVENTORY.md")))
                return data;
        }

        return null;
    }

    /// <summary>A minimal <c>tokenizer.json</c> in the oldest form: no type, merges as "left right".</summary>
    public static JsonObject Json(IReadOnlyList<string> tokens, IReadOnlyList<string> merges, params ReadOnlySpan<JsonObject> added)
    {
        var vocabulary = new JsonObject();
        for (int id = 0; id < tokens.Count; id++)
            vocabulary.Add(tokens[id], id);
        var addedTokens = new JsonArray();
        foreach (JsonObject token in added)
            addedTokens.Add((JsonNode)token);
        return new JsonObject
        {
            ["added_tokens"] = addedTokens,
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject
            {
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)merge)]),
            },
        };
    }

    public static JsonObject Added(int id, string content, bool special) =>
        new() { ["id"] = id, ["content"] = content, ["special"] = special };

    /// <summary>The byte-level alphabet by the rule, written a second time.</summary>
    public static string[] Bytes()
    {
        string[] tokens = new string[256];
        int unprintable = 0;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is > 32 and < 127 or > 160 and not 173;
            tokens[value] = ((char)(printable ? value : 256 + unprintable++)).ToString();
        }

        return tokens;
    }
}

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bonito-tokenizer-");

    public string Path => _folder.FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, JsonNode content)
    {
        string path = File(name);
        System.IO.File.WriteAllText(path, content.ToJsonString());
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
