using Bonito.Rows;
using Bonito.Templates.Jinja;
using Bonito.Templates.Jinja.Syntax;

namespace Bonito.Tests.Templates.Jinja;

public sealed class TreeTests
{
    static Sequence<Statement> Nodes(string text) => JinjaTemplate.Parse("test", text).Nodes;

    [Theory]
    [InlineData("{{ context }}", "{{context}}")]
    [InlineData("{{ context }}", "{#- a remark -#}{{-\n context   -}}")]
    [InlineData("{{ a.b['c'] | join ( ', ' ) }}", "{{a.b[\"c\"]|join(', ')}}")]
    [InlineData("{% for x in y %}{{ x }}{% endfor %}", "{%for x in y%}{{x}}{%- endfor -%}")]
    [InlineData("{% if a %}b{% elif c %}d{% else %}e{% endif %}", "{%   if a:   %}b{%elif c%}d{%else%}e{%endif%}")]
    [InlineData("{{ (a + 1) * 2 }}", "{{((a)+1)*(2)}}")]
    [InlineData("a{# x #}b", "ab")]
    [InlineData("{% raw %}{{ x }}{% endraw %}", "{{ '{{ x }}' }}", false)]
    [InlineData("{{ a }}", "{{ b }}", false)]
    [InlineData("{{ a + b }}", "{{ b + a }}", false)]
    [InlineData("{{ 1 }}", "{{ 1.0 }}", false)]
    [InlineData("{{ a.b }}", "{{ a['b'] }}", false)]
    [InlineData("{{ a }} ", "{{ a }}", false)]
    [InlineData("{{ f(a, b=1) }}", "{{ f(a, b=2) }}", false)]
    public void Trees_are_equal_when_they_say_the_same(string left, string right, bool equal = true)
    {
        Assert.Equal(equal, Nodes(left).Equals(Nodes(right)));
        if (equal) Assert.Equal(Nodes(left).GetHashCode(), Nodes(right).GetHashCode());
    }

    [Fact]
    public void A_run_is_replaced_wherever_it_stands()
    {
        JinjaTemplate template = JinjaTemplate.Parse("test",
            "{{ a }} {{ b }}.{% if x %}{{ a }} {{b}}{% else %}{% for i in y %}{{a}} {{ b }}!{% endfor %}{% endif %}{% macro m() %}{{ a }} {{ b }}{% endmacro %}{{ a }}{{ b }}");

        Sequence<Statement> changed = template.Nodes.Replace(Nodes("{{a}} {{b}}"), new Text("CONTEXT"), out int found);

        Assert.Equal(4, found);
        Assert.Equal(Nodes("CONTEXT.{% if x %}CONTEXT{% else %}{% for i in y %}CONTEXT!{% endfor %}{% endif %}{% macro m() %}CONTEXT{% endmacro %}{{ a }}{{ b }}"), changed);
        Row row = new(["a", "b", "x", "y"], [1L, 2L, false, new object?[] { 1L, 2L }]);
        Assert.Equal("CONTEXT.CONTEXT!CONTEXT!12", template.WithNodes(changed).Render(row));
        Assert.Equal("1 2.1 2!1 2!12", template.Render(row));
    }

    [Fact]
    public void Braces_in_a_replacement_are_text()
    {
        JinjaTemplate template = JinjaTemplate.Parse("test", "Read {{ passage }} well.");

        Sequence<Statement> changed = template.Nodes.Replace(Nodes("{{passage}}"), new Text("{{context}}"), out int found);

        Assert.Equal((1, "Read {{context}} well."), (found, template.WithNodes(changed).Render(new Row([], []))));
    }

    [Fact]
    public void What_is_not_there_is_not_replaced()
    {
        Sequence<Statement> nodes = Nodes("{{ a }}, {{ b }}");

        Assert.Equal(nodes, nodes.Replace(Nodes("{{ a }} {{ b }}"), new Text("x"), out int found));
        Assert.Equal(0, found);
        Assert.Throws<ArgumentException>(() => nodes.Replace([], new Text("x"), out _));
    }

    [Fact]
    public void A_template_is_rendered_by_many_threads_at_once()
    {
        JinjaTemplate template = JinjaTemplate.Parse("test", "{% for i in range(n) %}{{ i }}{% set x %}{{ loop.index }}{% endset %}{{ x }}{% endfor %}");
        string[] expected = [.. Enumerable.Range(0, 50).Select(Render)];

        Parallel.For(0, 2000, i => Assert.Equal(expected[i % 50], Render(i % 50)));

        string Render(int n) => template.Render(new Row(["n"], [(long)n]));
    }

    [Fact]
    public void The_seed_decides_what_is_chosen()
    {
        JinjaTemplate template = JinjaTemplate.Parse("test", "{{ range(100)|choice }} {{ 'abcdefgh'|random }} {{ range(1000)|random }}");
        Row row = new([], []);

        string[] seeds = [.. Enumerable.Range(0, 50).Select(seed => template.Render(row, new RenderSettings { Seed = (ulong)seed }))];

        Assert.Equal(seeds, Enumerable.Range(0, 50).Select(seed => template.Render(row, new RenderSettings { Seed = (ulong)seed })));
        Assert.InRange(seeds.Distinct().Count(), 49, 50);
    }

    [Fact]
    public void What_is_chosen_is_spread_evenly()
    {
        JinjaTemplate template = JinjaTemplate.Parse("test", "{{ [0, 1, 2]|choice }}");
        Row row = new([], []);

        int[] counts = new int[3];
        for (ulong seed = 0; seed < 3000; seed++) counts[int.Parse(template.Render(row, new RenderSettings { Seed = seed }), System.Globalization.CultureInfo.InvariantCulture)]++;

        Assert.All(counts, count => Assert.InRange(count, 900, 1100));
    }
}
