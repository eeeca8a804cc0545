using Bonito.Rows;

namespace Bonito.Adaptation;

/// <summary>What a model learns from rows.</summary>
public enum Objective
{
    /// <summary>To answer: the loss is on what is to be written.</summary>
    Instruct,

    /// <summary>Task-adaptive pretraining: to go on with raw text, the loss is on everything.</summary>
    Tapt,
}

/// <summary>How the rows of training data look.</summary>
public enum DataFormat
{
    /// <summary>Columns <c>input</c> and <c>output</c>: rows of <c>bonito generate</c>, of <c>bonito ctga build</c>, and anyone's.</summary>
    InputOutput,

    /// <summary>Columns <c>instruction</c>, <c>input</c> (which may be empty) and <c>output</c>.</summary>
    Alpaca,

    /// <summary>A column <c>messages</c>: a list of <c>role</c> and <c>content</c>.</summary>
    Messages,

    /// <summary>A column of text.</summary>
    Text,
}

/// <summary>The names of formats, and which one rows have.</summary>
public static class DataFormats
{
    public const string Names = "input-output, alpaca, messages, text";

    /// <summary>As flags and <c>config.json</c> write it.</summary>
    public static string Name(this DataFormat format) => format switch
    {
        DataFormat.InputOutput => "input-output",
        DataFormat.Alpaca => "alpaca",
        DataFormat.Messages => "messages",
        _ => "text",
    };

    /// <summary>The format of this name; null when there is none.</summary>
    public static DataFormat? Find(string name) => Enum.GetValues<DataFormat>().Cast<DataFormat?>().FirstOrDefault(format => format!.Value.Name() == name);

    /// <summary>The format that the columns of a row tell.</summary>
    /// <exception cref="BonitoException">They tell none that the objective can learn from.</exception>
    public static DataFormat Detect(ReadRow first, Objective objective)
    {
        Row row = first.Row;
        if (objective == Objective.Tapt) return DataFormat.Text;
        if (row.ContainsKey("messages")) return DataFormat.Messages;
        if (row.ContainsKey("instruction") && row.ContainsKey("output")) return DataFormat.Alpaca;
        if (row.ContainsKey("input") || row.ContainsKey("output")) return DataFormat.InputOutput;
        string advice = row.ContainsKey("text") ? "Raw text is learned with 'bonito adapt --objective tapt'." : "Rename the columns to those of one of the formats.";
        throw new BonitoException(
            $"{first.Origin.Place}: expected the columns input and output (input-output), or instruction, input and output (alpaca), or messages (messages); got {string.Join(", ", row.Keys)}. {advice}");
    }
}
