namespace Bonito.Rows.Arrow;

/// <summary>The values that columns refer to by position, in the order of the batches that brought them.</summary>
sealed class ArrowDictionary
{
    const int MaxBytes = RowLimits.BatchBytes;

    readonly List<object?> values = [];
    long held;

    /// <exception cref="ArrowFormatException">There is no such position.</exception>
    public object? this[object position] => position is long i && i >= 0 && i < values.Count
        ? values[(int)i]
        : throw new ArrowFormatException($"position {position} in a dictionary of {values.Count} values");

    /// <exception cref="ArrowFormatException">The values are broken, or too many to hold.</exception>
    public void Add(ArrowArray more, ArrowBudget budget)
    {
        for (int i = 0; i < more.Length; i++)
        {
            budget.Renew();
            values.Add(more[i]);
            if ((held += Weight(values[^1])) > MaxBytes) throw new ArrowFormatException($"a dictionary of more than {MaxBytes} bytes");
        }
    }

    /// <summary>Roughly the bytes that a value takes.</summary>
    static long Weight(object? value) => value switch
    {
        string text => 32 + 2L * text.Length,
        Row row => 64 + row.ValueArray.Sum(Weight),
        object?[] list => 32 + list.Sum(Weight),
        _ => 24,
    };
}
