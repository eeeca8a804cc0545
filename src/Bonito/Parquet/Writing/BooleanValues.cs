namespace Bonito.Parquet.Writing;

/// <summary>Truth values: eight a byte, without a dictionary.</summary>
sealed class BooleanValues : ColumnValues
{
    readonly List<bool> values = [];
    bool hasTrue, hasFalse;

    public override long PlainBytes => values.Count / 8;

    public override ReadOnlySpan<byte> Dictionary => [];

    public override int DictionaryCount => 0;

    public override ColumnStatistics Bounds => hasTrue || hasFalse
        ? new() { Minimum = new byte[] { hasFalse ? (byte)0 : (byte)1 }, Maximum = new byte[] { hasTrue ? (byte)1 : (byte)0 } }
        : new();

    public override bool Add(object value)
    {
        if (value is not bool truth) return false;
        values.Add(truth);
        hasTrue |= truth;
        hasFalse |= !truth;
        return true;
    }

    public override bool EndPage(ByteBuffer into)
    {
        for (int i = 0; i < values.Count; i += 8)
        {
            int eight = 0;
            for (int b = 0; b < 8 && i + b < values.Count; b++) eight |= (values[i + b] ? 1 : 0) << b;
            into.Byte((byte)eight);
        }
        values.Clear();
        return false;
    }

    public override void Reset() => (hasTrue, hasFalse) = (false, false);
}
