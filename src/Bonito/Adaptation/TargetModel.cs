using Bonito.Engine;
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
    /// <exception cref="EngineException">The model cannot be read, or what the method makes of it could not be saved.</exception>
    public static (LlamaConfig Config, Tokenizer Tokenizer, long FrozenBytes) Look(string path, Method method)
    {
        using ModelSource source = ModelSource.Open(path);
        // Its order of rows and its rotary divisors have no words in config.json, and no files beside it say how to talk to it.
        if (method == Method.Full && source.Metadata is not null)
            throw new EngineException($"{path} is a GGUF file. What training all of its weights makes (--method full) is a Hugging Face folder, which cannot say all that such a file does. Convert it first, 'bonito model convert {path} FOLDER', and name the folder; or train an adapter (--method lora or qlora).");
        long frozen = method == Method.Full ? 0 : Llama.ExpectedTensors(source.Config).Sum(tensor => BytesOf(tensor, source.Checkpoint.Tensors[tensor.Name], method));
        return (source.Config, Tokenizer.Load(path), frozen);
    }

    /// <summary>Loads a model so that the method can train it. Whether memory is there is for the run's plan to say.</summary>
    /// <exception cref="EngineException">The model cannot be read, or does not take the adapter.</exception>
    public static Llama Load(string path, AdaptationOptions options, WorkerPool pool)
    {
        if (options.Method == Method.Full) return ModelFolder.Load(path, gradients: true, requireMemory: false).Model;
        Llama model = ModelFolder.Load(path, requireMemory: false).Model;
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
            foreach (string name in Companions.Where(name => File.Exists(Path.Combine(options.BaseModel, name)))) Copy(Path.Combine(options.BaseModel, name), Path.Combine(folder, name));
        return ModelFolderName;
    }

    // File.Copy would make the copy of a protected file one that the next save cannot replace.
    static void Copy(string from, string to) => AtomicFile.Write(to, stream =>
    {
        using FileStream source = File.OpenRead(from);
        source.CopyTo(stream);
    });
}
