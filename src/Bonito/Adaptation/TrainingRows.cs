using System.Globalization;
using Bonito.Rows;

namespace Bonito.Adaptation;

/// <summary>Reads the rows of files, all of one format. A row that is not of the format is an error with its place.</summary>
public static class TrainingRows
{
    static readonly string[] DefaultTextColumns = ["text", "context"];

    /// <param name="format">Null takes the one that the columns of the first row tell.</param>
    /// <param name="textColumn">The column of text; null takes <c>text</c>, or else <c>context</c>.</param>
    /// <exception cref="BonitoException">A file cannot be read, or a row is not of the format; the message says where.</exception>
    public static IEnumerable<TrainingRow> Read(IReadOnlyList<SourceFile> files, Objective objective, DataFormat? format, string? textColumn)
    {
        foreach (ReadRow read in Rows(files))
        {
            format ??= DataFormats.Detect(read, objective);
            yield return format switch
            {
                DataFormat.InputOutput => Instruction(read),
                DataFormat.Alpaca => Alpaca(read),
                DataFormat.Messages => Conversation(read),
                _ => new TextRow(IdOf(read), read.Origin.Place, TextOf(read, textColumn)),
            };
        }
    }

    /// <summary>The format of the first row; null where there is no row.</summary>
    public static DataFormat? Detect(IReadOnlyList<SourceFile> files, Objective objective)
    {
        foreach (ReadRow read in Rows(files)) return DataFormats.Detect(read, objective);
        return null;
    }

    /// <summary>A text file is one row, whatever its lines.</summary>
    static IEnumerable<ReadRow> Rows(IReadOnlyList<SourceFile> files) => files.SelectMany(file =>
        RowReader.Read(new RowSource { Files = [], Format = TrainingFiles.IsText(file.Name) ? RowFormat.Files : RowFormat.Auto }, [file]));

    static InstructionRow Instruction(ReadRow read) =>
        new(IdOf(read), read.Origin.Place, Text(read, "input"), Text(read, "output"), Optional(read, "context"), Optional(read, "task_type"));

    /// <summary>The instruction, an empty line and the input, where there is one.</summary>
    static InstructionRow Alpaca(ReadRow read)
    {
        string instruction = Text(read, "instruction"), output = Text(read, "output");
        string? input = Optional(read, "input") is { } given && !string.IsNullOrWhiteSpace(given) ? given : null;
        return new InstructionRow(IdOf(read), read.Origin.Place, input is null ? instruction : $"{instruction}\n\n{input}", output, input, null);
    }

    static ConversationRow Conversation(ReadRow read)
    {
        if (!read.Row.TryGetValue("messages", out object? value) || value is not IReadOnlyList<object?> { Count: > 0 } list)
            throw Bad(read, $"expected a list 'messages' of role and content, got {Described(value)}");
        return new ConversationRow(IdOf(read), read.Origin.Place, [.. list.Select((item, i) => Message(read, item, i))]);
    }

    static ChatMessage Message(ReadRow read, object? item, int number)
    {
        if (item is not Row message) throw Bad(read, $"messages[{number}]: expected an object with role and content, got {Described(item)}");
        return new ChatMessage(Field("role"), Field("content"));

        string Field(string name) => message.TryGetValue(name, out object? value) && value is string text
            ? text
            : throw Bad(read, $"messages[{number}]: expected a text '{name}', got {Described(value)}");
    }

    static string TextOf(ReadRow read, string? column)
    {
        if ((column ?? DefaultTextColumns.FirstOrDefault(read.Row.ContainsKey)) is { } name) return Text(read, name);
        throw Bad(read, $"no column 'text' or 'context'. Name the column of text with --text-col. The columns there are: {string.Join(", ", read.Row.Keys)}");
    }

    static string Text(ReadRow read, string column) => read.Row.TryGetValue(column, out object? value)
        ? value as string ?? throw Bad(read, $"column '{column}': expected a text, got {Described(value)}")
        : throw Bad(read, $"no text column '{column}'. The columns there are: {string.Join(", ", read.Row.Keys)}");

    static string? Optional(ReadRow read, string column) => read.Row.TryGetValue(column, out object? value) ? value as string : null;

    static string IdOf(ReadRow read) => Optional(read, "id") ?? read.Origin.Place;

    static string Described(object? value) => value switch
    {
        null => "nothing",
        string => "a text",
        Row row => $"an object with {string.Join(", ", row.Keys)}",
        IReadOnlyList<object?> list => $"a list of {list.Count}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    static BonitoException Bad(ReadRow read, string problem) => new($"{read.Origin.Place}: {problem}.");
}
