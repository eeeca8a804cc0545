using Bonito.Engine.Models;
using Bonito.Engine.Tokenizers;
using Bonito.Rows;

namespace Bonito.Adaptation;

/// <summary>A model that knows nothing yet, and the tokenizer of its data.</summary>
static class FreshModel
{
    const string BeginningOfText = "<s>";
    const string EndOfText = "</s>";

    /// <summary>Learns a tokenizer from what is to be trained on.</summary>
    public static Tokenizer TrainTokenizer(IReadOnlyList<SourceFile> files, DataOptions data, PromptFormat? format, ModelShape shape, int? threads) =>
        BpeTrainer.Train(Texts(files, data, format), shape.VocabSize, [BeginningOfText, EndOfText], BeginningOfText, threads: threads);

    /// <summary>A model with weights drawn at random, made to be trained.</summary>
    public static Llama Make(LlamaConfig config, int seed)
    {
        Llama model = new(config, gradients: true);
        model.Initialise(seed);
        return model;
    }

    public static LlamaConfig Configure(Tokenizer tokenizer, ModelShape shape)
    {
        LlamaConfig config = new()
        {
            VocabSize = tokenizer.VocabularySize,
            HiddenSize = shape.HiddenSize,
            IntermediateSize = shape.IntermediateSize,
            NumHiddenLayers = shape.NumHiddenLayers,
            NumAttentionHeads = shape.NumAttentionHeads,
            NumKeyValueHeads = shape.NumKeyValueHeads,
            MaxPositionEmbeddings = shape.MaxPositionEmbeddings,
            TieWordEmbeddings = true,
            BosTokenId = tokenizer.TokenToId(BeginningOfText),
            EosTokenId = tokenizer.TokenToId(EndOfText),
        };
        config.Validate("The shape of the model");
        return config;
    }

    static IEnumerable<string> Texts(IReadOnlyList<SourceFile> files, DataOptions data, PromptFormat? format) =>
        TrainingRows.Read(files, data.Objective, data.Format, data.TextColumn).Select(row => row switch
        {
            InstructionRow instruction => Joined(format!.Value.Write(instruction)),
            TextRow text => text.Text,
            _ => throw new BonitoException($"{row.Place}: conversations need a model with a chat template; name one with --base."),
        });

    static string Joined((string Source, string Target) texts) => texts.Source + texts.Target;
}
