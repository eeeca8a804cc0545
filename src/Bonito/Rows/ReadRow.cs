namespace Bonito.Rows;

/// <summary>A row and where it came from.</summary>
public readonly record struct ReadRow(Row Row, Origin Origin);

/// <summary>Where a row came from. The text of it is made only when asked for.</summary>
/// <param name="File">Name of the file, with the member's path after a colon when it stood in an archive.</param>
/// <param name="Line">Line from 1 on which the row starts; 0 where the format has no lines.</param>
/// <param name="Number">Its number from 1 among the rows of the file, or of the member.</param>
public readonly record struct Origin(string File, long Line, long Number)
{
    /// <summary>The shortest text that finds the row: by its line where there are lines, else by its number.</summary>
    public string Place => Line > 0 ? $"{File}:{Line}" : ToString();

    public override string ToString() => Line > 0 ? $"{File}:{Line} (row {Number})" : $"{File} (row {Number})";
}
