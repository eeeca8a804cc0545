using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// The normalisation forms of Unicode (UAX #15). <see cref="string.Normalize()"/> leaves everything but ASCII as it is in
/// programs that carry no culture data, as ours do.
/// </summary>
internal static class UnicodeForms
{
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TailCount = 28, SyllableCount = LeadCount * VowelCount * TailCount;

    /// <summary>The text in a form. A lone surrogate becomes U+FFFD where anything else changes too.</summary>
    public static string Normalize(string text, NormalizationForm form)
    {
        bool compatible = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
        bool compose = form is NormalizationForm.FormC or NormalizationForm.FormKC;
        UnicodeDecompositions data = UnicodeDecompositions.Instance;
        if (!MayChange(text, data, compatible, compose))
            return text;

        var codePoints = new List<int>(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            Decompose(rune.Value, data, compatible, codePoints);
        Reorder(codePoints, data);
        if (compose)
            Compose(codePoints, data);

        var normalized = new StringBuilder(codePoints.Count);
        foreach (int codePoint in codePoints)
            normalized.Append(new Rune(codePoint).ToString());
        return normalized.ToString();
    }

    /// <summary>Whether some code point decomposes, combines or is ordered; most texts have none and are done.</summary>
    private static bool MayChange(string text, UnicodeDecompositions data, bool compatible, bool compose)
    {
        // Below U+00A0 nothing changes in any form, below U+0300 nothing in form C.
        if (text.AsSpan().IndexOfAnyInRange(compose && !compatible ? '\u0300' : '\u00A0', char.MaxValue) < 0)
            return false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value >= 0xA0 && !data.IsStable(rune.Value, compatible, compose))
                return true;
        }

        return false;
    }

    private static void Decompose(int codePoint, UnicodeDecompositions data, bool compatible, List<int> destination)
    {
        if (codePoint is >= SyllableBase and < SyllableBase + SyllableCount)
        {
            int syllable = codePoint - SyllableBase;
            destination.Add(LeadBase + (syllable / (VowelCount * TailCount)));
            destination.Add(VowelBase + (syllable / TailCount % VowelCount));
            if (syllable % TailCount > 0)
                destination.Add(TailBase + (syllable % TailCount));
        }
        else if (data.Find(codePoint, compatible) is { } parts)
        {
            foreach (int part in parts)
                Decompose(part, data, compatible, destination);
        }
        else
        {
            destination.Add(codePoint);
        }
    }

    /// <summary>Sorts every run of combining marks by class, without changing the order of equal classes.</summary>
    private static void Reorder(List<int> codePoints, UnicodeDecompositions data)
    {
        for (int start = 0; start < codePoints.Count; start++)
        {
            if (data.ClassOf(codePoints[start]) == 0)
                continue;
            int end = start + 1;
            while (end < codePoints.Count && data.ClassOf(codePoints[end]) != 0)
                end++;
            if (end - start > 1)
            {
                int[] sorted = [.. codePoints[start..end].OrderBy(codePoint => data.ClassOf(codePoint))];
                for (int i = 0; i < sorted.Length; i++)
                    codePoints[start + i] = sorted[i];
            }

            start = end;
        }
    }

    private static void Compose(List<int> codePoints, UnicodeDecompositions data)
    {
        int starter = -1, written = 0, lastClass = 0;
        for (int i = 0; i < codePoints.Count; i++)
        {
            int codePoint = codePoints[i];
            int combiningClass = data.ClassOf(codePoint);
            // Blocked: something between the starter and here has the same class or a higher one.
            bool adjacent = starter == written - 1;
            if (starter >= 0 && (adjacent || (lastClass != 0 && lastClass < combiningClass)) &&
                Composite(codePoints[starter], codePoint, data) is int composite)
            {
                codePoints[starter] = composite;
                continue;
            }

            if (combiningClass == 0)
                starter = written;
            lastClass = combiningClass;
            codePoints[written++] = codePoint;
        }

        codePoints.RemoveRange(written, codePoints.Count - written);
    }

    private static int? Composite(int first, int second, UnicodeDecompositions data)
    {
        if (first is >= LeadBase and < LeadBase + LeadCount && second is >= VowelBase and < VowelBase + VowelCount)
            return SyllableBase + ((((first - LeadBase) * VowelCount) + second - VowelBase) * TailCount);
        bool openSyllable = first is >= SyllableBase and < SyllableBase + SyllableCount && (first - SyllableBase) % TailCount == 0;
        if (openSyllable && second is > TailBase and < TailBase + TailCount)
            return first + second - TailBase;
        return data.Compose(first, second);
    }
}
