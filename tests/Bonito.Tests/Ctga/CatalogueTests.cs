namespace Bonito.Tests.Ctga;

public sealed class CatalogueTests
{
    [Theory]
    [InlineData("format: parquet\ntasks: [qa]", "unknown format 'parquet'; known: jsonl, json, squad")]
    [InlineData("format: jsonl\nroles: {context: a, premise: b}\ntasks: [qa]", "unknown role 'premise'; known: context, question")]
    [InlineData("format: jsonl\nroles: {context: a}\ntasks: [poetry]", "unknown task type 'poetry'")]
    [InlineData("format: jsonl\nroles: {context: a}", "field 'tasks' is missing or empty")]
    [InlineData("format: jsonl\nroles: {question: a}\ntasks: [qa]", "task type 'qa' has no role 'context'")]
    [InlineData("format: jsonl\nclean: [soap]\nroles: {context: a}\ntasks: [qa]", "unknown cleaning 'soap'")]
    [InlineData("format: jsonl\nrole: {context: a}\ntasks: [qa]", "unknown field 'role'")]
    [InlineData("format: jsonl\nroles: {context: {path: a, value: b}}\ntasks: [qa]", "exactly one of 'path', 'pick', 'value' and 'text'")]
    [InlineData("format: jsonl\nroles: {context: {path: a, match: '(x'}}\ntasks: [qa]", "not a regular expression")]
    [InlineData("format: jsonl\nroles: {context: {path: a, match: 'x'}}\ntasks: [qa]", "needs a group")]
    [InlineData("format: jsonl\nroles: {context: {pick: a, from: one}}\ntasks: [qa]", "expected a whole number, got 'one'")]
    [InlineData("format: jsonl\nroles: {context: a}\ntasks: {qa: {when: {label: x}}}", "unknown field 'when'")]
    [InlineData("format: text\ntasks: [qa]", "remove 'roles' and 'tasks'")]
    public void A_mistake_in_a_part_is_named_with_its_set(string part, string expected)
    {
        using var folder = new CtgaFolder();

        var e = Assert.Throws<BonitoException>(() => CtgaFolder.Run(folder.Options("files: [a]\n" + part)));

        Assert.Contains("catalogue.yaml:", e.Message, StringComparison.Ordinal);
        Assert.Contains("set 'mine'", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sets: []", "the list 'sets' is empty")]
    [InlineData("set: []", "field 'sets' is missing")]
    [InlineData("sets:\n  - {name: a, licence: b, commercial: perhaps, parts: []}", "expected true or false, got 'perhaps'")]
    [InlineData("sets:\n  - {name: a, commercial: true, parts: []}", "catalogue.yaml:2: set 'a': field 'licence' is missing")]
    [InlineData("sets:\n  - {name: a, licence: b, commercial: true, parts: []}\n  - {name: a, licence: b, commercial: true, parts: []}", "the name is used twice")]
    public void A_mistake_in_a_set_is_named(string yaml, string expected)
    {
        using var folder = new CtgaFolder();

        var e = Assert.Throws<BonitoException>(() => CtgaFolder.Run(folder.Catalogue(yaml)));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catalogue_that_is_not_there_is_named()
    {
        using var folder = new CtgaFolder();

        var e = Assert.Throws<BonitoException>(() =>
            CtgaFolder.Run(folder.Catalogue("sets: []") with { CatalogueFile = "nowhere.yaml" }));

        Assert.StartsWith("nowhere.yaml: cannot be read", e.Message, StringComparison.Ordinal);
    }
}
