namespace Bonito.Rows;

/// <summary>What a reader holds at most, so that a file made to exhaust the memory is refused instead.</summary>
static class RowLimits
{
    /// <summary>Bytes of a row: of a line, of an element of a JSON list, of a file that is one row.</summary>
    public const int RowBytes = 1 << 28;

    public const string RowBytesText = "256 MiB";

    /// <summary>Bytes of the body of an Arrow record batch, also when decompressed.</summary>
    public const int BatchBytes = 1 << 30;
}
