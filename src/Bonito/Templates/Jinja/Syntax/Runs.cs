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
            var texts = new List<Text>();
            for (int i = 0; i < body.Count; i++)
            {
                bool isRun = StandsAt(body, i, run);
                if (isRun) count++;
                if ((isRun ? replacement : body[i]) is Text text) texts.Add(text);
                else
                {
                    Flush();
                    changed.Add(body[i].WithBodies(Change));
                }
                if (isRun) i += run.Count - 1;
            }
            Flush();
            return [.. changed];

            void Flush()
            {
                if (texts.Count == 1 && texts[0].Value.Length > 0) changed.Add(texts[0]);
                else if (texts.Any(text => text.Value.Length > 0)) changed.Add(new Text(string.Concat(texts.Select(text => text.Value))) { Start = texts[0].Start, End = texts[^1].End });
                texts.Clear();
            }
        }
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
