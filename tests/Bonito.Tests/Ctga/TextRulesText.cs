using Bonito.Ctga;

namespace Bonito.Tests.Ctga;

/// <summary>Prose of our own writing about places that do not exist, and what the rules make of it.</summary>
static class TextRulesText
{
    static readonly string[] Towns = ["Arlow", "Bresk", "Calder", "Dunmore", "Estwick", "Farrow", "Gillan", "Harwick", "Inverdale", "Jarrow"];
    static readonly string[] Goods = ["timber", "wool", "copper", "paper", "glass", "barley", "granite", "cheese", "rope", "leather"];

    /// <summary>Rows of one paragraph, made with several seeds, so that every rule gets its turn.</summary>
    public static List<RuleRow> RowsOf(string paragraph, int seeds = 24)
    {
        TextDocument document = new("Test", paragraph);
        return [.. Enumerable.Range(0, seeds).SelectMany(seed => TextRules.Make(document, seed))];
    }

    /// <summary>All questions that were asked about a sentence placed in a paragraph, with their answers.</summary>
    public static HashSet<(string Question, string Answer)> QuestionsOn(string sentence) =>
        [.. RowsOf(Around(sentence)).Where(r => r.TaskType.ShortName is "exqa" or "qa" or "qg")
            .Select(r => (r.Roles["question"], r.Roles["answer"]))];

    /// <summary>A paragraph in which only this sentence says something that can be asked about.</summary>
    public static string Around(string sentence) =>
        "Old records about the basalt and granite of the region are kept in a quiet archive, and visitors may read them there without " +
        "paying anything. " + sentence + " Few documents say much about daily life, yet some letters and a pair of diaries have survived, " +
        "and people still read them with pleasure today.";

    /// <summary>A long document: ten paragraphs for each of ten towns, all different.</summary>
    public static TextDocument Gazetteer(int paragraphsPerTown = 10)
    {
        List<string> lines = [];
        for (int town = 0; town < Towns.Length; town++)
        {
            lines.Add("Trade of " + Towns[town]);
            for (int i = 0; i < paragraphsPerTown; i++)
            {
                int n = town * paragraphsPerTown + i;
                string name = Towns[town], good = Goods[(town + i) % Goods.Length], other = Towns[(town + i + 1) % Towns.Length];
                lines.Add(
                    $"The harbour of {name} sent {good} from the northern valleys to the merchants of {other}. " +
                    $"The harbour was built in {1700 + n}. The largest warehouse of the harbour stored {good} from the northern valleys. " +
                    $"The market was opened by Robert {other} in {1750 + n}, and the merchants of {other} visited the market every spring. " +
                    $"The council of {name} has {3 + n} members. Trade declined because the river froze for several months. " +
                    $"The brewery of {name} was a client of {other}. It sold beer in {5 + n} villages. " +
                    $"The old mill is located in {other} Street, and it produces {good} for the whole county.");
            }
        }
        return new TextDocument("Gazetteer", string.Join("\n\n", lines));
    }
}
