using System.Text;
using System.Text.Json.Nodes;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Tests.Tokenizers;

/// <summary>What other programs said of the same texts; see goldens/PROVENANCE.md.</summary>
public class GoldenTests
{
    private static readonly string Folder = FindFolder();

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama3")]
    [InlineData("qwen2")]
    [InlineData("smollm")]
    public void Words_end_where_the_expressions_of_the_models_end_them(string model)
    {
        WordScanner scanner = model switch
        {
            "gpt2" => WordScanner.Gpt2,
            "llama3" => WordScanner.Llama3,
            "qwen2" => WordScanner.Qwen2,
            _ => WordScanner.Gpt2DigitsApart,
        };
        Assert.All(Read("words.json"), entry =>
        {
            string text = (string)entry!["text"]!;
            var words = new List<string>();
            for (int at = 0; at < text.Length; at += words[^1].Length)
                words.Add(text.Substring(at, scanner.FirstWordLength(text.AsSpan(at))));
            Assert.Equal(entry[model]!.AsArray().Select(word => (string)word!), words);
        });
    }

    [Fact]
    public void Pieces_are_those_of_sentencepiece()
    {
        Tokenizer tokenizer = Tokenizer.Load(Path.Combine(Folder, "pieces.model"));
        using var folder = new TemporaryFolder();
        tokenizer.Save(folder.File("tokenizer.json"));
        Tokenizer saved = Tokenizer.Load(folder.Path);
        Assert.All(Read("pieces.json"), entry =>
        {
            string text = (string)entry!["text"]!;
            int[] expected = [.. entry["ids"]!.AsArray().Select(id => (int)id!)];
            Assert.Equal(expected, tokenizer.Encode(text));
            Assert.Equal(expected, saved.Encode(text));
            Assert.Equal(text, tokenizer.Decode(expected));
        });
    }

    [Fact]
    public void Normalisation_forms_are_those_of_unicode()
    {
        NormalizationForm[] forms = [NormalizationForm.FormC, NormalizationForm.FormD, NormalizationForm.FormKC, NormalizationForm.FormKD];
        Assert.All(Read("normalization.json"), entry =>
        {
            for (int i = 0; i < forms.Length; i++)
                Assert.Equal((string)entry![i + 1]!, UnicodeForms.Normalize((string)entry[0]!, forms[i]));
        });
    }

    private static JsonArray Read(string name)
    {
        JsonArray entries = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name)))!.AsArray();
        Assert.InRange(entries.Count, 100, 10_000);
        return entries;
    }

    private static string FindFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string goldens = Path.Combine(folder.FullName, "tests", "goldens", "tokenizers");
            if (Directory.Exists(goldens))
                return goldens;
        }

        throw new DirectoryNotFoundException("tests/goldens/tokenizers is in no folder above " + AppContext.BaseDirectory);
    }
}
