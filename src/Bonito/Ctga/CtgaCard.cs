using System.Globalization;
using System.Text;
using Bonito.Tasks;

namespace Bonito.Ctga;

/// <summary>The dataset card of a build: front matter that dataset hubs read, then counts, licences and how to build it again.</summary>
internal static class CtgaCard
{
    public static string Of(CtgaSummary summary, CtgaManifest manifest)
    {
        var text = new StringBuilder();
        CtgaSetSummary[] used = [.. summary.Sets.Where(s => s.Written.Count > 0)];
        text.Append(
            $"""
            ---
            language:
            - en
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
                path: train.jsonl
              - split: validation
                path: validation.jsonl
            ---

            # Training set of a Bonito generator

            {Number(summary.Training)} training rows and {Number(summary.Validation)} validation rows. Each row asks the generator for one task
            about one passage: `input` is the prompt, `output` the completion. No passage is in both files.

            | column | meaning |
            | --- | --- |
            | context | the passage |
            | task_input | the task's input; the literal `{BonitoPrompt.ContextPlaceholder}` stands for the passage |
            | task_output | the task's output |
            | dataset | the source set |
            | task_type | short name of the task type |
            | input | generator prompt |
            | output | completion the generator learns to write |

            ## Rows per task type

            | task type | rows |
            | --- | ---: |

            """);
        foreach ((TaskType taskType, long count) in summary.PerTaskType) text.Append(Line($"| {taskType.FullName} | {Number(count)} |"));
        text.Append("\n## Sources and their licences\n\n| set | licence | commercial use | rows | dropped |\n| --- | --- | --- | ---: | ---: |\n");
        foreach (CtgaSetSummary set in used)
        {
            text.Append(Line(
                $"| {set.Name} | {set.Licence} | {(set.Commercial ? "yes" : "no")} | {Number(set.Written.Values.Sum())} | {Number(set.Dropped.Values.Sum())} |"));
        }
        text.Append(Line($"\nThe licence of every source applies to the rows made of it. Why candidates were dropped stands in `manifest.json`."));
        text.Append(
            $"""

            ## How it was built

            By `bonito ctga build` {manifest.Version}, seed {manifest.Options.Seed}, at most {Number(manifest.Options.MaxExamplesPerSet)} rows a set,
            {manifest.Options.TemplatesPerRow} meta-template(s) a row, contexts of at most {Number(manifest.Options.MaxContextLength)} characters{(manifest.Options.CommercialOnly ? ", only sets whose licence allows commercial use" : "")}.

            """);
        return text.ToString();
    }

    static string Line(string text) => text + "\n";

    static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
