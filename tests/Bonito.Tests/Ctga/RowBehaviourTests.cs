using System.Text.Json;
using Bonito.Ctga;

namespace Bonito.Tests.Ctga;

/// <summary>Rows that are not as one would wish: what becomes of each is stated in docs/formats.md.</summary>
public sealed class RowBehaviourTests : IDisposable
{
    const string Set = "context: '{{ text }}'\nparts: [{files: [rows.jsonl], format: jsonl}]";

    readonly BuildFolder folder = new();

    public void Dispose() => folder.Dispose();

    CtgaSetSummary Build(object row, string jinja = "{{ text }} {{ question }}|||{{ answer_choices[label] }}", string choices = "No ||| Yes", Func<CtgaOptions, CtgaOptions>? with = null)
    {
        folder.Write("rows.jsonl", JsonSerializer.Serialize(row));
        string templates = folder.Templates($"dataset: mine\ntemplates:\n  - {{name: t, task_type: ynqa, jinja: {JsonSerializer.Serialize(jinja)}, answer_choices: {JsonSerializer.Serialize(choices)}}}\n");
        CtgaOptions options = folder.Options(Set) with { Templates = [templates] };
        return Assert.Single(BuildFolder.Run(with?.Invoke(options) ?? options).Sets);
    }

    static void DroppedFor(DropReason reason, CtgaSetSummary set)
    {
        Assert.Equal(1, set.Candidates);
        Assert.Equal([KeyValuePair.Create(reason, 1L)], set.Dropped);
    }

    [Theory]
    [InlineData("Der Müller fährt über die Brücke.", "Fährt er zurück?", "Ja")]
    [InlineData("Сад открыт до вечера.", "Он открыт?", "Да")]
    [InlineData("花园一直开放到晚上八点半钟。", "现在开放吗？", "是")]
    [InlineData("الحديقة مفتوحة حتى المساء.", "هل هي مفتوحة؟", "نعم")]
    [InlineData("הגן פתוח עד הערב.", "האם הוא פתוח?", "כן")]
    [InlineData("We were there 🎉👩‍👩‍👧 all day 👍🏽.", "Was it fun 🤔?", "🎉")]
    public void Text_of_any_script_goes_through_as_it_is(string text, string question, string answer)
    {
        Build(new { text, question, label = 1 }, choices: $"no ||| {answer}");

        CtgaRow row = Assert.Single(folder.Rows());
        Assert.Equal((text, "{{context}} " + question, answer), (row.Context, row.TaskInput, row.TaskOutput));
    }

    [Fact]
    public void A_very_long_passage_is_dropped_unless_it_is_asked_for()
    {
        string text = string.Join(' ', Enumerable.Repeat("long", 50_000));

        DroppedFor(DropReason.ContextTooLong, Build(new { text, question = "Is it?", label = 1 }));
        Build(new { text, question = "Is it?", label = 1 }, with: o => o with { MaxContextLength = 1_000_000, OutputDirectory = folder.Output + "-long" });
        Assert.Equal(text.Length, File.ReadLines(Path.Combine(folder.Output + "-long", "train.jsonl")).Concat(File.ReadLines(Path.Combine(folder.Output + "-long", "validation.jsonl")))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("context").GetString()!.Length).Single());
    }

    [Theory]
    [InlineData("""{"text": "A passage of words.", "question": null, "label": 1}""")]
    [InlineData("""{"text": null, "question": "Is it?", "label": 1}""")]
    [InlineData("""{"text": "A passage of words.", "label": 1}""")]
    public void A_template_is_not_drawn_for_a_row_without_what_it_reads(string row) =>
        DroppedFor(DropReason.NoFittingTemplate, Build(JsonSerializer.Deserialize<JsonElement>(row)));

    [Theory]
    [InlineData("""{"text": "A passage of words.", "question": "Is it?", "label": 5}""")]
    [InlineData("""{"text": "A passage of words.", "question": "Is it?", "label": "maybe"}""")]
    public void A_missing_answer_choice_leaves_the_output_empty(string row) =>
        DroppedFor(DropReason.EmptyText, Build(JsonSerializer.Deserialize<JsonElement>(row)));

    [Fact]
    public void The_label_minus_one_is_no_label() =>
        DroppedFor(DropReason.Unlabelled, Build(new { text = "A passage of words.", question = "Is it?", label = -1 }));

    [Theory]
    [InlineData("A <|pipe|> stands in it.")]
    [InlineData("A {{context}} stands in it.")]
    public void Markers_of_the_format_in_a_row_are_refused(string text) =>
        DroppedFor(DropReason.MarkerInText, Build(new { text, question = "Is it?", label = 1 }));

    [Fact]
    public void What_a_template_cannot_do_is_counted_with_the_first_message()
    {
        CtgaSetSummary set = Build(new { text = "A passage of words.", question = "Is it?", label = 1 }, "{{ text }}|||{{ question + label }}");

        DroppedFor(DropReason.TemplateFailed, set);
        Assert.Contains("template 't':1:", set.FirstError, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_never_ends_is_stopped() =>
        DroppedFor(DropReason.TemplateFailed, Build(
            new { text = "A passage of words.", question = "Is it?", label = 1 },
            "{{ text }}|||{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"));
}
