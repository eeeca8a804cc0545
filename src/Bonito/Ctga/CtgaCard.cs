using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Bonito.Tasks;

namespace Bonito.Ctga;

/// <summary>The dataset card of a build: front matter that dataset hubs read, then counts, licences and how to build it again.</summary>
internal static class CtgaCard
{
    public static string Of(CtgaManifest manifest)
    {
        var text = new StringBuilder();
        CtgaSetSummary[] used = [.. manifest.Sets.Where(s => s.Written.Count > 0)];
        JsonObject options = manifest.Configuration;
        bool parquet = (string?)options["format"] == "parquet";
        text.Append(
            $"""
            ---
            license: other
            task_categories:
            - text-generation
            tags:
            - bonito
            - conditional-task-generation
            - synthetic
            configs:
            - config_name: default
              data_files:
              - split: train
                path: {(parquet ? "data/train-*.parquet" : "train.jsonl")}
              - split: validation
                path: {(parquet ? "data/validation-*.parquet" : "validation.jsonl")}
            ---

            # Training set of a Bonito generator

            {Number(manifest.Training)} training rows and {Number(manifest.Validation)} validation rows. Each row asks the generator for one task
            about one passage: `input` is the prompt, `output` the completion. No passage is in both splits.

            | column | meaning |
            | --- | --- |
            | context | the passage |
            | task_input | the task's input; the literal `{BonitoPrompt.ContextPlaceholder}` stands for the passage |
            | task_output | the task's output |
            | dataset | the source set |
            | template | the template that was drawn for the row |
            | task_type | short name of the task type |
            | input | generator prompt |
            | output | completion the generator learns to write |

            ## Rows per task type

            | task type | rows |
            | --- | ---: |

            """);
        foreach (TaskType taskType in TaskType.All)
        {
            if (manifest.TaskTypes.TryGetValue(taskType.ShortName, out long count)) text.Append(Line($"| {taskType.FullName} | {Number(count)} |"));
        }
        text.Append("\n## Sources and their licences\n\n| set | licence | commercial use | rows | templates | dropped |\n| --- | --- | --- | ---: | ---: | ---: |\n");
        foreach (CtgaSetSummary set in used)
        {
            text.Append(Line(
                $"| {set.Name} | {set.Licence} | {(set.Commercial ? "yes" : "no")} | {Number(set.Written.Values.Sum())} | {set.Templates.Count(t => t.Written > 0)} | {Number(set.Dropped.Values.Sum())} |"));
        }
        text.Append(
            $"""

            The licence of every source applies to the rows made of it. The rows and drops of every template stand in `manifest.json`;
            `bonito ctga inspect` shows them.

            ## How it was built

            By `bonito ctga build` {manifest.Version}, seed {options["seed"]}, at most {Number((long)options["max_examples"]!)} rows a set, {options["templates_per_row"]} template(s)
            a {((bool)options["per_task_type"]! ? "row and task type" : "row")}, contexts of at most {Number((long)options["max_context_length"]!)} characters{((bool)options["commercial_only"]! ? ", only sets whose licence allows commercial use" : "")}.

            """);
        if (manifest.Overlap is { } overlap)
        {
            text.Append(Line(
                $"Rows that share {WordRuns.Length} consecutive words with {overlap.Files.Count} file(s) of evaluation data ({Number(overlap.Ngrams)} runs of words) were left out: {Number(manifest.Sets.Sum(s => s.Dropped.GetValueOrDefault(DropReason.EvaluationOverlap)))}."));
        }
        return text.ToString();
    }

    static string Line(string text) => text + "\n";

    static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
