namespace Bonito.Cli.Tests;

public sealed class ModelTokenizeTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bonito-tokenize-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Prints_a_line_of_ids_for_each_case_in_the_form_of_reference_files()
    {
        string model = Model(), cases = Path.Combine(folder.FullName, "cases.txt");
        File.WriteAllText(cases, "ab!\n==\n\n==\n\n\n==\n==\nlast");

        CliResult result = Cli.Run("model", "tokenize", "--model", model, "--cases", cases, "--separator", "==");

        // An empty text is an empty line; the line break before a separator is no part of a text.
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal([" 97 98 33", "", " 10", "", " 108 97 115 116"], result.Output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Prints_the_ids_of_a_text_with_special_tokens_only_on_request()
    {
        string model = Model();
        Assert.Equal("97 60 115 62\n", Cli.Run("model", "tokenize", "--model", model, "--text", "a<s>").Output);
        Assert.Equal("97 256\n", Cli.Run("model", "tokenize", "--model", model, "--text", "a<s>", "--special").Output);
        Assert.Equal("256 97\n", Cli.Run("model", "tokenize", "--model", model, "--text", "a", "--sequence").Output);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        CliResult neither = Cli.Run("model", "tokenize", "--model", Model());
        Assert.Equal(2, neither.ExitCode);
        Assert.Contains("Give either --text or --cases.", neither.Error, StringComparison.Ordinal);
        CliResult bare = Cli.Run("model", "tokenize", "--model", Model(), "--text", "a", "--separator");
        Assert.Equal(2, bare.ExitCode);
        Assert.Contains("--separator", bare.Error, StringComparison.Ordinal);
        CliResult missing = Cli.Run("model", "tokenize", "--model", folder.FullName + "/none", "--text", "a");
        Assert.Equal(1, missing.ExitCode);
        Assert.StartsWith("error: Cannot read the tokenizer ", missing.Error, StringComparison.Ordinal);
        CliResult cases = Cli.Run("model", "tokenize", "--model", Model(), "--cases", folder.FullName + "/none");
        Assert.Equal(1, cases.ExitCode);
        Assert.StartsWith("error: Cannot read the cases ", cases.Error, StringComparison.Ordinal);
        Assert.Contains("it is a folder; a file is expected.", Cli.Run("model", "tokenize", "--model", Model(), "--cases", folder.FullName).Error, StringComparison.Ordinal);
    }

    /// <summary>A tokenizer whose tokens are the bytes and a special one; the id of a byte is its value.</summary>
    string Model()
    {
        int unprintable = 256;
        string vocabulary = string.Join(',', Enumerable.Range(0, 256).Select(value =>
            $"\"\\u{(value is > 32 and < 127 or > 160 and not 173 ? value : unprintable++):x4}\":{value}"));
        string path = Path.Combine(folder.FullName, "tokenizer.json");
        File.WriteAllText(path, $$"""
            {
              "added_tokens": [{"id": 256, "content": "<s>", "special": true}],
              "normalizer": null,
              "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
              "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"} }, {"Sequence": {"id": "A"} }]},
              "decoder": {"type": "ByteLevel"},
              "model": {"type": "BPE", "vocab": { {{vocabulary}} }, "merges": []}
            }
            """);
        return folder.FullName;
    }
}
