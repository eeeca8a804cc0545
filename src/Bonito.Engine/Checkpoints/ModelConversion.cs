using System.Text.Json;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Checkpoints;

/// <summary>Writes a model in another container, another format, or both. The output appears whole or not at all.</summary>
public static class ModelConversion
{
    /// <summary>What a folder may hold besides weights and configuration that belongs to the model.</summary>
    private static readonly string[] Companions =
        ["tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json", "generation_config.json", "chat_template.jinja", "bonito.json"];

    /// <summary>The mix that keeps what most of a model's weights are; F16 for a folder made from quantised weights.</summary>
    public static WeightMix DefaultMix(ModelSource source, string output)
    {
        DType type = source.Checkpoint.Tensors.Values.Where(t => t.WeightType is not null).GroupBy(t => t.WeightType!.Value).MaxBy(group => group.Sum(t => t.Length))!.Key;
        if (!IsGguf(output) && type.IsQuantized()) type = DType.F16;
        return WeightMix.All.First(mix => mix.Type == type);
    }

    /// <summary>Converts to a GGUF file, if the output's name ends so, or else to a Hugging Face folder.</summary>
    /// <param name="output">Must not exist.</param>
    /// <param name="note">Told what the output cannot keep or had to store otherwise.</param>
    /// <param name="progress">Told the bytes written of all bytes.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is left of the output.</exception>
    /// <exception cref="EngineException">The output exists or cannot be written, or cannot say what the model is.</exception>
    public static void Run(ModelSource source, string output, WeightMix mix, Action<string> note, Action<long, long> progress, CancellationToken cancellation = default)
    {
        if (File.Exists(output) || Directory.Exists(output)) throw new EngineException($"{output} exists already. Delete it or choose another name.");
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output)), folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder)) throw new EngineException($"There is no folder {folder} to write {Path.GetFileName(path)} into. Create it.");
        if (!IsGguf(output) && mix.Type.IsQuantized()) throw new EngineException($"Hugging Face folders hold F32, F16 and BF16, not {mix}. Give an output that ends in {ModelSource.GgufExtension}, or one of these types.");
        if (mix.Type.IsQuantized() && source.Checkpoint.Tensors.Values.Any(t => t.WeightType is DType type && type.IsQuantized() && type != mix.Type))
            note("the weights are quantised already; quantising the original loses less");
        if (source.Config.RopeScaling is RopeScaling.Dynamic && IsGguf(output)) note("the dynamic scaling of rotary positions is not stored; within the model's window it changes nothing");

        if (IsGguf(output)) ToGguf(source, output, mix, note, progress, cancellation);
        else ToFolder(source, output, mix.Type, progress, cancellation);
    }

    private static bool IsGguf(string path) => path.EndsWith(ModelSource.GgufExtension, StringComparison.OrdinalIgnoreCase);

    private static void ToGguf(ModelSource source, string output, WeightMix mix, Action<string> note, Action<long, long> progress, CancellationToken cancellation)
    {
        OrderedDictionary<string, object> metadata;
        if (source.Metadata is GgufMetadata stored)
        {
            metadata = new OrderedDictionary<string, object>(stored.Values.Where(entry => !IsOfTheFile(entry.Key)), StringComparer.Ordinal);
        }
        else
        {
            metadata = GgufConfig.Write(source.Path, source.Config);
            metadata.Insert(1, "general.type", "model");
            metadata.Insert(2, "general.name", Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source.Path))));
            GgufTokenizerMetadata.Add(source.Path, source.Config.VocabSize, metadata);
        }
        ModelWriter.WriteGguf(output, source.Checkpoint, source.Config, metadata, mix, note, progress, cancellation);
    }

    /// <summary>What describes how a file was written, not the model.</summary>
    private static bool IsOfTheFile(string key) => key == GgufHeader.AlignmentKey || key.StartsWith("split.", StringComparison.Ordinal);

    private static void ToFolder(ModelSource source, string output, DType type, Action<long, long> progress, CancellationToken cancellation)
    {
        LlamaConfig config = source.Config with { RotaryInterleaved = false };
        if (config.RopeScaling is RopeScaling.Divided divided)
        {
            config = config with
            {
                RopeScaling = GgufRotary.FindLlama3(divided.Divisors, config.RopeTheta)
                    ?? throw new EngineException($"{source.Path}: the values of '{GgufNames.RotaryDivisors}' come from no rope_scaling of type llama3, so that config.json cannot say them."),
            };
        }
        string temporary = $"{Path.TrimEndingDirectorySeparator(output)}.{Path.GetRandomFileName()}.tmp";
        try
        {
            Directory.CreateDirectory(temporary);
            ModelWriter.WriteSafetensors(Path.Combine(temporary, SafetensorsCheckpoint.FileName), source.Checkpoint, source.Config, type, progress, cancellation);
            if (source.Metadata is GgufMetadata metadata) WriteTokenizer(source.Path, temporary, metadata, config);
            else foreach (string name in Companions.Where(name => File.Exists(Path.Combine(source.Path, name)))) File.Copy(Path.Combine(source.Path, name), Path.Combine(temporary, name));
            config.Save(Path.Combine(temporary, "config.json"), type switch { DType.F16 => "float16", DType.BF16 => "bfloat16", _ => "float32" });
            Directory.Move(temporary, output);
        }
        catch (Exception e)
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new EngineException($"{output}: cannot be written: {e.Message.TrimEnd('.')}. Check that the folder above it may be written to and has room.", e);
        }
    }

    private static void WriteTokenizer(string source, string folder, GgufMetadata metadata, LlamaConfig config)
    {
        Tokenizer.Read(metadata, source).Save(Path.Combine(folder, "tokenizer.json"));
        IReadOnlyList<string> tokens = metadata.FindStrings("tokenizer.ggml.tokens")!;
        string? Token(int? id) => id is int i && i < tokens.Count ? tokens[i] : null;
        AtomicFile.Write(Path.Combine(folder, "tokenizer_config.json"), stream =>
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
            json.WriteString("bos_token", Token(config.BosTokenId));
            json.WriteString("eos_token", Token(config.EosTokenId));
            json.WriteNumber("model_max_length", config.MaxPositionEmbeddings);
            json.WriteBoolean("clean_up_tokenization_spaces", false);
            if (metadata.FindBoolean("tokenizer.ggml.add_bos_token") is bool begin) json.WriteBoolean("add_bos_token", begin);
            if (metadata.FindBoolean("tokenizer.ggml.add_eos_token") is bool end) json.WriteBoolean("add_eos_token", end);
            if (metadata.FindString("tokenizer.chat_template") is string template) json.WriteString("chat_template", template);
            json.WriteEndObject();
        });
    }
}
