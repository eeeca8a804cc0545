using Bonito.Rows;
using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Tests.Templates;

public sealed class MetaTemplateTests
{
    static readonly Row Lamp = new(
        ["text", "question", "choices", "label", "facts"],
        ["The lamp is on the table.", "Where is it?", (object?[])["shelf", "table"], 1L, (object?[])["one", "two"]]);

    static MetaTemplate Remix(string jinja, string context = "{{ text }}", string? choices = null, string? macros = null)
    {
        MetaTemplate? meta = Try(jinja, context, choices, macros, out string refusal);
        Assert.True(meta is not null, refusal);
        return meta;
    }

    static MetaTemplate? Try(string jinja, string context, string? choices, string? macros, out string refusal)
    {
        var template = new PromptTemplate("t", jinja, choices, null, null, "lamps.yaml:3");
        return MetaTemplate.Remix(new PromptTemplateFile("lamps.yaml", "lamps", null, macros, [template]), template, TaskType.QuestionGeneration, context, out refusal);
    }

    static RenderedTask Render(string jinja, string context = "{{ text }}", string? choices = null, string? macros = null, Row? row = null) =>
        Remix(jinja, context, choices, macros).Render(row ?? Lamp, 1)!.Value;

    [Theory]
    [InlineData("{{text}}\n{{ question }} ||| {{ choices[label] }}", "{{context}}\nWhere is it?", "table")]
    [InlineData("Read: {{- text -}} !|||x", "Read:{{context}}!", "x")]
    [InlineData("{% if label %}{{text}}{% else %}{{ text }}{% endif %}|||{{text}}", "{{context}}", "{{context}}")]
    [InlineData("{{ question }} ||| {{ text }}", "Where is it?", "{{context}}")]
    [InlineData("{% for c in choices %}{{ c }}: {{text}} {% endfor %}|||x", "shelf: {{context}} table: {{context}}", "x")]
    [InlineData("{{ text | upper }} {{text}}|||x", "THE LAMP IS ON THE TABLE. {{context}}", "x")]
    [InlineData("{{text}}{% if label == 0 %}|||x{% endif %}", "{{context}}", "")]
    public void The_passage_becomes_a_placeholder_wherever_it_stands(string jinja, string input, string output)
    {
        RenderedTask task = Render(jinja);

        Assert.Equal((input, output), (task.Input, task.Output));
        if (output.Length > 0) Assert.Equal("The lamp is on the table.", task.Context);
    }

    [Fact]
    public void The_passage_can_be_several_outputs_or_a_loop()
    {
        RenderedTask outputs = Render("See {{text[0]|lower}}{{ text[1:] }}. ||| x", "{{ text[0] | lower }}{{text[1:]}}");
        RenderedTask loop = Render("Facts:\n{% for f in facts %}\n- {{ f }}\n{% endfor %}\nWhat?|||x", "{% for f in facts %}\n- {{ f }}\n{% endfor %}");

        Assert.Equal(("See {{context}}.", "the lamp is on the table."), (outputs.Input, outputs.Context));
        Assert.Equal(("Facts:\n{{context}}\nWhat?", "- one\n\n- two"), (loop.Input, loop.Context));
    }

    [Theory]
    [InlineData("{{ text | trim }}|||x", "the passage, {{ text }}, is not in it")]
    [InlineData("{% for f in facts %}- {{ f }}{% endfor %}|||x", "the passage, {{ text }}, is not in it")]
    [InlineData("{{ text }} x", "instruction and answer are not separated by |||")]
    [InlineData("{{ text }|||x", "lamps.yaml:3: template 't':1:")]
    [InlineData("{{ text }} {{ text | nosuch }}|||x", "nosuch")]
    public void A_template_that_makes_none_is_refused_with_the_reason(string jinja, string expected)
    {
        Assert.Null(Try(jinja, "{{ text }}", null, null, out string refusal));
        Assert.Contains(expected, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_task_type_there_is_none()
    {
        var template = new PromptTemplate("t", "{{ text }}|||x", null, null, null, "f:1");

        Assert.Null(MetaTemplate.Remix(new PromptTemplateFile("f", "lamps", null, null, [template]), template, null, "{{ text }}", out string refusal));
        Assert.Equal("no task type is given for it", refusal);
    }

    [Fact]
    public void Answer_choices_are_rendered_split_and_trimmed()
    {
        Assert.Equal("table!", Render("{{text}}|||{{ answer_choices[label] }}!", choices: "{{ choices | join(' ||| ') }}").Output);
        Assert.Equal("Yes", Render("{{text}}|||{{ answer_choices[label] }}", choices: "No ||| Yes").Output);
        Assert.Equal("", Render("{{text}}|||{{ answer_choices[label] }}").Output);
    }

    [Fact]
    public void The_separator_in_data_separates_nothing()
    {
        var row = new Row(["text", "choices", "label"], ["left ||| right", (object?[])["a|||b", "c"], 0L]);
        Row safe = Bonito.Ctga.RowTexts.Protect(row)!;

        RenderedTask task = Render("{{text}} Which? {{ text }}|||{{ answer_choices[0] }}{{ text | length }}", "{{text}}", "{{ choices | join('|||') }}", row: safe);

        Assert.Equal(("left ||| right", "{{context}} Which? {{context}}", "a|||b14"), (task.Context, task.Input, task.Output));
    }

    [Fact]
    public void More_than_an_answer_is_not_taken() =>
        Assert.Null(Remix("{{text}}|||a|||b").Render(Lamp, 1));

    [Fact]
    public void What_a_template_reads_is_known_but_for_what_it_asks_about()
    {
        Assert.Equal(["choices", "label", "question", "text"], Remix("{% set x = question %}{{text}}{{ x }}|||{{ choices[label] }}").Reads);
        Assert.Equal(["text"], Remix("{{text}}{% if hint is defined %}{{ hint }}{% endif %}|||{% for i in range(2) %}{{ i }}{{ loop.index }}{% endfor %}").Reads);
    }

    [Fact]
    public void Macros_of_the_file_can_be_called() =>
        Assert.Equal("[table]", Render("{{text}}|||{{ boxed(choices[1]) }}", macros: "{% macro boxed(x) %}[{{ x }}]{% endmacro %}\n").Output);

    [Fact]
    public void What_is_chosen_at_random_depends_on_the_seed_alone()
    {
        MetaTemplate meta = Remix("{{text}}|||{{ range(1000) | list | choice }}");

        Assert.Equal(meta.Render(Lamp, 5), meta.Render(Lamp, 5));
        Assert.True(Enumerable.Range(0, 20).Select(i => meta.Render(Lamp, (ulong)i)!.Value.Output).Distinct().Count() > 10);
    }
}
