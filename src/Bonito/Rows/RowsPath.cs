namespace Bonito.Rows;

/// <summary>
/// Where the rows stand in a JSON or XML document: <c>data.*.paragraphs.*.qas.*</c> for the SQuAD format, <c>*</c> for a
/// list of rows or an object of rows.
/// </summary>
/// <remarks>
/// <para>
/// Steps are the names of members, positions in lists from 0, and <c>*</c>, each item of a list or of an object. A row
/// sees the columns of the item itself, then those of the items around it that an outer <c>*</c> went through, except
/// the ones that lead to the row; the inner of two equal names wins. An item that is a list has its positions as names
/// (<c>0</c>, <c>1</c>); one that is a single value has the column <c>value</c>. A row that stands in an object has its
/// name there in the column <c>key</c>; a row within another item has its position in its list, from 0, in the column <c>#</c>.
/// </para>
/// <para>
/// What is held at once is one item of the first <c>*</c>; the document itself is streamed, and what stands beside the
/// list at its top is not seen. A path that begins with <c>$</c> (<c>$.questions.*</c>) holds the document and sees its
/// columns too. A line of JSON Lines is always held and seen.
/// </para>
/// </remarks>
sealed class RowsPath
{
    readonly string text;

    /// <exception cref="BonitoException">The path has an empty step, or does not end with <c>*</c>.</exception>
    public RowsPath(string text)
    {
        this.text = text;
        if (text.Length == 0) return;
        string[] steps = text.Split('.');
        HoldsDocument = steps[0] == "$";
        if (HoldsDocument) steps = steps[1..];
        int first = Array.IndexOf(steps, "*");
        if (first < 0 || steps[^1] != "*" || steps.Contains(""))
            throw new BonitoException($"The rows path '{text}' is not one: expected names and * between dots, * at the end, as in data.*.paragraphs.*.qas.*");
        Steps = steps;
        Outer = steps[..first];
        Inner = steps[(first + 1)..];
    }

    public bool IsEmpty => Steps.Length == 0;

    /// <summary>Whether the document is an item whose columns the rows see.</summary>
    public bool HoldsDocument { get; }

    public string[] Steps { get; } = [];

    /// <summary>The steps before the first <c>*</c>.</summary>
    public string[] Outer { get; } = [];

    /// <summary>The steps behind the first <c>*</c>.</summary>
    public string[] Inner { get; } = [];

    public override string ToString() => text;
}
