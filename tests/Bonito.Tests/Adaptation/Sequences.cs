using Bonito.Adaptation;
using Bonito.Engine.Models;
using Bonito.Engine.Tokenizers;
using Bonito.Engine.Training;

namespace Bonito.Tests.Adaptation;

/// <summary>Encodes rows with a tokenizer in which every byte is a token, and writes sequences so that a test can be read.</summary>
static class Sequences
{
    public const string ChatMl =
        "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    public static Tokenizer Bytes { get; } = BpeTrainer.Train([], 262, ["<s>", "</s>", "<|im_start|>", "<|im_end|>", "<pad>", "<unk>"], "<s>");

    public static DataOptions Options { get; } = new() { Data = "rows" };

    /// <summary>A model's configuration as far as encoding looks at it.</summary>
    public static LlamaConfig Config(int window = 4096, params int[] ends) => new()
    {
        VocabSize = 262,
        HiddenSize = 8,
        IntermediateSize = 8,
        NumHiddenLayers = 1,
        NumAttentionHeads = 1,
        NumKeyValueHeads = 1,
        MaxPositionEmbeddings = window,
        BosTokenId = 0,
        EosTokenIds = [.. ends.Length > 0 ? ends : [1]],
    };

    public static ChatTemplate Template(string text) => new("template", text, "<s>", "</s>");

    public static ExampleEncoder Encoder(PromptFormat? format, string? template = null, DataOptions? options = null, LlamaConfig? config = null, Tokenizer? tokenizer = null) =>
        new(tokenizer ?? Bytes, config ?? Config(), format, template is null ? null : Template(template), options ?? Options);

    public static InstructionRow Row(string input, string output, string? context = null, string? taskType = null) => new("id", "rows.jsonl:1", input, output, context, taskType);

    /// <summary>Token after token, spaces and line breaks as the vocabulary spells them; those of targets between brackets.</summary>
    public static string Show(TrainingExample example, Tokenizer? tokenizer = null)
    {
        System.Text.StringBuilder text = new();
        bool inside = false;
        for (int i = 0; i < example.Ids.Length; i++)
        {
            bool target = i > 0 && example.IsTarget(i - 1);
            if (target != inside) text.Append(target ? "⟦" : "⟧");
            inside = target;
            text.Append((tokenizer ?? Bytes).IdToToken(example.Ids[i])!.Replace("Ġ", "_", StringComparison.Ordinal).Replace("Ċ", "/", StringComparison.Ordinal)).Append(tokenizer is null ? "" : " ");
        }
        return text.Append(inside ? "⟧" : "").ToString();
    }
}
