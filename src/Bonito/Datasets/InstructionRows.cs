using System.Text.Json;

namespace Bonito.Datasets;

/// <summary>An example as training reads it.</summary>
/// <param name="Input">What the model reads.</param>
/// <param name="Output">What it should write.</param>
public sealed record InstructionRow(string Input, string Output);

/// <summary>Reads JSON Lines with <c>input</c> and <c>output</c>: our own datasets and anyone's in that form.</summary>
public static class InstructionRows
{
    /// <exception cref="BonitoException">The file cannot be read, or a line is not such an object; the message names the line.</exception>
    public static IEnumerable<InstructionRow> Read(string path)
    {
        using StreamReader reader = Open(path);
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length > 0) yield return Parse(path, number, line);
        }
    }

    static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"Cannot read {path}: {e.Message}", e);
        }
    }

    static InstructionRow Parse(string path, int number, string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement row = document.RootElement;
            if (row.ValueKind != JsonValueKind.Object) throw new BonitoException($"{path}:{number}: expected a JSON object, got {row.ValueKind}.");
            return new InstructionRow(Column(path, number, row, "input"), Column(path, number, row, "output"));
        }
        catch (JsonException e)
        {
            throw new BonitoException($"{path}:{number}: not JSON at column {e.BytePositionInLine + 1}. Each line must be one JSON object.", e);
        }
    }

    static string Column(string path, int number, JsonElement row, string name)
    {
        if (row.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String) return value.GetString()!;
        string there = string.Join(", ", row.EnumerateObject().Select(p => p.Name));
        throw new BonitoException($"{path}:{number}: no text column '{name}'. The columns there are: {there}.");
    }
}
