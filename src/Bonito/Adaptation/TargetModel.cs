using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;
using Bonito.Hub;

namespace Bonito.Adaptation;

/// <summary>The model that is trained: how it comes into memory for a method, and what is written of it in the end.</summary>
static class TargetModel
{
    public const string AdapterFolder = "adapter";
    public const string ModelFolderName = "model";

    // What a folder may hold that says how to talk to the model.
    static readonly string[] Companions = ["tokenizer_config.json", "special_tokens_map.json", "generation_config.json", ChatTemplate.FileName, "bonito.json"];

    /// <summary>What must be known of a model before it is loaded.</summary>
    /// <returns>Its configuration and tokenizer, and how many bytes its weights take that are not trained.</returns>
    /// <exception cref="Engine.EngineException">The model cannot be read.</exception>
    public static (LlamaConfig Config, Tokenizer Tokenizer, long FrozenBytes) Look(string path, Method method)
    {
        using ModelSource source = ModelSource.Open(path);
        long frozen = method == Method.Full ? 0 : Llama.ExpectedTensors(source.Config).Sum(tensor => BytesOf(tensor, source.Checkpoint.Tensors[tensor.Name], method));
        return (source.Config, Tokenizer.Load(path), frozen);
    }

    /// <summary>Loads a model so that the method can train it.</summary>
    /// <exception cref="Engine.EngineException">The model cannot be read, or does not take the adapter.</exception>
    public static Llama Load(string path, AdaptationOptions options, WorkerPool pool)
    {
        if (options.Method == Method.Full) return ModelFolder.Load(path, gradients: true).Model;
        Llama model = ModelFolder.Load(path).Model;
        try
        {
            if (options.Method == Method.Qlora) model.Quantize(DType.NF4, pool);
            model.AddLora(options.Lora, options.Training.Seed);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    static long BytesOf(ExpectedTensor tensor, StoredTensor stored, Method method)
    {
        long values = tensor.Shape.Aggregate(1L, (a, b) => a * b);
        if (tensor.Shape.Count == 1) return values * sizeof(float);
        return method == Method.Qlora && tensor.Name.StartsWith("model.layers.", StringComparison.Ordinal) ? DType.NF4.MatrixBytes(1, values) : stored.Length;
    }

    /// <summary>Writes what was trained: the adapter, or the whole model with what belongs to it.</summary>
    /// <returns>The folder's name below the run folder.</returns>
    public static string Save(string runFolder, Llama model, Tokenizer tokenizer, AdaptationOptions options)
    {
        if (options.Method != Method.Full)
        {
            PeftAdapter.Save(Path.Combine(runFolder, AdapterFolder), model, ModelLocation.NameOf(options.BaseModel!));
            return AdapterFolder;
        }
        string folder = Path.Combine(runFolder, ModelFolderName);
        ModelFolder.Save(folder, model, tokenizer, DType.BF16);
        if (Directory.Exists(options.BaseModel))
            foreach (string name in Companions.Where(name => File.Exists(Path.Combine(options.BaseModel, name)))) File.Copy(Path.Combine(options.BaseModel, name), Path.Combine(folder, name), overwrite: true);
        return ModelFolderName;
    }
}
