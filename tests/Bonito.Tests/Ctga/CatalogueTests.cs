using Bonito.Ctga;

namespace Bonito.Tests.Ctga;

public sealed class CatalogueTests
{
    const string Part = "parts: [{files: [a], format: jsonl}]\n";

    [Theory]
    [InlineData("parts: [{files: [a], format: excel}]\ncontext: x", "unknown format 'excel'; known: auto, jsonl, json")]
    [InlineData("parts: [{format: csv}]\ncontext: x", "field 'files' is missing or empty")]
    [InlineData("parts: [{files: [a], format: csv, encoding: utf-16}]\ncontext: x", "expected utf-8 or latin-1, got 'utf-16'")]
    [InlineData("parts: [{files: [a], format: jsonl, clean: [soap]}]\ncontext: x", "unknown cleaning 'soap'")]
    [InlineData("parts: [{files: [a], format: jsonl, column: {}}]\ncontext: x", "unknown field 'column'")]
    [InlineData("parts: [{files: [a], format: jsonl, columns: {x: 'a ++'}}]\ncontext: x", "'x':1:")]
    [InlineData("parts: [{files: [a], format: jsonl, columns: {x: '{{ a }}'}}]\ncontext: x", "'x'")]
    [InlineData("parts: [{files: [a], format: jsonl, columns: {x: 'a | nosuch'}}]\ncontext: x", "nosuch")]
    [InlineData(Part + "roles: {context: a, premise: b}\ntasks: [qa]", "unknown role 'premise'; known: context, question")]
    [InlineData(Part + "roles: {context: a}\ntasks: [poetry]", "unknown task type 'poetry'")]
    [InlineData(Part + "roles: {question: a}\ntasks: [qa]", "needs the role 'context'")]
    [InlineData(Part + "roles: {context: a}\ntasks: {qa: 'x =='}", "'qa':1:")]
    [InlineData(Part + "templates: {poetry: [a]}", "unknown task type 'poetry'")]
    [InlineData(Part + "templates: {qa: [a], qg: [a]}", "the template 'a' is named twice")]
    [InlineData(Part + "licence_url: x", "unknown field 'licence_url'")]
    [InlineData(Part, "no template could be used")]
    [InlineData("parts: [{files: [a], format: text}]\nroles: {context: a}\ntasks: [qa]", "remove 'roles' and 'tasks'")]
    public void A_mistake_is_named_with_its_set(string set, string expected)
    {
        using var folder = new BuildFolder();

        var e = Assert.Throws<BonitoException>(() => BuildFolder.Run(folder.Options(set.TrimEnd('\n'))));

        Assert.Contains("catalogue.yaml:", e.Message, StringComparison.Ordinal);
        Assert.Contains("set 'mine'", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sets: []", "the list 'sets' is empty")]
    [InlineData("set: []", "field 'sets' is missing")]
    [InlineData("sets:\n  - {name: a, licence: b, commercial: perhaps, parts: []}", "expected true or false, got 'perhaps'")]
    [InlineData("sets:\n  - {name: a, commercial: true, parts: []}", "catalogue.yaml:2: set 'a': field 'licence' is missing")]
    [InlineData("sets:\n  - {name: a, licence: b, commercial: true, context: x}\n  - {name: a, licence: b, commercial: true, context: x}", "the name is used twice")]
    [InlineData("sets:\n  - {name: a/b, licence: b, commercial: true, context: x}", "must do as a file's name")]
    public void A_mistake_in_a_set_is_named(string yaml, string expected)
    {
        using var folder = new BuildFolder();

        var e = Assert.Throws<BonitoException>(() => BuildFolder.Run(folder.Catalogue(yaml)));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catalogue_that_is_not_there_is_named()
    {
        using var folder = new BuildFolder();

        var e = Assert.Throws<BonitoException>(() => BuildFolder.Run(folder.Catalogue("sets: []") with { CatalogueFile = "nowhere.yaml" }));

        Assert.StartsWith("nowhere.yaml: cannot be read", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_set_that_ships_has_a_licence_and_something_to_be_made_of()
    {
        Catalogue catalogue = Catalogue.Load();

        Assert.All(catalogue.Sets, set =>
        {
            Assert.NotEmpty(set.Licence);
            Assert.True(set.Tasks.Count + set.TemplateTaskTypes.Count > 0 || set.Parts.Any(p => p.Documents is not null), set.Name);
        });
    }
}
