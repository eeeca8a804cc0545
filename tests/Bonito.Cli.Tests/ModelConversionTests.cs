using System.Text.Json.Nodes;
using Bonito.Tests;

namespace Bonito.Cli.Tests;

/// <summary>The shipped model between containers and formats, and what inspect says of each, through the built command.</summary>
public sealed class ModelConversionTests : IDisposable
{
    static readonly string Mini = FindModel();
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_becomes_GGUF_and_a_folder_with_the_same_bytes_of_weights_and_the_same_tokens()
    {
        string gguf = folder.File("mini.gguf"), back = folder.File("back");
        Success("model", "convert", Mini, gguf);
        Success("model", "convert", gguf, back);

        Assert.Equal(File.ReadAllBytes(Path.Combine(Mini, "model.safetensors")), File.ReadAllBytes(Path.Combine(back, "model.safetensors")));
        JsonNode there = Json(Mini, "config.json"), here = Json(back, "config.json");
        foreach (string key in (string[])["architectures", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
            "max_position_embeddings", "rms_norm_eps", "rope_theta", "tie_word_embeddings", "bos_token_id", "eos_token_id", "torch_dtype"])
            Assert.True(JsonNode.DeepEquals(there[key], here[key]), $"{key}: {there[key]} and {here[key]}");
        JsonNode tokenizer = Json(Mini, "tokenizer.json"), again = Json(back, "tokenizer.json");
        foreach (string key in (string[])["pre_tokenizer", "normalizer"]) Assert.True(JsonNode.DeepEquals(tokenizer[key], again[key]), key);
        foreach (string key in (string[])["vocab", "merges"]) Assert.True(JsonNode.DeepEquals(tokenizer["model"]![key], again["model"]![key]), key);
        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"], Directory.GetFiles(back).Select(Path.GetFileName).Order());

        string[] arguments = ["model", "tokenize", "--text", "The river rose, naïvely; 3 ships of 41 waited.", "--model"];
        CliResult first = Cli.Run([.. arguments, Path.Combine(Mini, "tokenizer.json")]), second = Cli.Run([.. arguments, Path.Combine(back, "tokenizer.json")]);
        Assert.Equal((0, first.Output), (second.ExitCode, second.Output));
    }

    [Fact]
    public void A_converted_folder_generates_what_the_original_does()
    {
        string gguf = folder.File("mini.gguf"), back = folder.File("back");
        Success("model", "convert", Mini, gguf);
        Success("model", "convert", gguf, back);
        folder.Write("text.txt", "The river port of Arlen handled 41 ships in May. Each of them waited two days for the tide.");
        // A GGUF file has no bonito.json, so the penalty that the model asks for there is lost on the way.
        string[] arguments = ["generate", folder.File("text.txt"), "--max-tokens", "24", "--task-type", "exqa,nli", "--seed", "3", "--frequency-penalty", "0"];
        foreach (string model in (string[])[Mini, back])
        {
            CliResult result = Cli.Run([.. arguments, "--model", model, "--output", folder.File(Path.GetFileName(model) + "-out")]);
            Assert.True(result.ExitCode == 0, result.Error);
        }
        Assert.Equal(Rows("bonito-mini-out"), Rows("back-out"));

        string[] Rows(string run) => [.. ((string[])["dataset.jsonl", "rejections.jsonl"]).SelectMany(file => File.ReadLines(Path.Combine(folder.File(run), file)))];
    }

    [Fact]
    public void Quantising_keeps_to_the_format_and_says_where_it_cannot()
    {
        string gguf = folder.File("q8.gguf");
        CliResult result = Cli.Run("model", "quantize", Mini, gguf, "--type", "q8_0");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("Q8_0, ", result.Output, StringComparison.Ordinal);
        // 688 is no multiple of 32.
        Assert.Equal(
            Enumerable.Range(0, 5).Select(layer => $"note: blk.{layer}.ffn_down.weight is stored as F16: its rows of 688 values are no whole blocks of Q8_0"),
            result.Error.TrimEnd().Split('\n'));

        JsonNode summary = JsonNode.Parse(Success("model", "inspect", gguf, "--json", "--batch-size", "4", "--context", "100"))!;
        Assert.Equal(("GGUF", "Llama", 5_266_176L), ((string)summary["container"]!, (string)summary["architecture"]!, (long)summary["parameters"]!));
        Dictionary<string, JsonNode> formats = summary["formats"]!.AsArray().ToDictionary(f => (string)f!["format"]!, f => f!);
        Assert.Equal((31, 5), ((int)formats["Q8_0"]["tensors"]!, (int)formats["F16"]["tensors"]!));
        Assert.Equal((long)formats["Q8_0"]["parameters"]! / 32 * 34, (long)formats["Q8_0"]["bytes"]!);
        Assert.Equal(11, (int)formats["F32"]["tensors"]!);
        JsonNode memory = summary["memory"]!;
        Assert.Equal(2L * 5 * 4 * 100 * 256 * 4, (long)memory["cache_bytes"]!);
        Assert.True((bool)memory["fits"]!);
    }

