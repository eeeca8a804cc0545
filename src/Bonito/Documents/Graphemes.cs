using System.Globalization;

namespace Bonito.Documents;

/// <summary>Where a text may be cut without tearing what a reader sees as one character.</summary>
static class Graphemes
{
    /// <summary>
    /// Whether a cluster ends at <paramref name="at"/>, asked where the character before is one that starts a cluster
    /// of its own: white space or punctuation. Costs no more than that cluster.
    /// </summary>
    public static bool EndsBefore(string text, int at) =>
        at >= text.Length || StringInfo.GetNextTextElementLength(text.AsSpan(at - 1)) == 1;

    /// <summary>The ends of the clusters from <paramref name="start"/> until past <paramref name="limit"/>, at least one.</summary>
    public static List<int> Ends(string text, int start, int end, int limit)
    {
        List<int> ends = [];
        for (int at = start; at < end && (ends.Count == 0 || at < limit);)
        {
            at = Math.Min(end, at + StringInfo.GetNextTextElementLength(text.AsSpan(at)));
            ends.Add(at);
        }

        return ends;
    }
}
