using Bonito.Recipes;

namespace Bonito.Adaptation;

/// <summary>Where the adapter is that a command was given.</summary>
public static class AdapterLocation
{
    const string ConfigurationFile = "adapter_config.json";

    /// <summary>The folder of an adapter in PEFT's format: the one that was named, or the result of the run in it.</summary>
    /// <exception cref="BonitoException">There is none.</exception>
    public static string Find(string path)
    {
        foreach (string folder in (string[])[path, Path.Combine(path, TargetModel.AdapterFolder)])
            if (File.Exists(Path.Combine(folder, ConfigurationFile))) return folder;
        string unfinished = Directory.Exists(Path.Combine(path, "checkpoints")) ? " The run in this folder is not finished, or trains no adapter." : "";
        throw new BonitoException($"{path}: there is no {ConfigurationFile}. Name the folder of an adapter in PEFT's format, or the run folder of 'bonito adapt'.{unfinished}");
    }

    /// <summary>SHA-256 of the files that decide what the adapter does, by name.</summary>
    /// <param name="folder">As <see cref="Find"/> gives it.</param>
    internal static IReadOnlyDictionary<string, string> Hashes(string folder) => new SortedDictionary<string, string>(
        Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file) == ConfigurationFile || file.EndsWith(".safetensors", StringComparison.Ordinal))
            .ToDictionary(file => Path.GetFileName(file), FileHash.Of), StringComparer.Ordinal);
}
