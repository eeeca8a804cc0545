using Bonito.Evaluation;
using Bonito.Rows;
using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Tests.Evaluation;

public sealed class LabelWordsTests
{
    [Theory]
    [InlineData("Yes", "yes")]
    [InlineData(" no.\n", "no")]
    [InlineData("TRUE", "yes")]
    [InlineData("False.", "no")]
    [InlineData("Yes, it is", null)]
    [InlineData("maybe", null)]
    [InlineData("", null)]
    public void Yes_and_no_are_found_in_any_case(string answer, string? expected) => Assert.Equal(expected, LabelWords.YesNo(answer));

    [Theory]
    [InlineData("entailment", "entailment")]
    [InlineData("It leaves it open.", "neutral")]
    [InlineData("No", "contradiction")]
    [InlineData("Says nothing", "neutral")]
    [InlineData("agrees", "entailment")]
    [InlineData("disagrees", "contradiction")]
    [InlineData("entailment, neutral", null)]
    public void Words_of_templates_stand_for_the_three_classes(string answer, string? expected) => Assert.Equal(expected, LabelWords.Inference(answer));

    /// <summary>Each of our templates for inference writes three different words, one for each class.</summary>
    [Fact]
    public void All_words_of_our_own_templates_are_known()
    {
        PromptTemplateFile file = TemplateLibrary.Load().Files[0];
        PromptTemplate[] templates = [.. file.Templates.Where(t => t.TaskType == TaskType.NaturalLanguageInference)];
        Assert.True(templates.Length >= 8);
        Assert.All(templates, template =>
        {
            MetaTemplate meta = MetaTemplate.Remix(file, template, template.TaskType, "{{ context }}", out string refusal) ?? throw new InvalidOperationException(refusal);
            Assert.Equal(LabelWords.InferenceClasses, LabelWords.InferenceClasses.Select(label => LabelWords.Inference(Answer(meta, label))));
        });
    }

    static string Answer(MetaTemplate template, string label) =>
        template.Render(new Row([Roles.Context, "hypothesis", Roles.Label], ["A passage.", "A statement.", label]), seed: 0)!.Value.Output;
}
