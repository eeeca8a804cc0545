using Bonito.Templates.Jinja.Rendering;

namespace Bonito.Templates.Jinja.Values;

/// <summary>Equality and order of values, as Python has them.</summary>
internal static class Comparing
{
    public static bool AreEqual(RenderContext context, object? left, object? right)
    {
        if (left is string a && right is string b) return a == b;
        if (left is null || right is null) return left is null && right is null;
        if (left is Markup m) left = m.Text;
        if (right is Markup n) right = n.Text;
        if (left is string c && right is string d) return c == d;
        if (Kind.IsNumber(left) && Kind.IsNumber(right)) return Order(left, right) == 0;
        if (left is Undefined && right is Undefined) return true;
        if (ReferenceEquals(left, right)) return true;
        context.Step();
        if (left is PythonRange firstRange && right is PythonRange secondRange)
        {
            return firstRange.Count == secondRange.Count && (firstRange.Count == 0
                || firstRange.Start == secondRange.Start && (firstRange.Count == 1 || firstRange.Step == secondRange.Step));
        }
        if (left is IReadOnlyList<object?> first && right is IReadOnlyList<object?> second) return HaveEqualItems(context, first, second);
        if (Mapping.Of(left) is { } one && Mapping.Of(right) is { } other) return HaveEqualItems(context, one, other);
        return false;
    }

    /// <summary>Whether the two are the same object, as far as that shows: numbers and texts are when they are equal and of one type.</summary>
    public static bool AreSame(object? left, object? right) => left switch
    {
        null => right is null,
        bool or long or string => left.Equals(right),
        _ => ReferenceEquals(left, right),
    };

    static bool HaveEqualItems(RenderContext context, IReadOnlyList<object?> left, IReadOnlyList<object?> right)
    {
        if (left is PythonTuple != right is PythonTuple || left is PythonRange || right is PythonRange || left.Count != right.Count) return false;
        context.Descend();
        bool equal = true;
        for (int i = 0; equal && i < left.Count && i < right.Count; i++) equal = AreEqual(context, left[i], right[i]);
        context.Ascend();
        return equal;
    }

    static bool HaveEqualItems(RenderContext context, IMapping left, IMapping right)
    {
        if (left.Count != right.Count) return false;
        context.Descend();
        bool equal = true;
        foreach (var (key, value) in left.Keys.Zip(left.Values))
        {
            equal = right.TryGet(key, out object? other) && AreEqual(context, value, other);
            if (!equal) break;
        }
        context.Ascend();
        return equal;
    }

    /// <summary>Less than, equal to or greater than zero as left is before, equal to or after right; null where one is not a number (NaN).</summary>
    /// <exception cref="RenderFailure">Values of these types have no order.</exception>
    public static int? Compare(RenderContext context, object? left, object? right, string symbol)
    {
        if (left is Undefined undefined || (undefined = (right as Undefined)!) is not null) throw undefined.Failure();
        if (left is Markup a) left = a.Text;
        if (right is Markup b) right = b.Text;
        if (left is string text && right is string other) return CompareTexts(text, other);
        if (Kind.IsNumber(left) && Kind.IsNumber(right)) return Order(left!, right!);
        context.Step();
        if (left is IReadOnlyList<object?> first && right is IReadOnlyList<object?> second
            && first is PythonTuple == second is PythonTuple && first is not PythonRange && second is not PythonRange)
        {
            context.Descend();
            int common = Math.Min(first.Count, second.Count);
            for (int i = 0; i < common; i++)
            {
                if (AreEqual(context, first[i], second[i])) continue;
                int? order = Compare(context, first[i], second[i], symbol);
                context.Ascend();
                return order;
            }
            context.Ascend();
            return first.Count.CompareTo(second.Count);
        }
        throw new RenderFailure($"'{symbol}' cannot compare a {Kind.Of(left)} with a {Kind.Of(right)}.");
    }

    // Python compares code points. Halves of pairs stand for code points above all others, but below U+E000 as units.
    static int CompareTexts(string left, string right)
    {
        int common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length) return left.Length.CompareTo(right.Length);
        char a = left[common], b = right[common];
        return char.IsSurrogate(a) != char.IsSurrogate(b)
            ? char.IsSurrogate(a) ? 1 : -1
            : a.CompareTo(b);
    }

    static int? Order(object left, object right)
    {
        if (left is not double && right is not double) return Numbers.Integer(left, "").CompareTo(Numbers.Integer(right, ""));
        if (left is double a && right is double b) return double.IsNaN(a) || double.IsNaN(b) ? null : a.CompareTo(b);
        return left is double number ? Order(number, Numbers.Integer(right, "")) : -Order((double)right, Numbers.Integer(left, ""));
    }

    // Exact also where a double cannot hold the whole number.
    static int? Order(double left, long right)
    {
        if (double.IsNaN(left)) return null;
        if (left >= 9223372036854775808.0) return 1;
        if (left < long.MinValue) return -1;
        int whole = ((long)Math.Floor(left)).CompareTo(right);
        return whole != 0 ? whole : left > Math.Floor(left) ? 1 : 0;
    }
}
