using Bonito.Templates.Jinja.Rendering;

namespace Bonito.Templates.Jinja.Values;

/// <summary>Stable sorting by Python's order.</summary>
internal static class Sorting
{
    /// <summary>The items in the order of their keys; items of equal keys keep their order, also when it is reversed.</summary>
    public static List<object?> Sort(RenderContext context, List<object?> items, Func<object?, object?> key, bool reverse)
    {
        (object? Key, object? Item)[] sorted = [.. items.Select(item => (key(item), item))];
        // A merge sort: .NET's own sorts hide failures of comparisons in other exceptions, or are not stable.
        MergeSort(context, sorted, new (object?, object?)[sorted.Length], 0, sorted.Length, reverse);
        return [.. sorted.Select(pair => pair.Item)];
    }

    static void MergeSort(RenderContext context, (object? Key, object? Item)[] items, (object? Key, object? Item)[] spare, int start, int end, bool reverse)
    {
        if (end - start < 2) return;
        int middle = start + (end - start) / 2;
        MergeSort(context, items, spare, start, middle, reverse);
        MergeSort(context, items, spare, middle, end, reverse);
        context.StepMany(end - start);
        items.AsSpan(start, end - start).CopyTo(spare.AsSpan(start));
        for (int i = start, left = start, right = middle; i < end; i++)
        {
            bool takeRight = left == middle || right < end && (reverse
                ? Comparing.Compare(context, spare[left].Key, spare[right].Key, "<") < 0
                : Comparing.Compare(context, spare[right].Key, spare[left].Key, "<") < 0);
            items[i] = takeRight ? spare[right++] : spare[left++];
        }
    }
}