    [Fact]
    public void A_folder_may_be_named_with_a_separator_at_its_end()
    {
        string copy = folder.File("copy") + Path.DirectorySeparatorChar;
        JsonNode written = JsonNode.Parse(Success("model", "convert", Mini, copy, "--json"))!;
        Assert.Equal((copy, "BF16"), ((string)written["output"]!, (string)written["type"]!));
        Assert.True((long)written["bytes"]! > 0);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Mini, "model.safetensors")), File.ReadAllBytes(Path.Combine(copy, "model.safetensors")));
        Refused("to write back into", "model", "convert", Mini, folder.File("none/back") + Path.DirectorySeparatorChar);
    }

    [Fact]
    public void Inspect_shows_a_folder_to_people()
    {
        CliResult result = Cli.Run("model", "inspect", Mini);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        foreach (string part in (string[])["architecture  Llama", "parameters    5,266,176, the output layer is the embedding", "heads         4 of width 64, 4 for keys and values", "window        1,024 tokens", "tokenizer     5,120 tokens", "BF16"])
            Assert.Contains(part, result.Output, StringComparison.Ordinal);
        Assert.Matches(@"memory to run 8 sequences of 1,024 tokens: [0-9.]+ MB \(weights 10.5 MB, keys and values 83.9 MB, other [0-9.]+ kB\) of ", result.Output);
        Assert.DoesNotContain('\u001b', result.Output);
    }

    [Fact]
    public void What_cannot_run_is_told_with_the_reason()
    {
        folder.Write("pickled/config.json", File.ReadAllText(Path.Combine(Mini, "config.json")));
        folder.Write("pickled/pytorch_model.bin", "x");
        Refused("Pickles are not read", "model", "inspect", folder.File("pickled"));
        folder.Write("falcon/config.json", """{"model_type": "falcon", "architectures": ["FalconForCausalLM"]}""");
        Refused("falcon", "model", "inspect", folder.File("falcon"));
        folder.Write("noise.gguf", "not a model at all");
        Refused("expected 'GGUF' in the first 4 bytes", "model", "inspect", folder.File("noise.gguf"));
        Refused("has no config.json", "model", "inspect", folder.Path);
        Refused("--context 5000 is beyond it", "model", "inspect", Mini, "--context", "5000");
        Refused("the model needs", "model", "inspect", Mini, "--batch-size", "2000000000");
        folder.Write("there.gguf", "");
        Refused("exists already", "model", "convert", Mini, folder.File("there.gguf"));
        Refused("There is no folder", "model", "convert", Mini, folder.File("none/there.gguf"));
        Refused("Hugging Face folders hold F32, F16 and BF16, not Q4_K_M", "model", "convert", Mini, folder.File("out"), "--type", "Q4_K_M");
        Assert.Equal(["falcon", "noise.gguf", "pickled", "there.gguf"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Options_that_cannot_be_are_told_at_once()
    {
        Usage("--type Q3_K: expected one of F32, F16, BF16, Q8_0, Q6_K, Q5_K_M, Q4_K_M, Q4_0", "model", "convert", Mini, folder.File("x.gguf"), "--type", "Q3_K");
        Usage("--type F16: expected one of Q8_0", "model", "quantize", Mini, folder.File("x.gguf"), "--type", "F16");
        Usage("must end in .gguf", "model", "quantize", Mini, folder.File("x"));
        Usage("--batch-size must be at least 1, got 0", "model", "inspect", Mini, "--batch-size", "0");
    }

    static string Success(params string[] arguments)
    {
        CliResult result = Cli.Run(arguments);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output;
    }

    static void Refused(string problem, params string[] arguments)
    {
        CliResult result = Cli.Run(arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("this should not have happened", result.Error, StringComparison.Ordinal);
    }

    static void Usage(string problem, params string[] arguments)
    {
        CliResult result = Cli.Run(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
    }

    static JsonNode Json(string folder, string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file)))!;

    static string FindModel()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string model = Path.Combine(at.FullName, "models", "bonito-mini");
            if (Directory.Exists(model)) return model;
        }
        throw new DirectoryNotFoundException("models/bonito-mini is in no folder above " + AppContext.BaseDirectory);
    }
}
