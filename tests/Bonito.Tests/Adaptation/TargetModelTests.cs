using Bonito.Adaptation;
using Bonito.Engine;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tokenizers;
using Bonito.Tests.Recipes;

namespace Bonito.Tests.Adaptation;

/// <summary>Which models a method takes, and what is written of them in the end.</summary>
public sealed class TargetModelTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_GGUF_file_takes_an_adapter_and_is_refused_where_all_weights_are_trained()
    {
        string file = folder.File("base.gguf");
        using (ModelSource source = ModelSource.Open(Base()))
            ModelConversion.Run(source, file, WeightMix.Find("F16")!, _ => { }, (_, _) => { }, TestContext.Current.CancellationToken);
        EngineException e = Assert.Throws<EngineException>(() => TargetModel.Look(file, Method.Full));
        Assert.StartsWith($"{file} is a GGUF file.", e.Message, StringComparison.Ordinal);
        Assert.Contains($"'bonito model convert {file} FOLDER'", e.Message, StringComparison.Ordinal);
        Assert.True(TargetModel.Look(file, Method.Lora).FrozenBytes > TargetModel.Look(file, Method.Qlora).FrozenBytes);
        Assert.Equal(0, TargetModel.Look(folder.File("base"), Method.Full).FrozenBytes);
    }

    [Fact]
    public void A_write_protected_file_of_the_base_is_copied_as_one_that_the_next_save_replaces()
    {
        string template = Path.Combine(Base(), ChatTemplate.FileName), copy = folder.File(Path.Combine("run", "model", ChatTemplate.FileName));
        File.WriteAllText(template, "first");
        File.SetAttributes(template, FileAttributes.ReadOnly);
        AdaptationOptions options = new() { Data = Sequences.Options, OutputFolder = folder.File("run"), BaseModel = folder.File("base"), Method = Method.Full };
        (Llama model, Tokenizer tokenizer) = ModelFolder.Load(folder.File("base"), gradients: true);
        using Llama trained = model;
        Assert.Equal("model", TargetModel.Save(folder.File("run"), trained, tokenizer, options));
        Assert.Equal("first", File.ReadAllText(copy));
        Assert.False(new FileInfo(copy).IsReadOnly);

        File.SetAttributes(template, FileAttributes.Normal);
        File.WriteAllText(template, "second");
        TargetModel.Save(folder.File("run"), trained, tokenizer, options);
        Assert.Equal("second", File.ReadAllText(copy));
    }

    string Base()
    {
        ChainModel.Save(folder.File("base"));
        return folder.File("base");
    }
}
