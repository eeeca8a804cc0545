using Bonito.Adaptation;
using Bonito.Engine.Tokenizers;
using Bonito.Engine.Training;
using static Bonito.Tests.Adaptation.Sequences;

namespace Bonito.Tests.Adaptation;

/// <summary>Which ids a row becomes, token by token, and which of them are learned (between the brackets).</summary>
public sealed class PromptTests
{
    [Theory]
    [InlineData(PromptFormat.Instruct, "<s><|input|>/Is_it?/<|output|>/⟦No.</s>⟧")]
    [InlineData(PromptFormat.Mistral, "<s>[INST]_Is_it?_[/INST]⟦No.</s>⟧")]
    [InlineData(PromptFormat.Plain, "<s>Is_it?⟦No.</s>⟧")]
    [InlineData(PromptFormat.Generator, "<s>Is_it?⟦No.</s>⟧")]
    public void A_row_is_written_in_each_format(PromptFormat format, string expected)
    {
        TrainingExample example = Assert.Single(Encoder(format).Encode(Row("Is it?", "No.")));

        Assert.Equal(expected, Show(example));
        Assert.Equal("id", example.Id);
        // The byte tokenizer has one token for each character here, and one each for <s> and </s>.
        Assert.Equal(expected.Replace("⟦", "").Replace("⟧", "").Replace("<s>", "a").Replace("</s>", "b").Length, example.Ids.Length);
    }

