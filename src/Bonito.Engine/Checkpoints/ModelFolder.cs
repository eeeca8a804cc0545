using System.Text.Json;
using Bonito.Engine.Models;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// A model with its tokenizer on disk: a Hugging Face folder (<c>config.json</c>, <c>generation_config.json</c>, <c>model.safetensors</c>
/// or shards with an index, <c>tokenizer.json</c> or <c>tokenizer.model</c>, <c>tokenizer_config.json</c>), or a GGUF file.
/// </summary>
public static class ModelFolder
{
    const string ConfigFile = "config.json";

    /// <summary>
    /// Loads a model and its tokenizer: for inference over the mapped files, so that it is ready at once; for training with its
    /// weights in memory as float32.
    /// </summary>
    /// <param name="path">A folder, or a file that ends in <c>.gguf</c>.</param>
    /// <param name="gradients">Whether the model is to be trained.</param>
    /// <param name="requireMemory">False where a <see cref="Training.TrainingPlan"/> has said that the memory is there: it knows what becomes of the weights.</param>
    /// <exception cref="EngineException">What is missing or does not fit; all mismatches of tensors at once.</exception>
    public static (Llama Model, Tokenizer Tokenizer) Load(string path, bool gradients = false, bool requireMemory = true)
    {
        if (File.Exists(path) && path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            GgufCheckpoint gguf = GgufCheckpoint.Open(path);
            return Read(path, path, gguf.Config, gguf, gradients, requireMemory);
        }
        if (!Directory.Exists(path)) throw new EngineException($"There is no model folder {path}. Give the path of a Hugging Face model folder (config.json, model.safetensors, tokenizer.json) or of a GGUF file.");
        string configFile = Path.Combine(path, ConfigFile);
        if (!File.Exists(configFile)) throw new EngineException($"The model folder {path} has no {ConfigFile}. A Hugging Face model folder with config.json, model.safetensors and tokenizer.json is needed.");
        LlamaConfig config = LlamaConfig.Load(configFile);
        return Read(path, configFile, config, SafetensorsCheckpoint.Open(path), gradients, requireMemory);
    }

    static (Llama Model, Tokenizer Tokenizer) Read(
        string path, string configSource, LlamaConfig config, ICheckpoint checkpoint, bool gradients, bool requireMemory)
    {
        try
        {
            Tokenizer tokenizer = Tokenizer.Load(path);
            if (tokenizer.VocabularySize > config.VocabSize)
                throw new EngineException($"The tokenizer of {path} has ids up to {tokenizer.VocabularySize - 1}, the model's vocabulary has {config.VocabSize} rows. They do not belong together.");
            RequireToken(configSource, tokenizer, "bos_token_id", config.BosTokenId);
            foreach (int end in config.EosTokenIds) RequireToken(configSource, tokenizer, "eos_token_id", end);
            List<ExpectedTensor> expected = [.. Llama.ExpectedTensors(config)];
            if (requireMemory) RequireMemory(path, checkpoint, expected, gradients);
            checkpoint.Verify([.. expected, .. ModelSource.Redundant(config, checkpoint)]);
            if (!gradients) return (new Llama(config, checkpoint), tokenizer);
            Llama model = new(config, gradients);
            foreach (Parameter p in model.Parameters)
                for (int row = 0; row < p.Tensor.Rows; row++) RowCodec.ToFloat(checkpoint.Matrix(p.Name), row, p.Tensor.Row(row));
            checkpoint.Dispose();
            return (model, tokenizer);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Writes a folder that <see cref="Load"/> and Hugging Face's transformers read. The weights are written before the configuration.</summary>
    /// <param name="type">How weights are stored; BF16 halves the size.</param>
    public static void Save(string folder, Llama model, Tokenizer tokenizer, DType type)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"Cannot create the model folder {folder}: {e.Message}", e);
        }
        SafetensorsWriter.Write(
            Path.Combine(folder, SafetensorsCheckpoint.FileName),
            [.. model.Parameters.Select(p => new TensorToWrite(p.Name, [.. p.Shape.Select(s => (long)s)], p.Values))],
            type);
        tokenizer.Save(Path.Combine(folder, "tokenizer.json"));
        LlamaConfig config = model.Config;
        WriteJson(Path.Combine(folder, "generation_config.json"), new Dictionary<string, object?>
        {
            ["bos_token_id"] = config.BosTokenId,
            ["eos_token_id"] = config.EosTokenIds.Ids.Length > 1 ? config.EosTokenIds.Ids.ToArray() : config.EosTokenId,
            ["do_sample"] = true,
            ["max_new_tokens"] = 256,
            ["temperature"] = 0.5,
            ["top_p"] = 0.95,
        });
        WriteJson(Path.Combine(folder, "tokenizer_config.json"), new Dictionary<string, object?>
        {
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
            ["bos_token"] = config.BosTokenId is int bos ? tokenizer.IdToToken(bos) : null,
            ["eos_token"] = config.EosTokenId is int eos ? tokenizer.IdToToken(eos) : null,
            ["model_max_length"] = config.MaxPositionEmbeddings,
            ["clean_up_tokenization_spaces"] = false,
        });
        config.Save(Path.Combine(folder, ConfigFile), type switch { DType.F16 => "float16", DType.BF16 => "bfloat16", _ => "float32" });
    }

    static void RequireToken(string configSource, Tokenizer tokenizer, string name, int? id)
    {
        if (id is int token && tokenizer.IdToToken(token) == null)
            throw new EngineException($"{configSource} names {name} {token}, which the tokenizer does not have. They do not belong together.");
    }

    /// <summary>Refuses a model that does not fit, before anything is read.</summary>
    static void RequireMemory(string path, ICheckpoint checkpoint, List<ExpectedTensor> expected, bool gradients)
    {
        long parameters = expected.Sum(t => t.Shape.Aggregate(1L, (a, b) => checked(a * b)));
        // For training weights, gradients and two moments, 4 bytes each; for inference the packed copy, in the formats of the checkpoint.
        double bytes = gradients ? 16 : (double)checkpoint.Tensors.Values.Sum(t => t.Length) / Math.Max(1, checkpoint.Tensors.Values.Sum(t => t.Shape.Aggregate(1L, (a, b) => a * b)));
        double needed = parameters * bytes;
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (needed > available)
            throw new EngineException($"The model in {path} has {parameters / 1e6:N0} million parameters and needs {needed / 1073741824.0:N1} GiB here; the machine has {available / 1073741824.0:N1} GiB. Use a smaller model or a larger machine.");
    }

    static void WriteJson(string path, Dictionary<string, object?> content) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, content, Indented));

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
