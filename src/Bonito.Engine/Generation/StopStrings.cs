using System.Text;

namespace Bonito.Engine.Generation;

/// <summary>
/// Looks for stop strings in the UTF-8 bytes of a text that grows token by token. A byte sequence that is whole characters is
/// only ever found at a character's boundary, so neither tokens that end inside a character nor stop strings that span
/// tokens need care. The stop string that is complete first counts (of several, the longest): it does not depend on where tokens end.
/// </summary>
public sealed class StopStrings(IEnumerable<string> texts)
{
    readonly byte[][] stops = [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Where the first complete stop string starts, or -1.</summary>
    /// <param name="text">All bytes so far.</param>
    /// <param name="searched">How many of them were there at the last call, which found none.</param>
    public int Find(ReadOnlySpan<byte> text, int searched)
    {
        int start = -1, end = int.MaxValue;
        foreach (byte[] stop in stops)
        {
            int from = Math.Max(0, searched - stop.Length + 1);
            int at = text[from..].IndexOf(stop);
            if (at < 0) continue;
            at += from;
            if (at + stop.Length < end || (at + stop.Length == end && at < start)) (start, end) = (at, at + stop.Length);
        }
        return start;
    }
}
