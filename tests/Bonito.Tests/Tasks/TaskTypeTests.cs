using Bonito.Tasks;

namespace Bonito.Tests.Tasks;

public sealed class TaskTypeTests
{
    [Fact]
    public void There_are_sixteen_with_distinct_names_and_a_sentence_each()
    {
        Assert.Equal(16, TaskType.All.Count);
        Assert.Distinct(TaskType.All.Select(t => t.ShortName));
        Assert.Distinct(TaskType.All.Select(t => t.FullName));
        Assert.All(TaskType.All, t => Assert.EndsWith(".", t.Description, StringComparison.Ordinal));
    }

    [Fact]
    public void Both_names_are_accepted_in_any_case()
    {
        foreach (TaskType type in TaskType.All)
        {
            Assert.Same(type, TaskType.Parse(type.ShortName));
            Assert.Same(type, TaskType.Parse($" {type.FullName.ToUpperInvariant()}\n"));
        }
    }

    [Theory]
    [InlineData("exqq", "exqa")]
    [InlineData("yes no question answering", "ynqa")]
    [InlineData("paraphrase-id", "paraphrase_id")]
    [InlineData("extractive", "exqa")]
    [InlineData("summarisation", "summarization")]
    [InlineData("topic classifier", "topic_class")]
    public void An_unknown_name_is_answered_with_the_nearest(string typed, string nearest)
    {
        var error = Assert.Throws<BonitoException>(() => TaskType.Parse(typed));
        Assert.StartsWith($"unknown task type '{typed}'; did you mean '{nearest}'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_like_none_gets_the_list_and_no_suggestion()
    {
        var error = Assert.Throws<BonitoException>(() => TaskType.Parse("zzz"));
        Assert.DoesNotContain("did you mean", error.Message, StringComparison.Ordinal);
        Assert.All(TaskType.All, t => Assert.Contains(t.ShortName, error.Message, StringComparison.Ordinal));
    }
}
