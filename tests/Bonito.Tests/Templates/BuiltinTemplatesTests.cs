using Bonito.Ctga;
using Bonito.Rows;
using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Tests.Templates;

public sealed class BuiltinTemplatesTests
{
    static readonly IReadOnlyList<MetaTemplate> All = SetTemplates.ReadOverRoles(TemplateLibrary.Load());

    [Fact]
    public void There_are_eight_phrasings_or_more_for_each_task_type() =>
        Assert.All(TaskType.All, type => Assert.True(All.Count(t => t.TaskType == type) >= 8, $"{type}: {All.Count(t => t.TaskType == type)}"));

    [Fact]
    public void Names_are_unique() => Assert.Equal(All.Count, All.Select(t => t.Template.Name).Distinct().Count());

    [Theory]
    [InlineData("nli", "entailment,neutral,contradiction")]
    [InlineData("te", "entailment,not_entailment")]
    [InlineData("paraphrase_id", "yes,no")]
    [InlineData("wsd", "yes,no")]
    [InlineData("coref", "yes,no")]
    [InlineData("sentiment", "positive,neutral,negative")]
    [InlineData("topic_class", "positive,neutral,negative")]
    public void Every_label_has_an_answer_of_its_own(string taskType, string labels)
    {
        foreach (MetaTemplate template in All.Where(t => t.TaskType.ShortName == taskType && t.Reads.Contains("label")))
        {
            string[] outputs = [.. labels.Split(',').Select(label => template.Render(Sample(label), 1)!.Value.Output)];
            Assert.DoesNotContain("", outputs);
            Assert.Equal(outputs.Length, outputs.Distinct().Count());
        }
    }

    [Fact]
    public void All_render_a_row_with_all_roles()
    {
        Assert.All(All, template =>
        {
            RenderedTask task = template.Render(Sample("neutral"), 1)!.Value;
            Assert.Equal("The passage.", task.Context);
            Assert.NotEmpty(task.Input);
            Assert.NotEqual(template.TaskType.ShortName is "te" or "paraphrase_id" or "wsd" or "coref" && template.Reads.Contains("label"), task.Output.Length > 0);
            Assert.True((task.Input + task.Output).Contains("{{context}}", StringComparison.Ordinal));
            Assert.DoesNotContain("The passage.", task.Input, StringComparison.Ordinal);
        });
    }

    static Row Sample(string label) => new(
        [.. Roles.All],
        [.. Roles.All.Select(object? (role) => role switch
        {
            "context" => "The passage.",
            "choices" => (object?[])["positive", "neutral", "negative"],
            "answer" => "neutral",
            "label" => label,
            _ => $"a {role}",
        })]);
}
