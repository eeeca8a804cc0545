using Bonito.Ctga;
using Bonito.Recipes;

namespace Bonito.Tests.Ctga;

public sealed class InspectCtgaTests : IDisposable
{
    readonly BuildFolder folder = new();

    public void Dispose() => folder.Dispose();

    CtgaOptions Options()
    {
        folder.Write("rows.jsonl", "{\"text\": \"A passage of text.\", \"q\": \"Is it?\", \"hint\": null}\n{\"text\": \"Another passage.\", \"q\": \"\", \"hint\": null}");
        string templates = folder.Templates(
            """
            dataset: mine
            templates:
              - {name: good, task_type: qg, jinja: "{{ text }}|||{{ q }}"}
              - {name: hinted, task_type: qg, jinja: "{{ text }} {{ hint }}|||{{ q }}"}
              - {name: blind, task_type: qg, jinja: "Ask.|||{{ q }}"}
            """);
        return folder.Options("context: '{{text}}'\nparts: [{files: [rows.jsonl], format: jsonl}]") with { Templates = [templates] };
    }

    [Fact]
    public void A_build_can_be_looked_into()
    {
        CtgaSummary built = BuildFolder.Run(Options());

        CtgaSummary summary = InspectCtga.Summary(folder.Output);

        Assert.Equal((built.Training, built.Validation), (summary.Training, summary.Validation));
        Assert.Equal([new RefusedTemplate("blind", "the passage, {{text}}, is not in it")], summary.Sets[0].Refused);
        Assert.Equal(1, summary.Sets[0].Templates.Single(t => t.Name == "good").Dropped[DropReason.EmptyText]);
        Assert.Equal(("A passage of text.", "good", "qg"), InspectCtga.Rows(folder.Output).Select(r => (r.Context, r.Template, r.TaskType)).Single());
    }

    [Fact]
    public void Templates_can_be_tried_without_building()
    {
        SetTrial trial = Assert.Single(InspectCtga.Try(Options(), 100, TestContext.Current.CancellationToken));

        Assert.Equal((2, "blind"), (trial.RowsTried, Assert.Single(trial.Refused).Name));
        Assert.Equal(["good", "hinted"], trial.Templates.Select(t => t.Name));
        Assert.Equal(("{{context}}", "Is it?"), (trial.Templates[0].Example!.TaskInput, trial.Templates[0].Example!.TaskOutput));
        Assert.Equal(["hint", "q", "text"], trial.Templates[1].Reads);
        Assert.Null(trial.Templates[1].Example);
        Assert.False(Directory.Exists(folder.Output));
    }

    [Fact]
    public void The_run_of_another_command_is_called_one()
    {
        File.WriteAllText(Path.Combine(folder.Root, "config.json"), """{"recipe": "generate"}""");
        File.WriteAllText(Path.Combine(folder.Root, "manifest.json"), """{"files": [], "task_types": []}""");

        var e = Assert.Throws<BonitoException>(() => InspectCtga.Summary(folder.Root));

        Assert.Equal($"{folder.Root} is a run of 'bonito generate', not of 'bonito ctga build'. Name the folder of a training set.", e.Message);
    }

    [Fact]
    public void A_folder_without_a_finished_build_is_named()
    {
        var e = Assert.Throws<BonitoException>(() => InspectCtga.Summary(folder.Root));

        Assert.Contains("no finished training set is here", e.Message, StringComparison.Ordinal);
    }
}
