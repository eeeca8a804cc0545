using System.IO.Enumeration;

namespace Bonito.Hub;

/// <summary>Which files of a repository are fetched.</summary>
static class FileSelection
{
    const int MostShown = 20;

    // What the engine reads of a model folder. Weights under other names (consolidated.safetensors) are a second copy of the same.
    static readonly string[] Wanted =
        [
            "config.json", "generation_config.json", "tokenizer*.json", "tokenizer.model", "bonito.json",
            "model.safetensors", "*-?????-of-?????.safetensors", "model.safetensors.index.json", "adapter_config.json", "adapter_model.safetensors",
        ];

    static readonly string[] Pickles = ["*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle"];

    /// <param name="names">All names in the repository, as the server sent them.</param>
    /// <param name="patterns">Names wanted, with * and ?; none takes what a model folder needs.</param>
    /// <exception cref="BonitoException">A wanted name is hostile or a pickle, is not there, or there are no weights.</exception>
    public static IReadOnlyList<string> Choose(RepositoryId id, IReadOnlyList<string> names, IReadOnlyList<string> patterns)
    {
        string[] chosen = patterns.Count == 0 ? Default(id, names) : [.. patterns.SelectMany(pattern => Named(id, names, pattern)).Distinct()];
        return [.. chosen.Order(StringComparer.Ordinal)];
    }

    /// <summary>Names are judged by their last part first, so that what pretends to be a model's file cannot hide behind a path.</summary>
    static string[] Default(RepositoryId id, IReadOnlyList<string> names)
    {
        string[] alike = [.. names.Where(name => Matches(FileName.LastPart(name), Wanted))];
        foreach (string name in alike) RequireHarmless(id, name);
        string[] chosen = [.. alike.Where(name => !name.Contains('/', StringComparison.Ordinal))];
        if (chosen.Any(name => name.EndsWith(".safetensors", StringComparison.Ordinal))) return chosen;
        string[] gguf = [.. names.Where(name => name.EndsWith(".gguf", StringComparison.Ordinal))];
        if (gguf.Length > 0)
            throw new BonitoException($"{id} has no safetensors, but GGUF files:\n{List(gguf)}\nChoose one (* stands for any characters, to take all parts of one): bonito model download {id} --file NAME");
        if (names.Any(name => Matches(FileName.LastPart(name), Pickles)))
            throw new BonitoException($"{id} has its weights as pickles only, which are never fetched or read: loading one can run any program hidden in it. Use a repository with safetensors or GGUF files of the same model.");
        throw new BonitoException($"{id} has no weights that Bonito reads (model.safetensors, or GGUF files). It has:\n{List(names)}");
    }

    static string[] Named(RepositoryId id, IReadOnlyList<string> names, string pattern)
    {
        string[] found = [.. names.Where(name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))];
        if (found.Length == 0) throw new BonitoException($"{id} has no file {pattern}. It has:\n{List(names)}");
        foreach (string name in found)
        {
            RequireHarmless(id, name);
            if (Matches(name, Pickles)) throw new BonitoException($"{name} of {id} is a pickle, which is never fetched or read: loading one can run any program hidden in it. Choose safetensors or GGUF files.");
        }
        return found;
    }

    static void RequireHarmless(RepositoryId id, string name)
    {
        if (FileName.Trouble(name) is { } trouble) throw new BonitoException($"{id} has a file {FileName.Shown(name)}: {trouble}. Nothing is fetched from a repository with such names; it is broken or means harm.");
    }

    static bool Matches(string name, string[] patterns) => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));

    static string List(IReadOnlyList<string> names)
    {
        string shown = string.Join('\n', names.Take(MostShown).Select(name => "  " + FileName.Shown(name).Trim('\'')));
        return names.Count > MostShown ? $"{shown}\n  and {names.Count - MostShown} more" : shown;
    }
}
