using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Bonito.Rows.HuggingFace;

/// <summary>Reads YAML as rows, lists and texts. Aliases are refused and the depth is bounded: a card is other people's text.</summary>
static class YamlValues
{
    const int MaxDepth = 32;

    /// <exception cref="YamlException">Not YAML, with aliases, or too deep.</exception>
    public static object? Read(string text)
    {
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _)) return null;
        parser.Consume<DocumentStart>();
        return Value(parser, 0);
    }

    static object? Value(Parser parser, int depth)
    {
        parser.Accept<ParsingEvent>(out ParsingEvent? next);
        if (depth > MaxDepth) throw new YamlException(next!.Start, next.End, $"More than {MaxDepth} levels.");
        if (parser.TryConsume<Scalar>(out var scalar)) return scalar is { IsPlainImplicit: true, Value: "" or "null" or "~" } ? null : scalar.Value;
        if (parser.TryConsume<SequenceStart>(out var _))
        {
            var items = new List<object?>();
            while (!parser.TryConsume<SequenceEnd>(out var _)) items.Add(Value(parser, depth + 1));
            return items;
        }
        if (!parser.TryConsume<MappingStart>(out var _)) throw new YamlException(next!.Start, next.End, "Aliases are not read here.");
        var members = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out var _)) members[parser.Consume<Scalar>().Value] = Value(parser, depth + 1);
        return new Row([.. members.Keys], [.. members.Values]);
    }
}
