using System.IO.Compression;

namespace Bonito.Documents;

/// <summary>A file to read documents from.</summary>
/// <param name="Name">Its path below the deepest folder that holds all inputs, with forward slashes.</param>
/// <param name="Path">Where it is, as reached from the input that named it.</param>
/// <param name="Format">How documents are stored in it.</param>
/// <param name="IsCompressed">Whether it is a gzip file.</param>
public sealed record DocumentFile(string Name, string Path, DocumentFormat Format, bool IsCompressed)
{
    /// <summary>Opens the (decompressed) content.</summary>
    internal Stream Open()
    {
        Stream file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        return IsCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    /// <summary>Runs something that reads the file; what goes wrong in the file system becomes a message with its path.</summary>
    internal T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BonitoException($"{Path}: no permission to read the file", e);
        }
        catch (InvalidDataException e) when (IsCompressed)
        {
            throw new BonitoException($"{Path}: broken or incomplete gzip data: {e.Message}", e);
        }
        catch (FileNotFoundException e)
        {
            throw new BonitoException($"{Path}: the file is gone, or a link to nowhere", e);
        }
        catch (IOException e)
        {
            throw new BonitoException($"{Path}: cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>How documents are stored in a file.</summary>
public enum DocumentFormat
{
    /// <summary>The file is one document: <c>.txt</c>, <c>.md</c>.</summary>
    Text,

    /// <summary>One JSON object per line, each with a document in one of its fields: <c>.jsonl</c>.</summary>
    JsonLines,

    /// <summary>An array of such objects: <c>.json</c>.</summary>
    Json,

    /// <summary>A header and records, each with a document in one of its columns: <c>.csv</c>.</summary>
    Csv,
}

/// <summary>Which file names belong to which format.</summary>
static class DocumentFormats
{
    public const string Supported = ".txt, .md, .jsonl, .json and .csv, each also with .gz";

    /// <summary>The format that a file name's extension stands for, or null if Bonito does not read it.</summary>
    public static (DocumentFormat Format, bool IsCompressed)? Of(string path)
    {
        bool compressed = IsGzip(path);
        string inner = compressed ? Path.GetFileNameWithoutExtension(path) : path;
        return Path.GetExtension(inner).ToLowerInvariant() switch
        {
            ".txt" or ".md" => (DocumentFormat.Text, compressed),
            ".jsonl" => (DocumentFormat.JsonLines, compressed),
            ".json" => (DocumentFormat.Json, compressed),
            ".csv" => (DocumentFormat.Csv, compressed),
            _ => null,
        };
    }

    /// <summary>The extension to name in a notice: ".pdf", ".tar.gz", or "no extension".</summary>
    public static string Extension(string path)
    {
        string inner = IsGzip(path) ? Path.GetExtension(Path.GetFileNameWithoutExtension(path)) : "";
        string extension = (inner + Path.GetExtension(path)).ToLowerInvariant();
        return extension.Length == 0 ? "no extension" : extension;
    }

    static bool IsGzip(string path) => Path.GetExtension(path).Equals(".gz", StringComparison.OrdinalIgnoreCase);
}
