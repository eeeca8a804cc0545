using Bonito.Rows;
using Bonito.Templates;

namespace Bonito.Ctga;

/// <summary>Columns made from a row, each by an expression over the row's own.</summary>
internal sealed class ColumnMap
{
    /// <summary>Stands for the whole row in expressions: <c>row['a name with spaces']</c>.</summary>
    public const string WholeRow = "row";

    public static readonly ColumnMap None = new([], []);

    readonly RowExpression[] expressions;

    ColumnMap(string[] names, RowExpression[] expressions)
    {
        (Names, this.expressions) = (names, expressions);
        Reads = [.. expressions.SelectMany(e => e.Reads).Where(name => name != WholeRow).Distinct()];
    }

    /// <summary>The columns that are made.</summary>
    public string[] Names { get; }

    public int Count => Names.Length;

    /// <summary>The columns of the row that the expressions read by name.</summary>
    public IReadOnlyList<string> Reads { get; }

    /// <summary>Reads a mapping of names to expressions; none when the field is missing.</summary>
    /// <exception cref="BonitoException">An expression is none.</exception>
    public static ColumnMap Read(YamlFields item, string field)
    {
        if (item.MapOrNull(field) is not { } map) return None;
        string[] names = [.. map.Keys];
        return new ColumnMap(names, [.. names.Select(name => RowExpression.Parse($"{map.Where}: {map.What} '{name}'", map.Text(name)))]);
    }

    /// <summary>The values of the columns that are made; null for what is not there.</summary>
    /// <param name="row">The row.</param>
    /// <exception cref="BonitoException">An expression cannot be evaluated on this row.</exception>
    public object?[] Evaluate(Row row)
    {
        if (Count == 0) return [];
        var scope = new ScopeWith(row, WholeRow, row);
        return Array.ConvertAll(expressions, e => e.Evaluate(scope));
    }

    /// <summary>This mapping with some columns made otherwise.</summary>
    public ColumnMap With(ColumnMap others)
    {
        if (others.Count == 0) return this;
        int[] kept = [.. Enumerable.Range(0, Count).Where(i => !others.Names.Contains(Names[i]))];
        return new ColumnMap([.. kept.Select(i => Names[i]), .. others.Names], [.. kept.Select(i => expressions[i]), .. others.expressions]);
    }
}
