using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Tests.Templates;

public sealed class PromptTemplateFileTests
{
    const string Published = """
        dataset: pets
        subset: cats
        templates:
          1f2e: !Template
            answer_choices: null
            id: 1f2e
            jinja: "{{ text }} Who sleeps?\n|||\n{{ who }}"
            metadata: !TemplateMetadata
              choices_in_prompt: false
              languages:
              - de
              metrics: []
              original_task: true
            name: 'who sleeps '
            reference: ''
          2b: !Template
            answer_choices: No ||| Yes
            id: 2b
            jinja: '{{ text }} Is it one?|||{{ answer_choices[label] }}'
            name: is it
            reference: none
        """;

    const string Ours = """
        dataset: pets
        language: en
        macros: "{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}"
        templates:
          - name: who
            task_type: qa
            jinja: |
              {{ text }} Who sleeps?
              |||
              {{ who }}
          - name: wer
            language: de
            task_type: question answering without choices
            answer_choices: 'null'
            jinja: "{{ text }} Wer schläft?|||{{ who }}"
        """;

    [Fact]
    public void Promptsources_files_are_read_with_their_tags()
    {
        PromptTemplateFile file = PromptTemplateFile.Parse("cats.yaml", Published);

        Assert.Equal(("pets", "cats"), (file.Dataset, file.Configuration));
        Assert.Equal(
            [
                new PromptTemplate("who sleeps ", "{{ text }} Who sleeps?\n|||\n{{ who }}", null, null, "de", "cats.yaml:4"),
                new PromptTemplate("is it", "{{ text }} Is it one?|||{{ answer_choices[label] }}", "No ||| Yes", null, null, "cats.yaml:16"),
            ],
            file.Templates);
    }

    [Fact]
    public void Our_files_say_the_task_type_and_can_share_macros()
    {
        PromptTemplateFile file = PromptTemplateFile.Parse("mine.yaml", Ours);

        Assert.Equal(("pets", null, "{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}"), (file.Dataset, file.Configuration, file.Macros));
        Assert.Equal(["en", "de"], file.Templates.Select(t => t.Language));
        Assert.All(file.Templates, t => Assert.Equal(TaskType.QuestionAnsweringWithoutChoices, t.TaskType));
        Assert.Equal([null, "null"], file.Templates.Select(t => t.AnswerChoices));
        Assert.Same(file.Templates[1], file.Find("wer"));
    }

    [Fact]
    public void A_template_that_is_not_there_is_an_error_with_those_that_are()
    {
        var e = Assert.Throws<BonitoException>(() => PromptTemplateFile.Parse("mine.yaml", Ours).Find("whose"));

        Assert.Equal("mine.yaml: no template 'whose'; templates there: 'who', 'wer'.", e.Message);
    }

    [Theory]
    [InlineData("templates: []", "my.yaml:1: the file: there is no template")]
    [InlineData("templates: {}\ndataset: x", "my.yaml:1: the file: there is no template")]
    [InlineData("", "my.yaml: the file is empty")]
    [InlineData("templates: [a", "not valid YAML")]
    [InlineData("templates:\n  - {name: a, task_type: qa}", "my.yaml:2: template 'a': field 'jinja' is missing")]
    [InlineData("templates:\n  - {name: a, task_type: poetry, jinja: x}", "unknown task type 'poetry'; known: exqa")]
    [InlineData("templates:\n  - {name: a, task_type: qa, jinja: x, choices: y}", "unknown field 'choices'")]
    [InlineData("templates:\n  - {name: a, task_type: qa, jinja: x}\n  - {name: a, task_type: qa, jinja: x}", "my.yaml:3: template 'a': the name is used twice")]
    [InlineData("templates:\n  - {name: a, task_type: qa, jinja: [x]}", "field 'jinja': expected text")]
    [InlineData("templates:\n  a: !Template {name: a, jinja: x}", "field 'dataset' is missing")]
    [InlineData("dataset: d\ntemplates:\n  a: !Template {name: a}", "field 'jinja' is missing")]
    public void A_broken_file_is_explained(string yaml, string expected)
    {
        var e = Assert.Throws<BonitoException>(() => PromptTemplateFile.Parse("my.yaml", yaml));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }
}
