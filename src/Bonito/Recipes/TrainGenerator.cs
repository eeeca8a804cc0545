using System.Text.Json;
using Bonito.Datasets;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;
using Bonito.Engine.Training;
using Bonito.Rows;

namespace Bonito.Recipes;

/// <summary>The shape of a model trained from scratch, named as in <c>config.json</c>.</summary>
public sealed record ModelShape
{
    public int VocabSize { get; init; } = 8192;

    public int HiddenSize { get; init; } = 256;

    public int IntermediateSize { get; init; } = 688;

    public int NumHiddenLayers { get; init; } = 6;

    public int NumAttentionHeads { get; init; } = 4;

    public int NumKeyValueHeads { get; init; } = 4;

    public int MaxPositionEmbeddings { get; init; } = 1024;
}

/// <summary>What to train on, what, and where to.</summary>
/// <param name="DataFolder"><c>train.jsonl</c> or <c>data/train-*.parquet</c> and, where there are any, those of <c>validation</c>: rows with input and output.</param>
/// <param name="OutputFolder">The run folder; the model is written to its folder <c>model</c>.</param>
/// <param name="BaseFolder">A model to go on from; null trains one from scratch, with a tokenizer of its own.</param>
/// <param name="Shape">Of a model from scratch.</param>
/// <param name="ValidationExamples">At most so many are used.</param>
/// <param name="CopyShare">
/// Extra examples, as a share of the rows, in which a piece of a row stands twice and the second time is the target. A small model
/// that starts from nothing finds out much sooner that words of its prompt come again, which is what tasks about a passage need.
/// </param>
/// <param name="Threads">Null takes all processors.</param>
public sealed record TrainGeneratorOptions(
    string DataFolder, string OutputFolder, string? BaseFolder, ModelShape Shape, TrainingOptions Training, int ValidationExamples = 400, float CopyShare = 0, int? Threads = null);

/// <summary>How a training run ended.</summary>
/// <param name="Examples">Used for training.</param>
/// <param name="TooLong">Rows left out because they do not fit the window, of both files.</param>
/// <param name="Last">Metrics of the last step made now; null where none was.</param>
public sealed record TrainGeneratorSummary(string ModelFolder, long Parameters, int Examples, int TooLong, int Steps, bool Finished, TrainingMetrics? Last);

/// <summary>Trains a generator: a tokenizer and a Llama-family model on rows of input and output.</summary>
public static class TrainGenerator
{
    const string BeginningOfText = "<s>";
    const string EndOfText = "</s>";

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Trains, or goes on with the run that the output folder holds.</summary>
    /// <param name="started">Told of the model and the data before the first step.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="notice">Told of a damaged checkpoint that was passed over.</param>
    public static TrainGeneratorSummary Run(TrainGeneratorOptions options, Action<Trainer, Llama, int, int>? started, Action<TrainingMetrics>? progress, CancellationToken cancellation, Action<string>? notice = null)
    {
        options.Training.Validate();
        if (options.CopyShare is not (>= 0 and <= 10)) throw new BonitoException($"copy-share must be between 0 and 10, got {options.CopyShare}.");
        IReadOnlyList<SourceFile> trainFiles = InstructionRows.Find(options.DataFolder, "train"), validationFiles = InstructionRows.Find(options.DataFolder, "validation");
        if (trainFiles.Count == 0) throw new BonitoException($"There is no {Path.Combine(options.DataFolder, "train.jsonl")}, and no data/train-*.parquet beside it. Make one with 'bonito ctga build', or name a folder that holds rows with input and output.");
        CreateFolder(options.OutputFolder);
        using FileStream alone = Lock(options.OutputFolder);
        CheckConfiguration(options, trainFiles);
        (Llama model, Tokenizer tokenizer) = options.BaseFolder is { } folder ? ModelFolder.Load(folder, gradients: true) : Fresh(options, trainFiles);
        using Llama trained = model;
        int tooLong = 0;
        List<TrainingExample> examples = Tokenise(InstructionRows.Read(trainFiles), model.Config, tokenizer, ref tooLong);
        List<TrainingExample> validation = Tokenise(InstructionRows.Read(validationFiles).Take(options.ValidationExamples), model.Config, tokenizer, ref tooLong);
        if (examples.Count == 0) throw new BonitoException($"{trainFiles[0].Name} has no row that fits the model's window of {model.Config.MaxPositionEmbeddings} tokens ({tooLong} are longer).");
        int rows = examples.Count;
        examples.AddRange(Copies(examples, options, model.Config, tokenizer.Beginning.Count));
        using WorkerPool pool = new(options.Threads);
        using Trainer trainer = new(model, pool, options.Training, examples, validation);
        started?.Invoke(trainer, model, rows, tooLong);
        TrainingMetrics? last = null;
        TrainingObserver observer = new(
            Step: metrics =>
            {
                last = metrics;
                progress?.Invoke(metrics);
            },
            Notice: notice);
        TrainingResult result = trainer.Run(options.OutputFolder, observer, cancellation);
        string output = Path.Combine(options.OutputFolder, "model");
        ModelFolder.Save(output, model, tokenizer, DType.BF16);
        return new TrainGeneratorSummary(output, model.ParameterCount, rows, tooLong, result.Step, result.Finished, last);
    }

