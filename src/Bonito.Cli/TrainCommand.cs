using System.CommandLine;
using Bonito.Adaptation;
using Bonito.Engine.Training;
using Bonito.Recipes;

namespace Bonito.Cli;

/// <summary><c>bonito train</c>.</summary>
static class TrainCommand
{
    public static Command Create()
    {
        ModelShape shape = new();
        Option<string> data = new("--data", "-d") { Description = "What to learn: a folder of 'bonito ctga build', a folder with train.jsonl and validation.jsonl, or a file; rows with input and output.", Required = true };
        Option<string?> baseModel = new("--base") { Description = $"Model to go on from: {ModelChoice.Values}. Without it a tokenizer and a model are trained from scratch." };
        Option<Method> method = MethodFlag.Create(Method.Full);
        Option<int> vocabulary = new("--vocab-size") { Description = "Tokens of the new tokenizer.", DefaultValueFactory = _ => shape.VocabSize };
        Option<int> hidden = new("--hidden-size") { Description = "Width of the new model.", DefaultValueFactory = _ => shape.HiddenSize };
        Option<int> intermediate = new("--intermediate-size") { Description = "Feed-forward width.", DefaultValueFactory = _ => shape.IntermediateSize };
        Option<int> layers = new("--num-hidden-layers") { Description = "Layers.", DefaultValueFactory = _ => shape.NumHiddenLayers };
        Option<int> heads = new("--num-attention-heads") { Description = "Query heads.", DefaultValueFactory = _ => shape.NumAttentionHeads };
        Option<int> keyHeads = new("--num-key-value-heads") { Description = "Key and value heads.", DefaultValueFactory = _ => shape.NumKeyValueHeads };
        Option<int> window = new("--max-position-embeddings") { Description = "The model's window, in tokens; longer rows are left out and counted.", DefaultValueFactory = _ => shape.MaxPositionEmbeddings };
        Option<float> source = new("--source-loss-weight") { Description = "How much prompt and context count in the loss: 0 target only, 1 everything.", DefaultValueFactory = _ => 0 };
        Option<float> copy = new("--copy-share") { Description = "Extra examples, as a share of the rows, that repeat pieces of a passage: teaches a new model to copy from its prompt.", DefaultValueFactory = _ => 0 };
        Option<float> capitals = new("--capitals-share") { Description = "Share of the rows in whose passage a sentence or everything is written in capital letters, and with it what the task quotes: teaches a model to copy headings and shouted clauses.", DefaultValueFactory = _ => 0 };
        DataFlags rows = new("generator: CTGA's prompts as they are, prompts made of the rows of 'bonito generate'");
        TrainingFlags training = new(TrainingPreset.PaperGenerator, isDefault: false);
        RunFlags run = new();
        Refusals.NotEmpty(data, baseModel);
        Option[] ofShape = [vocabulary, hidden, intermediate, layers, heads, keyHeads, window];
        Command command = new("train", "Train a generator on a CTGA dataset, from scratch or from a model.") { data, run.Output, baseModel, method };
        rows.AddTo(command);
        training.AddTo(command);
        foreach (Option option in (Option[])[.. ofShape, source, copy, capitals]) command.Add(option);
        run.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(baseModel) is null) return;
            foreach (Option option in ofShape.Where(option => result.GetResult(option) is { Implicit: false }))
                result.AddError($"{option.Name} shapes a model from scratch; that of --base has its shape already. Leave out one of them.");
        });
        command.AddExamples(
            "bonito train --data ctga --output run --max-steps 20000 --batch-size 8 --learning-rate 1e-3 --warmup-steps 200",
            "bonito train --data ctga --output tuned --base run/model --max-steps 2000 --lr-scheduler-type Linear",
            "bonito train --data ctga --output adapter --base mistralai/Mistral-7B-v0.1 --method qlora --preset paper");
        command.SetAction(parsed => run.Run(
            parsed,
            new AdaptationOptions
            {
                Data = rows.Read(parsed, parsed.GetValue(data)!, Objective.Instruct) with { CopyShare = parsed.GetValue(copy), CapitalsShare = parsed.GetValue(capitals) },
                OutputFolder = parsed.GetValue(run.Output)!,
                BaseModel = parsed.GetValue(baseModel),
                Method = parsed.GetValue(method),
                Lora = training.ReadLora(parsed),
                Training = training.Read(parsed) with { SourceLossWeight = parsed.GetValue(source) },
                Shape = new ModelShape
                {
                    VocabSize = parsed.GetValue(vocabulary),
                    HiddenSize = parsed.GetValue(hidden),
                    IntermediateSize = parsed.GetValue(intermediate),
                    NumHiddenLayers = parsed.GetValue(layers),
                    NumAttentionHeads = parsed.GetValue(heads),
                    NumKeyValueHeads = parsed.GetValue(keyHeads),
                    MaxPositionEmbeddings = parsed.GetValue(window),
                },
            },
            TrainGenerator.Run));
        return command;
    }
}
