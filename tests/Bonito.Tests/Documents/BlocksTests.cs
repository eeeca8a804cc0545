using Bonito.Documents;

namespace Bonito.Tests.Documents;

public sealed class BlocksTests
{
    static string[] Split(string text) =>
        [.. Blocks.Split(text).Select(b => $"{b.Kind}{(b.LeadsOn ? ">" : "")} {b.Parts.Count} {text[b.Start..b.End].ReplaceLineEndings("|")}")];

    [Fact]
    public void Markdown_is_read_as_headings_paragraphs_lists_code_and_tables() => Assert.Equal(
        [
            "Heading> 1 # Title",
            "Paragraph 1 One line|and another.",
            "Heading> 1 Underlined|====",
            "Paragraph> 1 The parts are:",
            "List 3 - a|- b|  more of b||- c",
            "Lines 3 ```sh|run||```",
            "Lines 2 | a | b ||| 1 | 2 |",
            "Paragraph 1 The end.",
        ],
        Split("# Title\nOne line\nand another.\n\nUnderlined\n====\nThe parts are:\n\n- a\n- b\n  more of b\n\n- c\n\n```sh\nrun\n\n```\n| a | b |\n| 1 | 2 |\n\nThe end.\n"));

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void All_line_ends_are_read_alike(string lineEnd) => Assert.Equal(
        ["Heading> 1 SCOPE", "Paragraph 1 It covers|all.", "List 2 (a) one;|(b) two."],
        Split("  SCOPE\n\nIt covers\nall.\n\n(a) one;\n(b) two.".ReplaceLineEndings(lineEnd)));

    [Fact]
    public void Numbered_headings_of_plain_text_lead_on_and_numbered_clauses_do_not() => Assert.Equal(
        [
            "Heading> 1 2. Fees",
            "List 2 (a) monthly;||(b) yearly.",
            "Heading> 1 3. Term",
            "Paragraph 1 It starts now.",
            "List 2 4. It ends then.||5. Nothing is owed.",
        ],
        Split("2. Fees\n\n(a) monthly;\n\n(b) yearly.\n\n3. Term\n\nIt starts now.\n\n4. It ends then.\n\n5. Nothing is owed."));

    [Fact]
    public void A_number_at_the_start_of_a_wrapped_line_starts_no_list() => Assert.Equal(
        ["Paragraph 1 It was built in|1984. It still stands."],
        Split("It was built in\n1984. It still stands."));

    [Fact]
    public void An_unclosed_fence_goes_to_the_end() => Assert.Equal(["Lines 3 ```|a|# b"], Split("```\na\n# b\n\n"));

    [Fact]
    public void Blank_text_has_no_blocks() => Assert.Empty(Split(" \r\n\t\u3000\n\n"));
}
