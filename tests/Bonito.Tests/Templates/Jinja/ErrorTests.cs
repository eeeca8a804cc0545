using Bonito.Rows;
using Bonito.Templates.Jinja;

namespace Bonito.Tests.Templates.Jinja;

public sealed class ErrorTests
{
    static readonly Row Row = new(["text", "items", "inner"], ["abc", new object?[] { 1L, 2L }, new Row(["a"], [1L])]);

    static string Message(string template, JinjaSyntax? syntax = null) =>
        Assert.Throws<BonitoException>(() => JinjaTemplate.Parse("t.jinja", template, syntax).Render(Row)).Message;

    [Theory]
    [InlineData("a\nb {{ missing.x }}", "t.jinja:2:6: 'missing.x': 'missing' is undefined.")]
    [InlineData("{{ text + 1 }}", "t.jinja:1:4: 'text + 1': '+' cannot be applied to a str and a int.")]
    [InlineData("{% if text %}\n  {{ items | nope }}\n{% endif %}", "t.jinja:2:6: 'items | nope': there is no filter 'nope'; filters: abs,")]
    [InlineData("{{ items is nope }}", "t.jinja:1:4: 'items is nope': there is no test 'nope'; tests: !=,")]
    [InlineData("{{ text", "t.jinja:1:1: '{{': the tag has no end; expected '}}'.")]
    [InlineData("x\n{% if text %}y", "t.jinja:2:4: 'if': the block has no end; expected '{% elif %}' or '{% else %}' or '{% endif %}'.")]
    [InlineData("{% for x in %}{% endfor %}", "t.jinja:1:13: '%}': expected an expression, got '%}'.")]
    [InlineData("{{ (1, 2] }}", "t.jinja:1:9: ']': expected ')'.")]
    [InlineData("{{ 'abc }}", "t.jinja:1:4: ''': the string has no end; expected another '.")]
    [InlineData("{{ text ? 1 }}", "t.jinja:1:9: '?': no expression contains this character outside of strings.")]
    [InlineData("{% endif %}", "t.jinja:1:4: 'endif': unknown tag; no block is open here, and the tags are: if, for,")]
    [InlineData("{% for i in items %}{% endif %}{% endfor %}", "the innermost open block awaits 'endfor' or 'else'")]
    [InlineData("{{ items|join(x=1) }}", "'join' has no parameter 'x'; it takes value, d, attribute.")]
    [InlineData("{{ items|replace('a') }}", "'replace' needs a value for 'new'; it takes s, old, new, count.")]
    [InlineData("{{ items|first(1, 2) }}", "'first' got 3 values, it takes at most 1: seq.")]
    [InlineData("{% for a, b in items %}{% endfor %}", "expected a list, a text or a dictionary, got a int.")]
    [InlineData("{{ items|map('upper') }}", "a generator cannot be printed; use the filter 'list' or 'join' before.")]
    [InlineData("{{ text.upper }}", "a function cannot be printed; call it with parentheses.")]
    [InlineData("{{ 9223372036854775807 + 1 }}", "the number does not fit 64 bits")]
    [InlineData("{{ 9223372036854775808 }}", "t.jinja:1:4: '9223372036854775808': the number is too large")]
    [InlineData("{{ 2 ** 64 }}", "does not fit 64 bits")]
    [InlineData("{{ '99999999999999999999'|int }}", "does not fit 64 bits")]
    public void Errors_say_where_and_what(string template, string message) => Assert.Contains(message, Message(template), StringComparison.Ordinal);

    [Theory]
    [InlineData("{% include 'x' %}")]
    [InlineData("{% extends 'x' %}")]
    [InlineData("{% import 'x' as y %}")]
    [InlineData("{% from 'x' import y %}")]
    [InlineData("{% block a %}{% endblock %}")]
    [InlineData("{% autoescape true %}{% endautoescape %}")]
    public void Tags_that_need_other_templates_are_refused(string template) => Assert.Contains("is not supported", Message(template), StringComparison.Ordinal);

    [Theory]
    [InlineData("{{ self.title() }}", "a template stands alone here")]
    [InlineData("{{ lipsum() }}", "'lipsum' makes random text")]
    [InlineData("{{ text.__class__ }}", "names that begin with two underscores")]
    [InlineData("{{ text['__class__'] }}", "names that begin with two underscores")]
    [InlineData("{{ text.__class__.__mro__ }}", "names that begin with two underscores")]
    [InlineData("{{ text.format(1) }}", "the attribute 'format' of a str is not supported")]
    [InlineData("{{ (1).real }}", "the attribute 'real' of a int is not supported")]
    [InlineData("{{ '\\N{DASH}' }}", "characters cannot be written by name")]
    [InlineData("{{ items.append(3) }}", "a list of the row cannot be changed")]
    [InlineData("{{ inner.update(b=3) }}", "a dictionary of the row cannot be changed")]
    [InlineData("{% break %}", "unknown tag")]
    [InlineData("{{ raise_exception('x') }}", "'raise_exception' is undefined")]
    public void What_is_not_supported_is_an_error(string template, string message) => Assert.Contains(message, Message(template), StringComparison.Ordinal);

    [Fact]
    public void Chat_templates_raise_their_own_errors()
    {
        Assert.Equal("t.jinja:1:4: 'raise_exception('roles ' ~ 1)': the template raises: roles 1", Message("{{ raise_exception('roles ' ~ 1) }}", JinjaSyntax.Chat));
        Assert.Contains("there is no loop around it", Message("{% break %}", JinjaSyntax.Chat), StringComparison.Ordinal);
        Assert.Contains("chat templates cannot change lists", Message("{% set l = [] %}{{ l.append(1) }}", JinjaSyntax.Chat), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_other_types_are_refused()
    {
        BonitoException e = Assert.Throws<BonitoException>(() =>
            JinjaTemplate.Parse("t", "{{ x }}").Render(new Dictionary<string, object?> { ["x"] = new Uri("http://a") }));

        Assert.Contains("a value of the .NET type Uri", e.Message, StringComparison.Ordinal);
    }
}
