using System.Globalization;
using Bonito.Rows;
using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Ctga;

/// <summary>Turns a row of a part's files into the set's published columns, and those into roles.</summary>
internal sealed class RowMapper(SourceSet set, SourcePart part)
{
    readonly ColumnMap roles = set.Roles.With(part.Roles);

    // All rows of a file share their names; so do all that are made of them.
    Layout layout = new([], [], []);

    /// <summary>Which columns of a file are taken over, and what the columns are called then.</summary>
    sealed record Layout(string[] From, string[] To, int[] Taken);

    /// <summary>The set's columns: those of the file, cleaned, and those that the part makes, which hide others of their names.</summary>
    /// <exception cref="BonitoException">An expression cannot be evaluated on this row.</exception>
    public Row Columns(Row row)
    {
        if (part.Clean.Count > 0) row = RowTexts.Map(row, text => TextCleaning.Clean(text, part.Clean));
        if (part.Columns.Count == 0) return row;
        object?[] made = part.Columns.Evaluate(row);
        Layout known = layout;
        string[] from = row.NameArray;
        if (!known.From.AsSpan().SequenceEqual(from))
        {
            int[] taken = [.. Enumerable.Range(0, from.Length).Where(i => !part.Columns.Names.Contains(from[i]))];
            layout = known = new Layout(from, [.. taken.Select(i => from[i]), .. part.Columns.Names], taken);
        }
        object?[] values = new object?[known.To.Length];
        int next = 0;
        foreach (int i in known.Taken) values[next++] = row.ValueArray[i];
        made.CopyTo(values, next);
        return new Row(known.To, values);
    }

    /// <summary>The roles of a row; null for those that it does not have.</summary>
    /// <exception cref="BonitoException">An expression cannot be evaluated on this row, or a role is no text and no list of texts.</exception>
    public Row Roles(Row columns)
    {
        object?[] values = roles.Evaluate(columns);
        for (int i = 0; i < values.Length; i++) values[i] = Role(roles.Names[i], values[i]);
        return new Row(roles.Names, values);
    }

    /// <summary>The task types that a row serves.</summary>
    /// <exception cref="BonitoException">A condition cannot be evaluated on this row.</exception>
    public HashSet<TaskType> Serves(Row columns, Row roleValues)
    {
        var served = new HashSet<TaskType>();
        foreach (SourceTask task in set.Tasks)
        {
            if (task.Condition is null || task.Condition.Holds(new ScopeWith(roleValues, ColumnMap.WholeRow, columns))) served.Add(task.TaskType);
        }
        return served;
    }

    /// <summary>A column that the first row of a file lacks is a wrong mapping or a wrong file, not a row to drop.</summary>
    /// <exception cref="BonitoException">A column is missing; the message lists those there are.</exception>
    public void Check(ReadRow first, bool withRoles)
    {
        Require(part.Columns.Reads, first.Row.Keys, part.Where);
        if (withRoles) Require(roles.Reads, first.Row.Keys.Concat(part.Columns.Names), part.Roles.Count > 0 ? part.Where : set.Where);

        void Require(IEnumerable<string> wanted, IEnumerable<string> there, string where)
        {
            if (wanted.FirstOrDefault(name => !there.Contains(name)) is { } missing)
                throw new BonitoException($"{first.Origin}: set '{set.Name}' ({where}): no column '{missing}'; columns there: {string.Join(", ", there)}.");
        }
    }

    static object? Role(string role, object? value)
    {
        switch (value)
        {
            case IReadOnlyList<object?> list:
                object?[] items = [.. list.Select(item => Role("", item)).Where(item => item is not null)];
                return items.Length == 0 ? null : items;
            case null:
                return null;
            case string text:
                text = TextCleaning.Clean(text, []);
                // Only passages keep their paragraphs.
                if (role != Templates.Roles.Context) text = text.Replace('\n', ' ');
                return text.Length == 0 ? null : text;
            case long or double:
                return ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture);
            default:
                throw new BonitoException($"the role '{role}' is neither a text nor a list of texts.");
        }
    }
}
