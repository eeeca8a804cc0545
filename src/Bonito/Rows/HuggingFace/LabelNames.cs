namespace Bonito.Rows.HuggingFace;

/// <summary>Finds the columns of labels among a dataset's features.</summary>
static class LabelNames
{
    /// <summary>From the features as <c>dataset_info.json</c> has them, columns by name with their <c>_type</c>.</summary>
    public static Dictionary<string, ColumnLabels> OfFeatures(Row features)
    {
        var labels = new Dictionary<string, ColumnLabels>(StringComparer.Ordinal);
        foreach ((string name, object? feature) in features) Add(labels, name, feature);
        return labels;
    }

    static void Add(Dictionary<string, ColumnLabels> labels, string path, object? feature)
    {
        switch (feature)
        {
            case Row row when row.GetValueOrDefault("_type") is "ClassLabel":
                if (row.GetValueOrDefault("names") is IReadOnlyList<object?> names)
                    labels[path] = new ColumnLabels(names.Select(n => n as string ?? ""));
                break;
            // A sequence: its items are labels where its feature is one.
            case Row row when row.GetValueOrDefault("_type") is string:
                Add(labels, path, row.GetValueOrDefault("feature"));
                break;
            case Row row:
                foreach ((string name, object? inner) in row) Add(labels, $"{path}.{name}", inner);
                break;
            case IReadOnlyList<object?> { Count: 1 } list:
                Add(labels, path, list[0]);
                break;
        }
    }

    /// <summary>From the features as a card has them: a list of columns with their <c>dtype</c>, <c>struct</c>, <c>list</c> or <c>sequence</c>.</summary>
    public static Dictionary<string, ColumnLabels> OfCard(object? features)
    {
        var labels = new Dictionary<string, ColumnLabels>(StringComparer.Ordinal);
        AddColumns(labels, "", features);
        return labels;
    }

    static void AddColumns(Dictionary<string, ColumnLabels> labels, string prefix, object? features)
    {
        if (features is not IReadOnlyList<object?> columns) return;
        foreach (Row column in columns.OfType<Row>())
        {
            if (column.GetValueOrDefault("name") is not string name) continue;
            AddType(labels, prefix + name, column);
        }
    }

    static void AddType(Dictionary<string, ColumnLabels> labels, string path, Row type)
    {
        foreach (string part in (string[])["dtype", "sequence", "list", "struct"])
        {
            switch (type.GetValueOrDefault(part))
            {
                case Row inner:
                    AddType(labels, path, inner);
                    break;
                case IReadOnlyList<object?> columns:
                    AddColumns(labels, path + ".", columns);
                    break;
            }
        }
        if (type.GetValueOrDefault("class_label") is Row label && label.GetValueOrDefault("names") is { } names)
            labels[path] = new ColumnLabels(names is Row byNumber ? ByNumber(byNumber) : ((names as IReadOnlyList<object?>) ?? []).Select(n => n as string ?? ""));
    }

    // {'0': World, '1': Sports}: the numbers are the names' places, whatever their order.
    static IEnumerable<string> ByNumber(Row names) =>
        names.OrderBy(n => int.TryParse(n.Key, out int number) ? number : int.MaxValue).Select(n => n.Value as string ?? "");
}
