using Bonito.Engine.Models;
using Bonito.Engine.Tokenizers;
using Bonito.Engine.Training;
using Bonito.Rows;

namespace Bonito.Adaptation;

/// <summary>Training data as the trainer takes it.</summary>
/// <param name="Training">What is learned.</param>
/// <param name="Validation">What the loss is measured on; its passages are in no training example where it was held out.</param>
/// <param name="Probes">Validation rows for samples of what the model writes: some of each task type.</param>
/// <param name="TrainingRows">What became of the rows to train on.</param>
/// <param name="ValidationRows">What became of the rows to validate on.</param>
/// <param name="HeldOut">Whether the validation rows were taken from the training rows.</param>
public sealed record TrainingData(
    IReadOnlyList<TrainingExample> Training, IReadOnlyList<TrainingExample> Validation, IReadOnlyList<Probe> Probes, RowCounts TrainingRows, RowCounts ValidationRows, bool HeldOut)
{
    /// <summary>Reads and encodes rows.</summary>
    /// <exception cref="BonitoException">A file or row is not as it should be, or nothing is left to learn.</exception>
    public static TrainingData Read(
        TrainingFiles files, DataOptions options, Tokenizer tokenizer, LlamaConfig config, PromptFormat? format, ChatTemplate? template, int seed, CancellationToken cancellation)
    {
        RowSet training = RowSet.Read(files.Training, options, Encoder(), options.CapitalsShare, seed, int.MaxValue, cancellation);
        if (training.Examples.Count == 0)
            throw new BonitoException($"{files.Training[0].Name} has no row to learn from: of {training.Counts.Read} rows {Reasons(training.Counts)}. The model's window has {config.MaxPositionEmbeddings} tokens.");
        RowSet validation;
        bool heldOut = files.Validation.Count == 0;
        if (heldOut) (training, validation) = training.Split(options.ValidationShare, options.ValidationExamples);
        else validation = RowSet.Read(files.Validation, options, Encoder(), 0, seed, options.ValidationExamples, cancellation);
        if (options.Validation is not null && validation.Examples.Count == 0)
            throw new BonitoException($"{files.Validation[0].Name} has no row to validate on: of {validation.Counts.Read} rows {Reasons(validation.Counts)}. Name another file, or none to hold training rows out.");
        List<TrainingExample> examples = [.. training.Examples.Select(entry => entry.Example)];
        examples.AddRange(CopyPieces.Make(examples, options.CopyShare, seed, config.MaxPositionEmbeddings, tokenizer.Beginning.Count));
        return new TrainingData(examples, [.. validation.Examples.Select(entry => entry.Example)], Probe.Choose(validation, options.Objective), training.Counts, validation.Counts, heldOut && validation.Examples.Count > 0);

        ExampleEncoder Encoder() => new(tokenizer, config, format, template, options);
    }

    static string Reasons(RowCounts counts) =>
        counts.LeftOut.Count == 0 ? "none" : string.Join(", ", counts.LeftOut.Select(reason => $"{reason.Value} {RowCounts.Describe(reason.Key)}"));
}
