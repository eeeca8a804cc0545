using System.Text.Json.Nodes;
using Bonito.Engine.Training;

namespace Bonito.Adaptation;

/// <summary><c>manifest.json</c> of a training run, the last file to be written: where it is, the run is finished.</summary>
/// <param name="Recipe">Which of Bonito's recipes trained.</param>
/// <param name="FinishedAt">When the manifest was written, UTC.</param>
/// <param name="Software">Versions of Bonito, .NET and the system that finished the run.</param>
/// <param name="Configuration">The content of <c>config.json</c>: options, seed, hashes of model and inputs.</param>
/// <param name="TrainingRows">What became of the rows to train on.</param>
/// <param name="ValidationRows">What became of the rows to validate on.</param>
/// <param name="Parameters">Of the model, without an adapter.</param>
/// <param name="TrainableParameters">Values that were trained.</param>
/// <param name="Steps">Optimiser steps made.</param>
/// <param name="BestStep">The step with the smallest validation loss; null where none was measured.</param>
/// <param name="BestValidationLoss">That loss, in nats.</param>
/// <param name="Last">Metrics of the last step.</param>
/// <param name="Result">The folder of what was trained, below the run folder.</param>
/// <param name="Files">SHA-256 of the result's files, by name.</param>
public sealed record AdaptationManifest(
    string Recipe,
    DateTimeOffset FinishedAt,
    IReadOnlyDictionary<string, string> Software,
    JsonObject Configuration,
    RowCounts TrainingRows,
    RowCounts ValidationRows,
    long Parameters,
    long TrainableParameters,
    int Steps,
    int? BestStep,
    double? BestValidationLoss,
    TrainingMetrics? Last,
    string Result,
    IReadOnlyDictionary<string, string> Files);
