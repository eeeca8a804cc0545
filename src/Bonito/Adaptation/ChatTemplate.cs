using System.Text.Json;
using System.Text.Json.Nodes;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tokenizers;
using Bonito.Rows;
using Bonito.Templates.Jinja;

namespace Bonito.Adaptation;

/// <summary>A model's own chat template: what turns a conversation into the text that the model reads.</summary>
public sealed class ChatTemplate
{
    /// <summary>Also the name under which models keep the template in a file of its own.</summary>
    public const string FileName = "chat_template.jinja";

    static readonly string[] MessageColumns = ["role", "content"];

    // A template that writes the date must write the same one when a run is continued on another day.
    static readonly RenderSettings Settings = RenderSettings.Default with { Clock = new FixedClock(new DateTimeOffset(2024, 7, 26, 0, 0, 0, TimeSpan.Zero)) };

    readonly JinjaTemplate template;
    readonly string? beginning;
    readonly string? end;

    /// <param name="source">Names the template in errors.</param>
    /// <param name="beginning">What it is told as <c>bos_token</c>.</param>
    /// <param name="end">What it is told as <c>eos_token</c>.</param>
    /// <exception cref="BonitoException">The text is no template, or uses what is not supported.</exception>
    public ChatTemplate(string source, string text, string? beginning, string? end)
    {
        template = JinjaTemplate.Parse(source, text, JinjaSyntax.Chat);
        this.beginning = beginning;
        this.end = end;
    }

    /// <summary>Whether instructions stand between <c>[INST]</c> and <c>[/INST]</c>, as Mistral-Instruct has them.</summary>
    public bool IsMistral => template.Source.Contains("[INST]", StringComparison.Ordinal) && !template.Source.Contains("<<SYS>>", StringComparison.Ordinal);

    /// <summary>The template of a model folder (<c>chat_template.jinja</c>, or in <c>tokenizer_config.json</c>) or of a GGUF file; null where it has none.</summary>
    /// <exception cref="BonitoException">It cannot be read.</exception>
    /// <exception cref="Engine.EngineException">The model cannot be read.</exception>
    public static ChatTemplate? Find(string model)
    {
        if (File.Exists(model))
        {
            using ModelSource source = ModelSource.Open(model);
            return source.Metadata?.FindString("tokenizer.chat_template") is { } stored ? Make($"{model}: chat template", stored, model, source.Config, null) : null;
        }
        string settings = Path.Combine(model, "tokenizer_config.json"), file = Path.Combine(model, FileName);
        try
        {
            JsonObject? json = File.Exists(settings) ? JsonNode.Parse(File.ReadAllText(settings)) as JsonObject : null;
            string? text = File.Exists(file) ? File.ReadAllText(file) : Template(json?["chat_template"]);
            return text is null ? null : Make(File.Exists(file) ? file : settings, text, model, LlamaConfig.Load(Path.Combine(model, "config.json")), json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new BonitoException($"{settings}: the chat template cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The text of a conversation.</summary>
    /// <param name="ask">Whether it ends where the assistant is to speak.</param>
    /// <exception cref="BonitoException">The template does not take such a conversation; the message has its reason.</exception>
    public string Render(IEnumerable<ChatMessage> messages, bool ask) => template.Render(
        new Dictionary<string, object?>
        {
            ["messages"] = (IReadOnlyList<object?>)[.. messages.Select(message => (object?)new Row(MessageColumns, [message.Role, message.Content]))],
            ["add_generation_prompt"] = ask,
            ["bos_token"] = beginning ?? "",
            ["eos_token"] = end ?? "",
            ["tools"] = null,
            ["documents"] = null,
        },
        Settings);

    static ChatTemplate Make(string source, string text, string model, LlamaConfig config, JsonObject? settings)
    {
        Tokenizer tokenizer = Tokenizer.Load(model);
        return new ChatTemplate(source, text, Token(settings?["bos_token"]) ?? OfId(config.BosTokenId), Token(settings?["eos_token"]) ?? OfId(config.EosTokenId));

        string? OfId(int? id) => id is int token ? tokenizer.IdToToken(token) : null;
    }

    /// <summary>One template, or the one named default among several.</summary>
    static string? Template(JsonNode? value) => value is JsonArray several
        ? (string?)several.FirstOrDefault(entry => (string?)entry?["name"] == "default")?["template"]
        : (string?)value;

    static string? Token(JsonNode? value) => value is JsonObject token ? (string?)token["content"] : (string?)value;

    sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
