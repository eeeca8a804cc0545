namespace Bonito.Templates.Jinja.Syntax;

/// <summary>Runs of statements in a tree.</summary>
public static class Runs
{
    /// <summary>
    /// Puts <paramref name="replacement"/> in the place of every run of statements that equals <paramref name="run"/>, in the
    /// bodies of other statements too. Texts that come to stand side by side become one.
    /// </summary>
    /// <param name="statements">The tree, which stays as it is.</param>
    /// <param name="run">The statements to look for, at least one. They are compared whole, texts between them too.</param>
    /// <param name="replacement">What stands there instead.</param>
    /// <param name="found">How many runs were replaced.</param>
    /// <exception cref="ArgumentException">The run is empty.</exception>
    public static Sequence<Statement> Replace(this Sequence<Statement> statements, Sequence<Statement> run, Text replacement, out int found)
    {
        if (run.Count == 0) throw new ArgumentException("A run of no statements is everywhere.", nameof(run));
        int count = 0;
        Sequence<Statement> result = Change(statements);
        found = count;
        return result;

        Sequence<Statement> Change(Sequence<Statement> body)
        {
            var changed = new List<Statement>(body.Count);
            for (int i = 0; i < body.Count; i++)
            {
                if (StandsAt(body, i, run))
                {
                    count++;
                    Append(changed, replacement);
                    i += run.Count - 1;
                }
                else Append(changed, body[i].WithBodies(Change));
            }
            return [.. changed];
        }
    }

    /// <summary>Adds a statement; a text after a text is joined to it, and an empty one is left out.</summary>
    internal static void Append(List<Statement> body, Statement statement)
    {
        if (statement is Text { Value: var added })
        {
            if (added.Length == 0) return;
            if (body.Count > 0 && body[^1] is Text last)
            {
                body[^1] = last with { Value = last.Value + added, End = statement.End };
                return;
            }
        }
        body.Add(statement);
    }

    static bool StandsAt(Sequence<Statement> body, int start, Sequence<Statement> run)
    {
        if (start + run.Count > body.Count) return false;
        for (int i = 0; i < run.Count; i++)
        {
            if (!body[start + i].Equals(run[i])) return false;
        }
        return true;
    }
}