    /// <summary>Beginning of text, input, output, end of text; input and output are encoded apart, as when generating.</summary>
    static List<TrainingExample> Tokenise(IEnumerable<InstructionRow> rows, LlamaConfig config, Tokenizer tokenizer, ref int tooLong)
    {
        int eos = config.EosTokenId ?? throw new BonitoException("The model's configuration names no end-of-text token (eos_token_id); training needs one.");
        List<TrainingExample> examples = [];
        List<int> ids = [];
        foreach (InstructionRow row in rows)
        {
            ids.Clear();
            ids.AddRange(tokenizer.Beginning);
            tokenizer.Encode(row.Input, ids);
            int start = ids.Count;
            tokenizer.Encode(row.Output, ids);
            ids.Add(eos);
            if (ids.Count - 1 > config.MaxPositionEmbeddings) tooLong++;
            else examples.Add(new TrainingExample([.. ids], start));
        }
        return examples;
    }

    /// <summary>Pieces of rows, each standing twice, the second time as the target.</summary>
    static List<TrainingExample> Copies(List<TrainingExample> examples, TrainGeneratorOptions options, LlamaConfig config, int beginning)
    {
        const int Shortest = 16, Longest = 96;
        Random random = new(options.Training.Seed);
        List<TrainingExample> copies = [];
        for (int i = 0; i < (int)(options.CopyShare * examples.Count); i++)
        {
            int[] ids = examples[random.Next(examples.Count)].Ids;
            int length = Math.Min(random.Next(Shortest, Longest + 1), Math.Min(ids.Length - 1 - beginning, (config.MaxPositionEmbeddings - 1) / 2));
            if (length < 1) continue;
            // Without the beginning and the end of text.
            ReadOnlySpan<int> piece = ids.AsSpan(random.Next(beginning, ids.Length - length), length);
            copies.Add(new TrainingExample([.. ids[..beginning], .. piece, .. piece, ids[^1]], beginning + length));
        }
        return copies;
    }

    /// <summary>A new model; its tokenizer is trained once and kept in the run folder, so that a resumed run has the same.</summary>
    static (Llama Model, Tokenizer Tokenizer) Fresh(TrainGeneratorOptions options, IReadOnlyList<SourceFile> trainFiles)
    {
        string path = Path.Combine(options.OutputFolder, "tokenizer.json");
        if (!File.Exists(path))
            BpeTrainer.Train(InstructionRows.Read(trainFiles).Select(r => r.Input + r.Output), options.Shape.VocabSize, [BeginningOfText, EndOfText], BeginningOfText, threads: options.Threads).Save(path);
        Tokenizer tokenizer = Tokenizer.Load(path);
        LlamaConfig config = new()
        {
            VocabSize = tokenizer.VocabularySize,
            HiddenSize = options.Shape.HiddenSize,
            IntermediateSize = options.Shape.IntermediateSize,
            NumHiddenLayers = options.Shape.NumHiddenLayers,
            NumAttentionHeads = options.Shape.NumAttentionHeads,
            NumKeyValueHeads = options.Shape.NumKeyValueHeads,
            MaxPositionEmbeddings = options.Shape.MaxPositionEmbeddings,
            TieWordEmbeddings = true,
            BosTokenId = tokenizer.TokenToId(BeginningOfText),
            EosTokenId = tokenizer.TokenToId(EndOfText),
        };
        Llama model = new(config, gradients: true);
        model.Initialise(options.Training.Seed);
        return (model, tokenizer);
    }

    static void CreateFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"Cannot create the run folder {folder}: {e.Message}", e);
        }
    }

    /// <summary>Keeps a second process out of the run folder while this one trains.</summary>
    static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"The run folder {folder} cannot be used: {e.Message} If another process trains in it, wait for that one or name another folder with --output.", e);
        }
    }

    /// <summary>Writes the effective configuration, or compares it with the one that the run folder was begun with.</summary>
    static void CheckConfiguration(TrainGeneratorOptions options, IReadOnlyList<SourceFile> trainFiles)
    {
        string path = Path.Combine(options.OutputFolder, "config.json");
        // How often to look, save and validate, and on how many threads, may change from one start to the next.
        string now = JsonSerializer.Serialize(new
        {
            data = Path.GetFullPath(options.DataFolder),
            data_sha256 = string.Join(' ', trainFiles.Select(f => FileHash.Of(f.Path))),
            based_on = options.BaseFolder is null ? null : Path.GetFullPath(options.BaseFolder),
            copy_share = options.CopyShare,
            shape = options.BaseFolder is null ? options.Shape : null,
            training = options.Training with { SaveSteps = 1, SaveTotalLimit = 1, EvaluationSteps = 1, SampleSteps = 0 },
        }, Indented);
        if (!File.Exists(path))
        {
            AtomicFile.Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(now)));
            return;
        }
        string[] before = File.ReadAllLines(path), after = now.Split('\n');
        if (before.SequenceEqual(after)) return;
        IEnumerable<string> differences = before.Except(after).Select(l => "  then " + l.Trim()).Concat(after.Except(before).Select(l => "  now  " + l.Trim()));
        throw new BonitoException($"The run folder {options.OutputFolder} was begun with another configuration:\n{string.Join('\n', differences)}\nGive the same options to go on, or another folder with --output to begin anew.");
    }
}
