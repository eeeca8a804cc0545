namespace Bonito.Ctga.Rules;

/// <summary>A document read once: its clean sentences by paragraph, and pools of the names, numbers and answers in it.</summary>
internal sealed class DocumentIndex
{
    readonly Dictionary<SpanKind, Pool> spans = [];
    readonly Dictionary<string, Pool> answers = [];
    readonly Dictionary<string, List<int>> statementsByName = new(StringComparer.Ordinal);

    DocumentIndex(List<Paragraph> paragraphs, Vocabulary vocabulary) => (Paragraphs, Vocabulary) = (paragraphs, vocabulary);

    public List<Paragraph> Paragraphs { get; }

    public Vocabulary Vocabulary { get; }

    /// <summary>All clean sentences, each with the index of its paragraph.</summary>
    public List<(Sentence Sentence, int Paragraph)> Sentences { get; } = [];

    public Pool Headings { get; } = new();

    public static DocumentIndex Read(TextDocument document, Random random)
    {
        Vocabulary vocabulary = new();
        DocumentIndex index = new(Paragraph.ReadAll(document, vocabulary), vocabulary);
        Asker asker = new(vocabulary, random);
        for (int i = 0; i < index.Paragraphs.Count; i++)
        {
            if (index.Paragraphs[i].Heading is { } heading) index.Headings.Add(heading);
            foreach (Sentence? sentence in index.Paragraphs[i].Sentences)
                if (sentence is not null) index.Add(sentence, i, asker);
        }
        return index;
    }

    public Pool Spans(SpanKind kind) => spans.TryGetValue(kind, out Pool? pool) ? pool : Pool.Empty;

    /// <summary>Answers to questions that open as this one does ("What is", "Who"), in the order of the document.</summary>
    public Pool AnswersLike(Question question) => answers.TryGetValue(OpeningOf(question), out Pool? pool) ? pool : Pool.Empty;

    /// <summary>Indices of sentences with a clause that hold this name.</summary>
    public IReadOnlyList<int> StatementsWith(string name) => statementsByName.TryGetValue(name, out List<int>? found) ? found : [];

    void Add(Sentence sentence, int paragraph, Asker asker)
    {
        sentence.Clause = ClauseParser.Parse(sentence.Tokens);
        foreach (Span span in sentence.Spans)
            PoolOf(spans, span.Kind).Add(Tokens.Join(sentence.Tokens.AsSpan(span.Start, span.Length)));
        if (sentence.Clause is { } clause)
        {
            sentence.Questions = asker.Ask(clause, sentence.Text);
            foreach (Question question in sentence.Questions)
                if (question.Kind == SpanKind.Phrase) PoolOf(answers, OpeningOf(question)).Add(question.Answer);
            for (int i = 1; i < sentence.Tokens.Length; i++)
                if (sentence.Tokens[i].IsCapital)
                {
                    if (!statementsByName.TryGetValue(sentence.Tokens[i].Text, out List<int>? holders))
                        statementsByName[sentence.Tokens[i].Text] = holders = [];
                    holders.Add(Sentences.Count);
                }
        }
        Sentences.Add((sentence, paragraph));
    }

    static string OpeningOf(Question question) => question.Rule + question.Text[..question.Text.IndexOf(' ')];

    static Pool PoolOf<TKey>(Dictionary<TKey, Pool> pools, TKey key) where TKey : notnull
    {
        if (!pools.TryGetValue(key, out Pool? pool)) pools[key] = pool = new Pool();
        return pool;
    }
}

/// <summary>Distinct texts of one kind, drawn at random.</summary>
internal sealed class Pool
{
    const int MostDraws = 24, Near = 30;

    public static readonly Pool Empty = new();

    readonly List<string> items = [];
    readonly Dictionary<string, int> places = new(StringComparer.OrdinalIgnoreCase);

    public void Add(string item)
    {
        if (places.TryAdd(item, items.Count)) items.Add(item);
    }

    /// <summary>A random item that passes; null when a bounded number of draws finds none.</summary>
    public string? Draw(Random random, Func<string, bool> passes)
    {
        for (int i = 0; i < MostDraws && items.Count > 0; i++)
        {
            string item = items[random.Next(items.Count)];
            if (passes(item)) return item;
        }
        return null;
    }

    /// <summary>As <see cref="Draw"/>, from the items that the document has around this one: they are likelier of its topic.</summary>
    public string? DrawNear(string item, Random random, Func<string, bool> passes)
    {
        if (!places.TryGetValue(item, out int at)) return Draw(random, passes);
        int low = Math.Max(0, at - Near), high = Math.Min(items.Count, at + Near + 1);
        for (int i = 0; i < MostDraws; i++)
        {
            string other = items[random.Next(low, high)];
            if (passes(other)) return other;
        }
        return null;
    }
}
