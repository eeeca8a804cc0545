using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bonito.Engine.Checkpoints;

namespace Bonito.Datasets;

/// <summary>Writes JSON Lines: one object a line, UTF-8, <c>\n</c> at the end of each.</summary>
static class JsonLines
{
    /// <summary>Writes all rows; the file appears whole or not at all.</summary>
    public static DataFile Write<T>(string path, IEnumerable<T> rows, JsonTypeInfo<T> type)
    {
        long count = 0, bytes = 0;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AtomicFile.Write(path, stream =>
        {
            foreach (T row in rows)
            {
                byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(row, type), (byte)'\n'];
                stream.Write(line);
                hash.AppendData(line);
                count++;
                bytes += line.Length;
            }
        });
        return new DataFile(count, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
