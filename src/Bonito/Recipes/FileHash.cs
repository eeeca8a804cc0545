using System.Security.Cryptography;

namespace Bonito.Recipes;

/// <summary>Says which files a run was made from.</summary>
static class FileHash
{
    /// <summary>SHA-256 of a file, as configurations write it.</summary>
    /// <exception cref="BonitoException">The file cannot be read.</exception>
    public static string Of(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return $"sha256:{Convert.ToHexStringLower(SHA256.HashData(stream))}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{path}: cannot be read: {e.Message}", e);
        }
    }
}
