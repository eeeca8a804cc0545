namespace Bonito.Rows.Arrow;

/// <summary>
/// How many items of lists and bytes of views a row may still have: runs of nulls and views of the same bytes let a few
/// bytes of a hostile file stand for billions.
/// </summary>
sealed class ArrowBudget
{
    const int Row = 1 << 26;

    int left;

    /// <summary>Begins a row.</summary>
    public void Renew() => left = Row;

    /// <exception cref="ArrowFormatException">More than a row may have.</exception>
    public void Take(int count)
    {
        if (count > left) throw new ArrowFormatException($"a row of more than {Row} items or bytes");
        left -= count;
    }
}
