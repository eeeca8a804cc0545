using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tests.Checkpoints;
using Bonito.Engine.Tests.Generation;

namespace Bonito.Engine.Tests.Models;

/// <summary>Adapters whose matrices are all far from zero, and models on disk for them.</summary>
static class AdapterFixture
{
    /// <summary>Widths of whole super-blocks, heads of width 64, ids below the 67 of <see cref="TinyLlama.Tokens"/> and the vocabulary of <see cref="TinyModel"/>.</summary>
    public static LlamaConfig Config => new()
    {
        VocabSize = TinyModel.Tokenizer.VocabularySize,
        HiddenSize = 256,
        IntermediateSize = 256,
        NumHiddenLayers = 2,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        MaxPositionEmbeddings = 256,
        TieWordEmbeddings = true,
        BosTokenId = TinyModel.Tokenizer.TokenToId(TinyModel.Begin),
        EosTokenId = TinyModel.Tokenizer.TokenToId(TinyModel.End),
    };

    /// <summary>As after training: B is zero before.</summary>
    public static void Randomise(Llama model)
    {
        Random random = new(21);
        foreach (Parameter p in model.Trainable)
            foreach (ref float value in p.Tensor.Values) value = 0.4f * (random.NextSingle() - 0.5f);
    }

    /// <summary>A folder with a model of <see cref="Config"/> in float32.</summary>
    public static string Save(TemporaryFolder folder, string name = "base")
    {
        using Llama model = new(Config);
        Random random = new(6);
        foreach (Parameter p in model.Parameters)
            foreach (ref float w in p.Tensor.Values) w = p.Shape.Count == 1 ? 1 + 0.3f * (random.NextSingle() - 0.5f) : 0.15f * (random.NextSingle() - 0.5f);
        ModelFolder.Save(folder.File(name), model, TinyModel.Tokenizer, DType.F32);
        return folder.File(name);
    }

    /// <summary>A GGUF file of that model, loaded.</summary>
    public static Llama Quantized(TemporaryFolder folder, string mix)
    {
        string file = folder.File($"{mix}.gguf");
        using (ModelSource source = ModelSource.Open(Save(folder)))
            ModelConversion.Run(source, file, WeightMix.Find(mix)!, _ => { }, (_, _) => { }, TestContext.Current.CancellationToken);
        return ModelFolder.Load(file).Model;
    }
}