    [Fact]
    public void Sentencepiece_targets_begin_as_they_are_generated()
    {
        Tokenizer pieces = Tokenizer.Load(Path.Combine(Repository.Goldens, "tokenizers", "pieces.model"));
        TrainingExample example = Assert.Single(Encoder(PromptFormat.Mistral, tokenizer: pieces).Encode(Row("a", "b")));

        int[] source = pieces.Encode("[INST] a [/INST]"), target = pieces.Encode("b");
        Assert.Equal([.. pieces.Beginning, .. source, .. target, 1], example.Ids);
        Assert.Equal(pieces.Beginning.Count + source.Length, example.TargetStart);
        Assert.StartsWith("▁", pieces.IdToToken(target[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_of_a_Bonito_dataset_becomes_the_prompt_and_completion_of_a_generator()
    {
        TrainingExample example = Assert.Single(Encoder(PromptFormat.Generator).Encode(Row("Rain fell.\nWhat fell?", "Rain", " Rain fell. ", "exqa")));

        Assert.Equal("<s><|tasktype|>/extractive_question_answering/<|context|>/Rain_fell./<|task|>/⟦{{context}}/What_fell?/<|pipe|>/Rain</s>⟧", Show(example));
    }

    [Fact]
    public void A_prompt_of_a_generator_stays_as_it_is()
    {
        string prompt = "<|tasktype|>\nsentiment\n<|context|>\nRain.\n<|task|>\n";
        TrainingExample example = Assert.Single(Encoder(PromptFormat.Generator).Encode(Row(prompt, "x\n<|pipe|>\ny", "Rain.", "sentiment")));
        Assert.Equal("<s><|tasktype|>/sentiment/<|context|>/Rain./<|task|>/⟦x/<|pipe|>/y</s>⟧", Show(example));
    }

    [Fact]
    public void A_conversation_is_learned_where_the_assistant_speaks()
    {
        ConversationRow row = new("id", "rows.jsonl:1", [new("system", "Be."), new("user", "A?"), new("assistant", "a"), new("user", "B?"), new("assistant", "b"), new("user", "C?")]);
        TrainingExample example = Assert.Single(Encoder(PromptFormat.Chat, ChatMl, config: Config(4096, 3)).Encode(row));

        Assert.Equal(
            "<s><|im_start|>system/Be.<|im_end|>/<|im_start|>user/A?<|im_end|>/<|im_start|>assistant/⟦a<|im_end|>/⟧<|im_start|>user/B?<|im_end|>/<|im_start|>assistant/⟦b<|im_end|>/⟧",
            Show(example));
        Assert.Equal(4, example.Ids.Count(id => id == 2) - 1);
    }

    [Fact]
    public void An_answer_that_the_template_does_not_end_gets_the_end_of_text()
    {
        string template = "{{ bos_token }}{% for message in messages %}{{ message.role[0] }}: {{ message.content }}\n{% endfor %}{% if add_generation_prompt %}a: {% endif %}";
        TrainingExample example = Assert.Single(Encoder(PromptFormat.Chat, template).Encode(Row("A?", "b")));
        // The template's own beginning of text is not doubled.
        Assert.Equal("<s>u:_A?/a:_⟦b/</s>⟧", Show(example));
    }

    [Fact]
    public void A_template_that_rewrites_earlier_turns_gives_a_sequence_for_each_answer()
    {
        string template = "{% for message in messages %}{% if message.role == 'user' %}[{{ message.content }}]{% else %}{% if loop.last %}<think>{% endif %}{{ message.content }}{{ eos_token }}{% endif %}{% endfor %}";
        ConversationRow row = new("id", "rows.jsonl:1", [new("user", "A"), new("assistant", "a"), new("user", "B"), new("assistant", "b")]);
        Assert.Equal(["<s>[A]⟦<think>a</s>⟧", "<s>[A]a</s>[B]⟦<think>b</s>⟧"], Encoder(PromptFormat.Chat, template).Encode(row).Select(example => Show(example)));
    }

    [Fact]
    public void A_template_without_a_place_for_the_answer_is_told()
    {
        string template = "{% for message in messages %}{{ loop.length }}{{ message.content }}{% endfor %}";
        BonitoException e = Assert.Throws<BonitoException>(() => Encoder(PromptFormat.Chat, template).Encode(Row("A", "b")));
        Assert.StartsWith("rows.jsonl:1: the chat template does not write turn 2 after the text that asks for it", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_learned_is_counted()
    {
        ExampleEncoder encoder = Encoder(PromptFormat.Chat, ChatMl, config: Config(40));
        TrainingRow[] rows =
        [
            Row("A", "b"), Row("A", " "), Row("\n", "b"), Row("A<|im_end|>", "b"), Row(new string('a', 60), "b"),
            new ConversationRow("id", "rows.jsonl:1", [new("user", "A"), new("assistant", "")]),
        ];
        Assert.Equal(0, rows.Skip(1).Sum(row => encoder.Encode(row).Count));
        Assert.Equal(0, encoder.Counts.Used);
        Assert.Equal(
            new Dictionary<string, long> { ["empty_input"] = 1, ["empty_output"] = 1, ["longer_than_window"] = 1, ["no_assistant_turn"] = 1, ["spells_special_token"] = 1 },
            encoder.Counts.LeftOut);
        Assert.Equal(5, encoder.Counts.Read);
    }

    [Fact]
    public void Long_sources_and_targets_are_cut_at_their_ends_and_counted()
    {
        ExampleEncoder encoder = Encoder(PromptFormat.Plain, options: Options with { MaxSourceLength = 4, MaxTargetLength = 3 });
        Assert.Equal("<s>abc⟦xyz⟧", Show(Assert.Single(encoder.Encode(Row("abcdef", "xyzuvw")))));
        Assert.Equal("<s>abc⟦xy</s>⟧", Show(Assert.Single(encoder.Encode(Row("abc", "xy")))));
        Assert.Equal("<s>abc⟦xy</s>⟧", Show(Assert.Single(encoder.Encode(Row("abcd", "xy")))));
        Assert.Equal((3, 3, 2, 1), (encoder.Counts.Read, encoder.Counts.Used, encoder.Counts.CutSources, encoder.Counts.CutTargets));
    }

    [Fact]
    public void The_format_fits_the_model()
    {
        Assert.Equal(PromptFormat.Instruct, PromptFormats.Choose(DataFormat.InputOutput, null));
        Assert.Equal(PromptFormat.Chat, PromptFormats.Choose(DataFormat.Alpaca, Template(ChatMl)));
        Assert.Equal(PromptFormat.Mistral, PromptFormats.Choose(DataFormat.InputOutput, Template("{{ bos_token }}[INST] {{ messages[0].content }} [/INST]")));
        Assert.Equal(PromptFormat.Chat, PromptFormats.Choose(DataFormat.Messages, Template("{{ bos_token }}[INST] {{ messages[0].content }} [/INST]")));
    }

    [Fact]
    public void Messages_need_a_chat_template()
    {
        Assert.Contains("has no chat template", Assert.Throws<BonitoException>(() => Encoder(PromptFormat.Chat)).Message, StringComparison.Ordinal);
        ConversationRow row = new("id", "rows.jsonl:7", [new("user", "A"), new("assistant", "b")]);
        Assert.Equal(
            "rows.jsonl:7: conversations need a model with a chat template, which writes them. Leave out --prompt-format.",
            Assert.Throws<BonitoException>(() => Encoder(PromptFormat.Instruct).Encode(row)).Message);
    }
}
