using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Tests.Ctga;

public sealed class MetaTemplateTests
{
    static readonly Dictionary<string, string> Roles = new()
    {
        ["context"] = "The lamp is on the table.",
        ["question"] = "Where is the lamp?",
        ["choices"] = "on the shelf\non the table\nunder the bed",
        ["answer"] = "on the table",
        ["label"] = "entailment",
    };

    static (string Input, string Output) Render(string input, string output, Dictionary<string, string>? words = null) =>
        new MetaTemplate("t", TaskType.MultipleChoiceQuestionAnswering, input, output, words).Render(Roles);

    [Fact]
    public void Roles_are_inserted_and_the_context_stays_a_placeholder()
    {
        (string input, string output) = Render("{{context}}\nQ: {{ question }}\n", "{{answer}}");

        Assert.Equal("{{context}}\nQ: Where is the lamp?", input);
        Assert.Equal("on the table", output);
    }

    [Theory]
    [InlineData("{{choices:bullets}}", "- on the shelf\n- on the table\n- under the bed")]
    [InlineData("{{choices:letters}}", "A. on the shelf\nB. on the table\nC. under the bed")]
    [InlineData("{{choices:comma}}", "on the shelf, on the table, under the bed")]
    [InlineData("{{choices:or}}", "on the shelf, on the table or under the bed")]
    [InlineData("{{answer:letter}}. {{answer}}", "B. on the table")]
    public void Views_show_lists_and_letters(string template, string expected) =>
        Assert.Equal(expected, Render(template, "x").Input);

    [Fact]
    public void Braces_in_a_value_are_never_expanded()
    {
        var roles = new Dictionary<string, string>(Roles) { ["question"] = "What is {{answer}} or {{nothing}}?" };
        var template = new MetaTemplate("t", TaskType.QuestionGeneration, "{{question}} {{answer}}", "{{answer}}");

        Assert.Equal("What is {{answer}} or {{nothing}}? on the table", template.Render(roles).Input);
    }

    [Fact]
    public void Answer_choices_put_words_for_the_label_and_refuse_other_labels()
    {
        var template = new MetaTemplate(
            "t", TaskType.NaturalLanguageInference, "{{context}}", "{{label}}", new Dictionary<string, string> { ["entailment"] = "True" });

        Assert.Equal("True", template.Render(Roles).Output);
        Assert.False(template.Fits(new Dictionary<string, string>(Roles) { ["label"] = "neutral" }));
    }

    [Theory]
    [InlineData("{{summary}}")]
    [InlineData("{{summary:or}}")]
    public void A_row_without_a_role_does_not_fit(string input) =>
        Assert.False(new MetaTemplate("t", TaskType.Summarization, input, "x").Fits(Roles));

    [Fact]
    public void A_letter_needs_the_answer_among_the_choices()
    {
        var template = new MetaTemplate("t", TaskType.MultipleChoiceQuestionAnswering, "x", "{{answer:letter}}");

        Assert.True(template.Fits(Roles));
        Assert.False(template.Fits(new Dictionary<string, string>(Roles) { ["answer"] = "in the sink" }));
    }

    [Theory]
    [InlineData("{{premise}}", "unknown role in '{{premise}}'")]
    [InlineData("{{ Question }}", "unknown role in '{{ Question }}'")]
    [InlineData("{{}}", "unknown role in '{{}}'")]
    [InlineData("{{context:letters}}", "unknown role in '{{context:letters}}'")]
    [InlineData("{{choices:numbers}}", "unknown view in '{{choices:numbers}}'")]
    public void An_unknown_role_or_view_is_an_error_with_file_template_and_role(string input, string expected)
    {
        var e = Assert.Throws<BonitoException>(() => MetaTemplateLibrary.Parse(
            "my.yaml", $"templates:\n  - {{name: strange, task_type: qa, input: '{input}', output: x}}\n"));

        Assert.StartsWith("my.yaml", e.Message, StringComparison.Ordinal);
        Assert.Contains("template 'strange'", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("templates: []", "list 'templates' is empty")]
    [InlineData("", "the file is empty")]
    [InlineData("templates: [a", "not valid YAML")]
    [InlineData("templates:\n  - {name: a, task_type: qa, input: x}", "my.yaml:2: template 'a': field 'output' is missing")]
    [InlineData("templates:\n  - {name: a, task_type: poetry, input: x, output: y}", "unknown task type 'poetry'; known: exqa")]
    [InlineData("templates:\n  - {name: a, task_type: qa, input: x, output: y, inptu: z}", "unknown field 'inptu'")]
    [InlineData("templates:\n  - {name: a, task_type: qa, input: x, output: y}\n  - {name: a, task_type: qa, input: x, output: y}", "my.yaml:3: template 'a': the name is used twice")]
    [InlineData("templates:\n  - {name: a, task_type: qa, input: [x], output: y}", "field 'input': expected text")]
    public void A_broken_file_is_explained(string yaml, string expected)
    {
        var e = Assert.Throws<BonitoException>(() => MetaTemplateLibrary.Parse("my.yaml", yaml));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_that_ships_has_six_phrasings_or_more_for_each_task_type()
    {
        MetaTemplateLibrary library = MetaTemplateLibrary.Load();

        Assert.All(TaskType.All, type => Assert.True(library.Of(type).Count >= 6, $"{type}: {library.Of(type).Count}"));
        Assert.All(library.Templates, t => Assert.NotEmpty(t.RolesUsed));
    }
}
