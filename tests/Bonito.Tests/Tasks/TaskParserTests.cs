using Bonito.Tasks;

namespace Bonito.Tests.Tasks;

public sealed class TaskParserTests
{
    [Fact]
    public void The_context_takes_the_placeholders_in_both_parts_before_they_are_trimmed()
    {
        bool parsed = TaskParser.TryParse(
            " {{context}} Is it? {{context}}<|pipe|>\n{{context}} ", " A pump.\n", false,
            out ParsedTask? task, out RejectionReason? reason);

        Assert.True(parsed);
        Assert.Null(reason);
        Assert.Equal("A pump.\n Is it?  A pump.", task!.Input);
        Assert.Equal("A pump.", task.Output);
    }

    [Fact]
    public void A_pipe_inside_the_context_does_not_spoil_the_task()
    {
        Assert.True(TaskParser.TryParse("{{context}}<|pipe|>yes", "a <|pipe|> b", false, out ParsedTask? task, out _));
        Assert.Equal("a <|pipe|> b", task!.Input);
    }

    [Theory]
    [InlineData("Is the pump on?", false, RejectionReason.NoPipe)]
    [InlineData("", false, RejectionReason.NoPipe)]
    [InlineData("Is the pump on?\n<|pi", true, RejectionReason.Truncated)]
    [InlineData("a<|pipe|>b<|pipe|>c", false, RejectionReason.MultiplePipes)]
    [InlineData("a<|pipe|>b<|pipe|>", true, RejectionReason.MultiplePipes)]
    [InlineData(" \n<|pipe|>yes", false, RejectionReason.EmptyInput)]
    [InlineData("<|pipe|>", true, RejectionReason.EmptyInput)]
    [InlineData("Is the pump on?<|pipe|>\n", false, RejectionReason.EmptyOutput)]
    [InlineData("Is the pump on?<|pipe|>\n", true, RejectionReason.Truncated)]
    public void What_does_not_parse_has_its_reason(string completion, bool reachedLimit, RejectionReason expected)
    {
        Assert.False(TaskParser.TryParse(completion, "The pump runs.", reachedLimit, out ParsedTask? task, out RejectionReason? reason));
        Assert.Null(task);
        Assert.Equal(expected, reason);
    }

    [Fact]
    public void A_completion_cut_inside_its_output_is_still_a_task()
    {
        Assert.True(TaskParser.TryParse("Sum up.<|pipe|>The pump ru", "c", true, out ParsedTask? task, out _));
        Assert.Equal("The pump ru", task!.Output);
    }

    [Fact]
    public void Names_of_reasons_are_stable_and_read_back()
    {
        Assert.Equal(
            ["no_pipe", "multiple_pipes", "empty_input", "empty_output", "truncated", "context_too_long"],
            RejectionReasons.All.Select(r => r.Name()));
        Assert.All(RejectionReasons.All, r => Assert.True(RejectionReasons.TryParse(r.Name(), out RejectionReason read) && read == r));
        Assert.False(RejectionReasons.TryParse("NoPipe", out _));
    }
}
