using System.Text;

namespace Bonito.Parquet.Writing;

/// <summary>Texts, as UTF-8. Their bounds are cut to a few characters: the lower one off, the upper one off and raised.</summary>
sealed class TextValues : DictionaryValues<string>
{
    const int LongestBound = 64;

    byte[]? minimum, maximum;

    public override ColumnStatistics Bounds => new()
    {
        Minimum = Known(minimum?[..Cut(minimum)]),
        Maximum = Known(maximum is null ? null : Raised(maximum)),
    };

    public override void Reset()
    {
        base.Reset();
        (minimum, maximum) = (null, null);
    }

    protected override bool TryTake(object value, out string taken)
    {
        taken = value as string ?? "";
        return value is string;
    }

    protected override void Put(string value, ByteBuffer into)
    {
        ReadOnlySpan<byte> bytes = into.Text(value);
        if (minimum is null || bytes.SequenceCompareTo(minimum) < 0) minimum = bytes.ToArray();
        if (maximum is null || bytes.SequenceCompareTo(maximum) > 0) maximum = bytes.ToArray();
    }

    // The conversion that the language would choose makes an empty text of null.
    static ReadOnlyMemory<byte>? Known(byte[]? bound) => bound is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(bound);

    /// <summary>How many bytes to keep, so that no character is cut in two.</summary>
    static int Cut(byte[] text)
    {
        if (text.Length <= LongestBound) return text.Length;
        int length = LongestBound;
        while ((text[length] & 0xC0) == 0x80) length--;
        return length;
    }

    /// <summary>A short text that is not before <paramref name="text"/>; null if there is none.</summary>
    static byte[]? Raised(byte[] text)
    {
        int length = Cut(text);
        if (length == text.Length) return text;
        // The last character that has one after it gets that one, and what follows it is dropped.
        Rune[] characters = [.. Encoding.UTF8.GetString(text, 0, length).EnumerateRunes()];
        for (int last = characters.Length - 1; last >= 0; last--)
        {
            int next = characters[last].Value + 1;
            if (next == 0xD800) next = 0xE000;
            if (next > 0x10FFFF) continue;
            characters[last] = new Rune(next);
            return Encoding.UTF8.GetBytes(string.Concat(characters[..(last + 1)].Select(rune => rune.ToString())));
        }
        return null;
    }
}
