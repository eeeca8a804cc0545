using System.Globalization;
using System.Text.Json;

namespace Bonito.Rows;

/// <summary>Rows of JSON documents, which are streamed.</summary>
static class JsonDocumentRows
{
    public static IEnumerable<ReadRow> Read(SourceStream stream, RowsPath path)
    {
        var json = new JsonStream(stream);
        var scopes = new RowScopes(path);
        long number = 0;
        JsonTokenType token;
        while ((token = json.Peek()) != JsonTokenType.None)
        {
            if (path.HoldsDocument)
            {
                var where = new Origin(stream.Name, json.Line, number + 1);
                foreach (Row row in scopes.OfDocument(json.Value(), where)) yield return new ReadRow(row, where with { Number = ++number });
                continue;
            }
            IEnumerable<(object? Item, string? Key, long Line)> items =
                !path.IsEmpty ? Within(json, stream.Name, path, 0)
                : token == JsonTokenType.StartArray ? Items(json, stream.Name, path)
                : [(json.Value(), null, json.Line)];
            foreach ((object? item, string? key, long line) in items)
            {
                var where = new Origin(stream.Name, line, number + 1);
                foreach (Row row in scopes.OfItem(item, key, where)) yield return new ReadRow(row, where with { Number = ++number });
            }
        }
    }

    /// <summary>The items behind the outer steps of the path from the given one on; what stands beside them is passed over.</summary>
    static IEnumerable<(object? Item, string? Key, long Line)> Within(JsonStream json, string name, RowsPath path, int depth)
    {
        if (depth == path.Outer.Length)
        {
            foreach (var item in Items(json, name, path)) yield return item;
            yield break;
        }
        string step = path.Outer[depth];
        long line = json.Line;
        bool inObject = Opens(json, name, path) == JsonTokenType.StartObject;
        bool found = false;
        var others = new List<string>();
        for (int position = 0; MovesOn(json, inObject); position++)
        {
            string here = inObject ? json.Name : position.ToString(CultureInfo.InvariantCulture);
            json.Peek();
            if (here != step)
            {
                if (others.Count < 20) others.Add(here);
                json.Skip();
                continue;
            }
            if (found) throw new BonitoException($"{name}:{json.Line}: '{step}' stands twice in one object; the rows path '{path}' goes through it.");
            found = true;
            foreach (var item in Within(json, name, path, depth + 1)) yield return item;
        }
        if (!found) throw new BonitoException($"{name}:{line}: no '{step}' on the rows path '{path}'; there are: {string.Join(", ", others)}.");
    }

    /// <summary>The items of the list or object that comes next.</summary>
    static IEnumerable<(object? Item, string? Key, long Line)> Items(JsonStream json, string name, RowsPath path)
    {
        bool inObject = Opens(json, name, path) == JsonTokenType.StartObject;
        while (MovesOn(json, inObject))
        {
            string? key = inObject ? json.Name : null;
            json.Peek();
            long line = json.Line;
            yield return (json.Value(), key, line);
        }
    }

    static JsonTokenType Opens(JsonStream json, string name, RowsPath path)
    {
        JsonTokenType token = json.Peek();
        if (token is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            throw new BonitoException($"{name}:{json.Line}: the rows path '{path}' leads to a single value; expected a list or an object.");
        json.Pass();
        return token;
    }

    /// <summary>Goes to the next item of the open list or object, past its name; false and past the end when there is none.</summary>
    static bool MovesOn(JsonStream json, bool inObject)
    {
        bool more = json.Peek() is not (JsonTokenType.EndObject or JsonTokenType.EndArray);
        if (inObject || !more) json.Pass();
        return more;
    }
}
