using System.IO.Enumeration;

namespace Bonito.Engine.Checkpoints;

/// <summary>Why PyTorch's own checkpoint files are not read, and what to do instead.</summary>
internal static class PickleRefusal
{
    public const string Reason = "Pickles are not read, because loading one can run any program hidden in it. "
        + "Use the model's safetensors version, or convert it in Python where you trust it: "
        + "AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(NEW_FOLDER, safe_serialization=True).";

    private static readonly string[] Patterns = ["pytorch_model*.bin*", "adapter_model*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl"];

    /// <summary>Whether a file's name is one that pickled checkpoints have.</summary>
    public static bool IsPickleName(string path) => Patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path)));

    /// <summary>The name of a pickled checkpoint in the folder, or null.</summary>
    public static string? Find(string folder) =>
        Patterns.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern)).Select(Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault();
}
