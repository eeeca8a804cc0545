using Bonito.Datasets;
using Bonito.Documents;
using Bonito.Tasks;

namespace Bonito.Tests.Datasets;

/// <summary>Ledger entries for tests: odd samples are rejected.</summary>
static class Entries
{
    public static LedgerEntry Of(int sample, string text = "Wo steht das \"Leuchtfeuer\"?\nAm Kap 北.")
    {
        RequestedTask requested = new("c0ffee-exqa", new Context("notes/a.txt", 3, 10, 90, text), TaskType.ExtractiveQuestionAnswering, sample);
        return sample % 2 == 0
            ? new LedgerEntry(0.25, Kept: TaskExample.From(requested, new ParsedTask("in: " + text, "out"), 70, 12))
            : new LedgerEntry(0.5, Rejected: Rejection.From(requested, RejectionReason.NoPipe, "no pipe here", 70, 9));
    }

    public static string Id(int sample) => Of(sample).Id;
}
