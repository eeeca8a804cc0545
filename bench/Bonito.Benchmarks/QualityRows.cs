using System.Globalization;
using System.Text;
using Bonito.Tasks;

namespace Bonito.Benchmarks;

/// <summary>Rows for people to read, chosen by their place alone.</summary>
static class QualityRows
{
    const int Count = 20;
    const string Passage = "{passage}";

    /// <summary>
    /// The first tasks in the order: first passage of every set, second passage of every set, and so on. Completions that became no
    /// task have no row; they are named below the table.
    /// </summary>
    /// <param name="tasks">Of one task type.</param>
    public static string Write(IEnumerable<QualityTask> tasks)
    {
        StringBuilder text = new();
        text.AppendLine("| passage | input | output |").AppendLine("| --- | --- | --- |");
        List<string> without = [];
        int rows = 0;
        // The sort is stable: sets stay in their order.
        foreach (QualityTask task in tasks.OrderBy(task => task.Number).TakeWhile(_ => rows < Count))
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"{task.Set} {task.Number}");
            if (task.Task is null)
            {
                without.Add($"{place} ({task.Reason!.Value.Name()})");
                continue;
            }
            (string input, string output) = task.WithoutPassage(Passage);
            text.AppendLine($"| {place} | {Cell(input)} | {Cell(output)} |");
            rows++;
        }
        if (without.Count > 0) text.AppendLine().AppendLine($"No task: {string.Join(", ", without)}.");
        return text.ToString();
    }

    /// <summary>A text as a cell of a table in Markdown that shows it as it is.</summary>
    static string Cell(string text)
    {
        StringBuilder cell = new();
        foreach (char c in text)
        {
            if (c == '\n') cell.Append("<br>");
            else if (c == '<') cell.Append("&lt;");
            else if (c == '&') cell.Append("&amp;");
            else if (c is '|' or '*' or '_' or '`' or '\\' or '[' or ']' or '~') cell.Append('\\').Append(c);
            else cell.Append(c);
        }
        return cell.ToString();
    }
}
