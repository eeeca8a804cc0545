using System.Security.Cryptography;
using System.Text;

namespace Bonito.Templates;

/// <summary>Prompt templates of one or more sources: Bonito's own, files, folders such as promptsource's.</summary>
public sealed class TemplateLibrary
{
    /// <summary>The source that names Bonito's own templates.</summary>
    public const string Builtin = "builtin";

    static readonly string[] Endings = [".yaml", ".yml"];

    TemplateLibrary(IReadOnlyList<string> sources, string hash, IReadOnlyList<PromptTemplateFile> files) =>
        (Sources, Hash, Files) = (sources, hash, files);

    /// <summary>The sources as they were named.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <summary>SHA-256 over the texts of all files.</summary>
    public string Hash { get; }

    public IReadOnlyList<PromptTemplateFile> Files { get; }

    /// <summary>The files whose templates are written for roles, and so for every set.</summary>
    public IEnumerable<PromptTemplateFile> OverRoles => Files.Where(f => f.Dataset is null);

    /// <summary>The files whose templates are written for the columns of a dataset.</summary>
    public IEnumerable<PromptTemplateFile> Of(string dataset, string? configuration) =>
        Files.Where(f => f.Dataset == dataset && f.Configuration == configuration);

    /// <summary>Reads all sources.</summary>
    /// <param name="sources">Each <see cref="Builtin"/>, a YAML file, or a folder, of which all YAML files are read; none: <see cref="Builtin"/>.</param>
    /// <exception cref="BonitoException">A source is not there, cannot be read or breaks the format.</exception>
    public static TemplateLibrary Load(params IReadOnlyList<string> sources)
    {
        if (sources.Count == 0) sources = [Builtin];
        var files = new List<PromptTemplateFile>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string source in sources)
        {
            foreach ((string name, string text) in Texts(source))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(text));
                files.Add(PromptTemplateFile.Parse(name, text));
            }
        }
        return new TemplateLibrary(sources, Convert.ToHexStringLower(hash.GetHashAndReset()), files);
    }

    static IEnumerable<(string Name, string Text)> Texts(string source)
    {
        if (source == Builtin) return [(Builtin, BuiltinFile.Read("builtin.yaml"))];
        if (!Directory.Exists(source)) return [(source, BuiltinFile.ReadUser(source))];
        string[] files = [.. Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories)
            .Where(f => Endings.Contains(Path.GetExtension(f))).Order(StringComparer.Ordinal)];
        if (files.Length == 0) throw new BonitoException($"{source}: no template file ({string.Join(", ", Endings)}) is in this folder or below it.");
        return files.Select(f => (f, BuiltinFile.ReadUser(f)));
    }
}
