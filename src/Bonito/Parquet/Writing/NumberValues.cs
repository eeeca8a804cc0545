namespace Bonito.Parquet.Writing;

sealed class IntegerValues : DictionaryValues<long>
{
    long minimum = long.MaxValue, maximum = long.MinValue;

    public override ColumnStatistics Bounds => minimum <= maximum
        ? new() { Minimum = BitConverter.GetBytes(minimum), Maximum = BitConverter.GetBytes(maximum) }
        : new();

    public override void Reset()
    {
        base.Reset();
        (minimum, maximum) = (long.MaxValue, long.MinValue);
    }

    protected override bool TryTake(object value, out long taken)
    {
        taken = value is long integer ? integer : 0;
        return value is long;
    }

    protected override void Put(long value, ByteBuffer into)
    {
        into.Int64(value);
        (minimum, maximum) = (Math.Min(minimum, value), Math.Max(maximum, value));
    }
}

/// <summary>Numbers by their bits, so that zeros of both signs and all that is not a number stay what they are.</summary>
sealed class NumberValues : DictionaryValues<long>
{
    double minimum = double.PositiveInfinity, maximum = double.NegativeInfinity;

    // By the format's rules bounds know nothing of what is not a number, and a zero stands for those of both signs.
    public override ColumnStatistics Bounds => minimum <= maximum
        ? new()
        {
            Minimum = BitConverter.GetBytes(minimum == 0 ? -0.0 : minimum),
            Maximum = BitConverter.GetBytes(maximum == 0 ? 0.0 : maximum),
        }
        : new();

    public override void Reset()
    {
        base.Reset();
        (minimum, maximum) = (double.PositiveInfinity, double.NegativeInfinity);
    }

    // An integer is a number too if none of its digits are lost.
    protected override bool TryTake(object value, out long taken)
    {
        double? number = value switch
        {
            double real => real,
            long integer when Math.Abs((decimal)integer) <= 1L << 53 => integer,
            _ => null,
        };
        taken = BitConverter.DoubleToInt64Bits(number ?? 0);
        return number is not null;
    }

    protected override void Put(long value, ByteBuffer into)
    {
        into.Int64(value);
        double number = BitConverter.Int64BitsToDouble(value);
        if (number < minimum) minimum = number;
        if (number > maximum) maximum = number;
    }
}
