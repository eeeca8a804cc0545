using System.CommandLine;
using Bonito.Adaptation;
using Bonito.Engine.Training;
using Bonito.Recipes;

namespace Bonito.Cli;

/// <summary><c>bonito adapt</c>.</summary>
static class AdaptCommand
{
    public static Command Create()
    {
        Option<string> dataset = new("--dataset", "-d") { Description = "What to learn: the run folder of 'bonito generate'; a file of rows (.jsonl, .json, .parquet, .csv, .tsv, .arrow: input and output, alpaca, messages); a folder with train.jsonl or the like and perhaps validation.jsonl; for tapt also a file or a folder of texts (.txt, .md).", Required = true };
        Option<string> baseModel = new("--base") { Description = $"The target model: {ModelChoice.Values}.", Required = true };
        Option<Objective> objective = new("--objective") { Description = "instruct: answer the tasks; tapt: go on with the raw contexts, the baseline.", HelpName = "instruct|tapt", DefaultValueFactory = _ => Objective.Instruct };
        Option<Method> method = MethodFlag.Create(Method.Lora);
        DataFlags rows = new("mistral for Mistral-Instruct, chat for models with a chat template, else instruct");
        TrainingFlags training = new(TrainingPreset.PaperAdaptation, isDefault: true);
        RunFlags run = new();
        Refusals.NotEmpty(dataset, baseModel);
        Refusals.AllButNames<Objective>(objective);
        Command command = new("adapt", "Adapt a target model to a domain: on generated tasks, or on the raw contexts.") { dataset, baseModel, run.Output, objective, method };
        rows.AddTo(command);
        training.AddTo(command);
        run.AddTo(command);
        command.AddExamples(
            "bonito adapt --dataset bonito-out --base HuggingFaceTB/SmolLM2-135M --output adapted",
            "bonito adapt --dataset bonito-out --base mistral-7b --method qlora --output adapted --dry-run",
            "bonito adapt --dataset bonito-out --base mistral-7b --objective tapt --output baseline");
        command.SetAction(parsed => run.Run(
            parsed,
            new AdaptationOptions
            {
                Data = rows.Read(parsed, parsed.GetValue(dataset)!, parsed.GetValue(objective)),
                OutputFolder = parsed.GetValue(run.Output)!,
                BaseModel = parsed.GetValue(baseModel)!,
                Method = parsed.GetValue(method),
                Lora = training.ReadLora(parsed),
                Training = training.Read(parsed),
            },
            Adapt.Run));
        return command;
    }
}
