using System.Diagnostics;
using Bonito.Rows;
using Bonito.Templates.Jinja;

namespace Bonito.Tests.Templates.Jinja;

/// <summary>Templates are untrusted: whatever they try ends soon, in an error.</summary>
public sealed class LimitTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("{% for i in range(10**9) %}{% endfor %}", "steps")]
    [InlineData("{% for i in range(10**5) %}{% for j in range(10**5) %}x{% endfor %}{% endfor %}", "steps")]
    [InlineData("{{ range(10**9)|list|length }}", "steps")]
    [InlineData("{{ range(10**9)|sum }}", "steps")]
    [InlineData("{{ range(10**9)|join }}", "steps")]
    [InlineData("{{ range(10**9)|map('string')|list }}", "steps")]
    [InlineData("{{ range(10**9)|select('odd')|first }}", "")]
    [InlineData("{{ range(10**18) }}", "supported")]
    [InlineData("{{ 'x' in range(10**9) }}", "steps")]
    [InlineData("{{ [0] * 10**9 }}", "steps")]
    [InlineData("{{ (0,) * 10**18 }}", "steps")]
    [InlineData("{{ 'a' * 10**9 }}", "characters")]
    [InlineData("{{ 'a' * 10**18 }}", "characters")]
    [InlineData("{{ '%1000000000d' % 1 }}", "characters")]
    [InlineData("{{ '%.1000000000f' % 1 }}", "digits")]
    [InlineData("{{ '%.*d' % (10**9, 1) }}", "characters")]
    [InlineData("{{ 'a'|center(10**9) }}", "characters")]
    [InlineData("{{ 'a'.ljust(10**12) }}", "characters")]
    [InlineData("{{ 'a'.zfill(10**12) }}", "characters")]
    [InlineData("{{ 'a'|indent(10**12) }}", "characters")]
    [InlineData("{{ [1]|tojson(10**9) }}", "characters")]
    [InlineData("{{ [1]|batch(10**9, 0)|list }}", "steps")]
    [InlineData("{{ [1]|slice(10**9)|list }}", "steps")]
    [InlineData("{% set s = 'a' * 10**6 %}{{ s|replace('a', s) }}", "characters")]
    [InlineData("{% set s = 'a' * 10**6 %}{{ s.split('a')|length }}{{ s.split('a')|length }}", "steps")]
    [InlineData("{% set s = 'a' * 10**6 %}{{ s.join(s) }}", "characters")]
    [InlineData("{% set ns = namespace(s='a') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}", "characters")]
    [InlineData("{% set ns = namespace(s='a') %}{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "characters")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}", "steps")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}", "steps")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}", "steps")]
    [InlineData("{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}{% endfor %}{{ ns.a == ns.b }}", "steps")]
    [InlineData("{% set ns = namespace(a=(1,), b=(1,)) %}{% for i in range(60) %}{% set ns.a = (ns.a, ns.a) %}{% set ns.b = (ns.b, ns.b) %}{% endfor %}{{ {ns.a: 1}[ns.b] }}", "too large")]
    [InlineData("{% set ns = namespace(a=(1,)) %}{% for i in range(9000) %}{% set ns.a = (ns.a,) %}{% endfor %}{{ {ns.a: 1}|length }}", "too large")]
    [InlineData("{% set l = [] %}{% set _ = l.append(l) %}{{ l }}", "levels")]
    [InlineData("{% set l = [] %}{% set _ = l.append(l) %}{{ l|tojson }}", "levels")]
    [InlineData("{% set l = [] %}{% set _ = l.append(l) %}{% set m = [] %}{% set _ = m.append(m) %}{{ l == m }}", "levels")]
    [InlineData("{% set l = [] %}{% set _ = l.append(l) %}{% set m = [] %}{% set _ = m.append(m) %}{{ l < m }}", "levels")]
    [InlineData("{% set l = [1] %}{% for i in l %}{% set _ = l.append(i) %}{% endfor %}", "steps")]
    [InlineData("{% set l = [1] %}{{ l.extend(l) }}{% for i in range(60) %}{% set _ = l.extend(l) %}{% endfor %}", "steps")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "levels")]
    [InlineData("{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}", "levels")]
    [InlineData("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}", "steps")]
    [InlineData("{% macro a() %}{{ caller() }}{% endmacro %}{% macro b() %}{% call a() %}{{ b() }}{% endcall %}{% endmacro %}{{ b() }}", "levels")]
    [InlineData("{% set ns = namespace() %}{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", "levels")]
    [InlineData("{{ 2 ** 10**9 }}", "64 bits")]
    [InlineData("{{ 2.0 ** (10**9) }}", "too large")]
    [InlineData("{{ 1|round(10**15) }}{{ 1.5|round(-10**15) }}{{ 1.5|round(10**15) }}", "")]
    [InlineData("{{ range(-9223372036854775807, 9223372036854775807, 9223372036854775807)[::9223372036854775807] }}", "64 bits")]
    [InlineData("{{ 'abc'[9223372036854775807::-9223372036854775807] }}{{ 'abc'[::9223372036854775807] }}{{ [1, 2][-9223372036854775807:] }}", "")]
    public void Hostile_templates_end_soon(string template, string expected)
    {
        Stopwatch watch = Stopwatch.StartNew();
        JinjaTemplate parsed = JinjaTemplate.Parse("hostile", template);
        Row row = new([], []);

        if (expected.Length == 0) parsed.Render(row);
        else Assert.Contains(expected, Assert.Throws<BonitoException>(() => parsed.Render(row)).Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Patience);
    }

    public static TheoryData<string> Towers => [
        new string('(', 20_000) + "1" + new string(')', 20_000),
        new string('[', 20_000) + new string(']', 20_000),
        string.Concat(Enumerable.Repeat("{'a':", 20_000)) + "1" + new string('}', 20_000),
        new string('-', 20_000) + "1",
        string.Concat(Enumerable.Repeat("not ", 20_000)) + "1",
        string.Join('+', Enumerable.Repeat("1", 20_000)),
        string.Join(" and ", Enumerable.Repeat("1", 20_000)),
        string.Join(" or ", Enumerable.Repeat("0", 20_000)),
        string.Join("**", Enumerable.Repeat("1", 20_000)),
        "x" + string.Concat(Enumerable.Repeat(".y", 20_000)),
        "x" + string.Concat(Enumerable.Repeat("[0]", 20_000)),
        "x" + string.Concat(Enumerable.Repeat("()", 20_000)),
        "x" + string.Concat(Enumerable.Repeat("|list", 20_000)),
        string.Concat(Enumerable.Repeat("1 if 1 else ", 20_000)) + "1",
        "1" + string.Concat(Enumerable.Repeat(" if 1", 20_000)),
        string.Concat(Enumerable.Repeat("f(", 20_000)) + new string(')', 20_000),
        string.Concat(Enumerable.Repeat("(1+1+1+", 20_000)) + "1" + new string(')', 20_000)];

    [Theory]
    [MemberData(nameof(Towers), DisableDiscoveryEnumeration = true)]
    public void Towers_of_expressions_are_refused(string expression) =>
        Assert.Contains("nested too deep", Assert.Throws<BonitoException>(() => JinjaTemplate.Parse("tower", "{{ " + expression + " }}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{% if 1 %}", "{% endif %}")]
    [InlineData("{% for i in [1] %}", "{% endfor %}")]
    [InlineData("{% if 1 %}{% else %}", "{% endif %}")]
    [InlineData("{% set x %}", "{% endset %}")]
    [InlineData("{% filter upper %}", "{% endfilter %}")]
    [InlineData("{% with %}", "{% endwith %}")]
    [InlineData("{% macro m() %}", "{% endmacro %}")]
    public void Towers_of_blocks_are_refused(string begin, string end)
    {
        string tower = string.Concat(Enumerable.Repeat(begin, 20_000)) + "x" + string.Concat(Enumerable.Repeat(end, 20_000));

        Assert.Contains("nested too deep", Assert.Throws<BonitoException>(() => JinjaTemplate.Parse("tower", tower)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_highest_tower_that_is_allowed_renders_within_the_deepest_recursion_on_a_small_stack()
    {
        string high = string.Concat(Enumerable.Repeat("not ", 40)) + "m(n + 1)";
        string text = "{% macro m(n) %}" + string.Concat(Enumerable.Repeat("{% if 1 %}", 45)) + "{{ " + high + " }}" + string.Concat(Enumerable.Repeat("{% endif %}", 45)) + "{% endmacro %}{{ m(1) }}";
        JinjaTemplate template = JinjaTemplate.Parse("tower", text);
        string message = "";
        Thread thread = new(() => message = Assert.Throws<BonitoException>(() => template.Render(new Row([], []))).Message, maxStackSize: 256 * 1024);

        thread.Start();
        thread.Join();

        Assert.Contains("levels", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Templates_have_a_bounded_length_and_number_of_names()
    {
        string names = string.Concat(Enumerable.Range(0, 1001).Select(i => $"{{{{ n{i} }}}}"));

        Assert.Contains("more than 1,000 names", Assert.Throws<BonitoException>(() => JinjaTemplate.Parse("t", names)).Message, StringComparison.Ordinal);
        Assert.Contains("at most 1,048,576", Assert.Throws<BonitoException>(() => JinjaTemplate.Parse("t", new string('a', 2_000_000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_texts_of_the_row_cost_nothing_until_they_are_copied()
    {
        Row row = new(["passage"], [new string('a', 40_000_000)]);

        Assert.Equal("40000000", JinjaTemplate.Parse("t", "{{ passage|length }}").Render(row));
        Assert.Throws<BonitoException>(() => JinjaTemplate.Parse("t", "{{ passage }}").Render(row));
        Assert.Equal(40_000_000, JinjaTemplate.Parse("t", "{{ passage }}").Render(row, new RenderSettings { MaxCharacters = 60_000_000 }).Length);
    }

    [Fact]
    public void Looking_for_a_part_takes_time_that_grows_with_the_text_only()
    {
        Row row = new(["hay", "needle"], [new string('a', 4_000_000), new string('a', 2_000_000) + "b"]);
        Stopwatch watch = Stopwatch.StartNew();

        Assert.Equal("False -1 0", JinjaTemplate.Parse("t", "{{ needle in hay }} {{ hay.find(needle) }} {{ hay.count(needle) }}").Render(row));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Patience);
    }
}
