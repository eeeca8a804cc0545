using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bonito.Tasks;

namespace Bonito.Ctga;

/// <summary>A row of the generator's training set; the passage's place in the task's texts is the literal <c>{{context}}</c>.</summary>
internal sealed record CtgaExample(TaskType TaskType, string Dataset, string Context, string TaskInput, string TaskOutput)
{
    static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What the generator reads.</summary>
    public string Input => BonitoPrompt.Format(TaskType, Context);

    /// <summary>What the generator learns to write.</summary>
    public string Output => BonitoPrompt.FormatCompletion(TaskInput, TaskOutput);

    /// <summary>The row as one line of JSON Lines, in UTF-8, without its line break.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("context", Context);
            json.WriteString("task_input", TaskInput);
            json.WriteString("task_output", TaskOutput);
            json.WriteString("dataset", Dataset);
            json.WriteString("task_type", TaskType.ShortName);
            json.WriteString("input", Input);
            json.WriteString("output", Output);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
