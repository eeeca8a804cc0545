using Bonito.Tasks;

namespace Bonito.Tests.Tasks;

public sealed class BonitoPromptTests
{
    [Fact]
    public void The_prompt_is_the_published_format_to_the_character()
    {
        string prompt = BonitoPrompt.Format(TaskType.NaturalLanguageInference, "  The pump runs.\n");

        Assert.Equal(
            "<|tasktype|>\nnatural language inference\n<|context|>\nThe pump runs.\n<|task|>\n", prompt);
    }

    [Fact]
    public void A_formatted_completion_parses_back()
    {
        string completion = BonitoPrompt.FormatCompletion("What runs?\n{{context}}", "The pump");

        Assert.Equal("What runs?\n{{context}}\n<|pipe|>\nThe pump", completion);
        Assert.True(TaskParser.TryParse(completion, "The pump runs.", reachedLimit: false, out ParsedTask? task, out _));
        Assert.Equal(new ParsedTask("What runs?\nThe pump runs.", "The pump"), task);
    }
}
