namespace Bonito.Documents;

/// <summary>Chooses between which units a document is cut: the cheapest way to divide it into contexts that fit.</summary>
static class ContextCuts
{
    // Only the ratios matter. Tearing a paragraph must cost more than the one context and the two cuts between
    // paragraphs that it can save, or contexts would be filled to the brim. A context that is too short costs more
    // than a torn paragraph and less than a torn list.
    const int PerContext = 4;
    const int TornWhole = 32;
    const int TornLead = 80;
    const int ShortBase = 8;
    const int ShortMore = 12;

    static int Cost(Seam seam) => seam switch
    {
        Seam.Section => 0,
        Seam.Block => 1,
        Seam.Item => 2,
        Seam.Sentence => 8,
        Seam.Line => 16,
        Seam.Space => 20,
        _ => 24,
    };

    static int Cost(in Unit unit) =>
        Cost(unit.Seam) + (unit.InWhole ? TornWhole : 0) + (unit.AfterLead ? TornLead : 0);

    /// <summary>
    /// The units at which contexts start, in order, the first being 0. No context has more than
    /// <paramref name="budget"/> tokens unless it is a single unit.
    /// </summary>
    public static List<int> Find(List<Unit> units, int budget, int minTokens)
    {
        int n = units.Count;
        int[] start = new int[n + 1]; // where the last context starts, if the first k units are divided at least cost
        long[] opening = new long[n + 1]; // that cost, and the cost of cutting there
        long[] before = new long[n + 1]; // the tokens of the first k units
        for (int k = 1; k <= n; k++)
        {
            before[k] = before[k - 1] + units[k - 1].Tokens;
            long least = long.MaxValue;
            for (int s = k - 1; s >= 0; s--)
            {
                long tokens = before[k] - before[s];
                if (tokens > budget && s < k - 1) break;

                long cost = opening[s];
                if (tokens < minTokens) cost += ShortBase + (ShortMore * (minTokens - tokens) / minTokens);
                // On a tie the context that starts earlier, hence is longer, wins.
                if (cost > least) continue;
                least = cost;
                start[k] = s;
            }

            opening[k] = least + PerContext + (k < n ? Cost(units[k]) : 0);
        }

        List<int> starts = [];
        for (int k = n; k > 0; k = start[k]) starts.Add(start[k]);
        starts.Reverse();
        return starts;
    }
}
