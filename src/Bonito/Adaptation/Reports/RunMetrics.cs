using System.Text.Json;

namespace Bonito.Adaptation.Reports;

/// <summary><c>metrics.jsonl</c> by columns; which there are is up to the file.</summary>
sealed class RunMetrics
{
    readonly Dictionary<string, int> columns = [];
    readonly List<(int Step, double[] Values)> rows = [];
    readonly List<(int Column, double Value)> found = [];

    /// <exception cref="BonitoException">The file cannot be read.</exception>
    public RunMetrics(string path)
    {
        Unreadable = RunLines.Read(path, Take);
    }

    /// <summary>Lines that were left out, by number; null if there is no file.</summary>
    public IReadOnlyList<int>? Unreadable { get; }

    /// <summary>Steps that were written down.</summary>
    public int Count => rows.Count;

    /// <summary>The last of them; 0 if there is none.</summary>
    public int LastStep => rows.Count == 0 ? 0 : rows[^1].Step;

    /// <summary>The finite values of a column, in the order of steps; empty if there are none.</summary>
    public IReadOnlyList<CurvePoint> Column(string name)
    {
        if (!columns.TryGetValue(name, out int index)) return [];
        List<CurvePoint> points = new(rows.Count);
        foreach ((int step, double[] values) in rows)
            if (index < values.Length && double.IsFinite(values[index])) points.Add(new CurvePoint(step, values[index]));
        return points;
    }

    bool Take(JsonElement line)
    {
        if (!line.TryGetProperty("step", out JsonElement number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out int step)) return false;
        // Of a step that was made again only what came last counts.
        while (rows.Count > 0 && rows[^1].Step >= step) rows.RemoveAt(rows.Count - 1);
        rows.Add((step, Values(line)));
        return true;
    }

    /// <summary>The values of a line at the places of their columns; NaN for those it does not have.</summary>
    double[] Values(JsonElement line)
    {
        found.Clear();
        foreach (JsonProperty property in line.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number) continue;
            if (!columns.TryGetValue(property.Name, out int column)) columns.Add(property.Name, column = columns.Count);
            found.Add((column, property.Value.GetDouble()));
        }
        double[] values = new double[columns.Count];
        Array.Fill(values, double.NaN);
        foreach ((int column, double value) in found) values[column] = value;
        return values;
    }
}
