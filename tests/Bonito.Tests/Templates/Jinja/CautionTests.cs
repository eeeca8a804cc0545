using Bonito.Rows;
using Bonito.Templates.Jinja;

namespace Bonito.Tests.Templates.Jinja;

/// <summary>What rows of real sets bring: each has a stated behaviour (docs/formats.md).</summary>
public sealed class CautionTests
{
    static string Render(string template, params (string Name, object? Value)[] columns) =>
        JinjaTemplate.Parse("test", template).Render(new Row([.. columns.Select(c => c.Name)], [.. columns.Select(c => c.Value)]));

    [Fact]
    public void A_null_prints_as_None_and_is_false() =>
        Assert.Equal("None|no|d|None", Render("{{ x }}|{{ 'yes' if x else 'no' }}|{{ x or 'd' }}|{{ x|default('d') }}", ("x", null)));

    [Fact]
    public void A_missing_column_prints_as_nothing() =>
        Assert.Equal("|no|d", Render("{{ x }}|{{ 'yes' if x else 'no' }}|{{ x|default('d') }}"));

    [Fact]
    public void A_label_of_minus_one_takes_the_last_choice_as_in_Python() =>
        Assert.Equal("C", Render("{{ ['A', 'B', 'C'][label] }}", ("label", -1L)));

    [Fact]
    public void A_guarded_label_of_minus_one_renders_nothing() =>
        Assert.Equal("|||", Render("{% if label >= 0 %}Q{% endif %}|||{% if label >= 0 %}{{ ['A'][label] }}{% endif %}", ("label", -1L)));

    [Fact]
    public void A_label_beyond_the_choices_is_nothing() =>
        Assert.Equal("", Render("{{ ['A', 'B'][label] }}", ("label", 2L)));

    [Fact]
    public void Answer_choices_that_are_missing_are_nothing_or_an_error() =>
        Assert.Contains("'answer_choices' is undefined", Assert.Throws<BonitoException>(() => Render("{{ answer_choices[0] }}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("שלום עולם")]
    [InlineData("مرحبا بالعالم")]
    [InlineData("👩‍👩‍👧‍👦 family 🏳️‍🌈")]
    [InlineData("Übergrößenträger")]
    [InlineData("今日は\u3000良い天気")]
    [InlineData("e\u0301\u0323")]
    [InlineData("half \ud800 pair")]
    public void Text_of_any_script_goes_through_unchanged(string text)
    {
        Assert.Equal($"«{text}» {text}", Render("«{{ text }}» {% for c in text %}{{ c }}{% endfor %}", ("text", text)));
        Assert.Equal(text, Render("{{ text[:3] }}{{ text[3:] }}", ("text", text)));
        Assert.Equal(text, Render("{{ text|reverse|reverse }}", ("text", text)));
    }

    [Fact]
    public void Braces_in_values_are_never_read_as_a_template() =>
        Assert.Equal("{{ secret }}{% if %}", Render("{{ text }}", ("text", "{{ secret }}{% if %}"), ("secret", "x")));

    [Fact]
    public void Very_long_passages_render_whole()
    {
        string passage = string.Concat(Enumerable.Repeat("A long passage of text. ", 100_000));

        Assert.Equal(passage.Trim() + "\nQ", Render("{{ passage|trim }}\n{{ 'Q' }}", ("passage", passage)));
    }

    [Fact]
    public void Columns_hide_functions_of_their_name() =>
        Assert.Equal("5 dict", Render("{{ range }} {{ zip }}", ("range", 5L), ("zip", "dict")));
}
