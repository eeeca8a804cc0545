using Bonito.Rows;

namespace Bonito.Ctga;

/// <summary>
/// The texts of evaluation sets, as the hashes of their runs of 13 words (<see cref="WordRuns"/>). A row overlaps when its context,
/// its task's input or its output shares one. Hashes of 64 bits stand for the runs: by chance, one run in 2^64 over the number of
/// runs held is taken for another. Memory: 8 bytes a run, at a load of at most two thirds.
/// </summary>
internal sealed class EvaluationTexts
{
    ulong[] table = new ulong[1 << 12];
    int count;

    EvaluationTexts(IReadOnlyList<string> files, IReadOnlyList<string> passedOver) => (Files, PassedOver) = (files, passedOver);

    public IReadOnlyList<string> Files { get; }

    /// <summary>Files whose names tell no format.</summary>
    public IReadOnlyList<string> PassedOver { get; }

    /// <summary>Different runs of words.</summary>
    public int Count => count;

    /// <summary>The files of a folder, sorted by name: those that can be read, and those whose names tell no format.</summary>
    public static (List<SourceFile> Files, List<string> PassedOver) Find(string folder)
    {
        if (!Directory.Exists(folder)) throw new BonitoException($"The folder of evaluation sets '{folder}' does not exist.");
        ILookup<bool, SourceFile> files = new RowSource { Files = ["**/*"] }.Find([folder]).Files.ToLookup(f => RowReader.ByName(f.Path) is not null);
        return ([.. files[true]], [.. files[false].Select(f => f.Name)]);
    }

    /// <summary>Reads every text of every file in a folder.</summary>
    /// <exception cref="BonitoException">The folder holds nothing that can be read, or a file is broken.</exception>
    public static EvaluationTexts Read(string folder, CancellationToken cancellation = default)
    {
        (List<SourceFile> files, List<string> passedOver) = Find(folder);
        if (files.Count == 0) throw new BonitoException($"{folder}: no evaluation set is in this folder or below it; expected files that end with .jsonl, .json, .csv, .tsv, .xml, .parquet, .arrow or .txt.");
        var texts = new EvaluationTexts([.. files.Select(f => f.Name)], passedOver);
        foreach (ReadRow row in RowReader.Read(new RowSource { Files = ["**/*"] }, files, cancellation))
        {
            foreach (string text in RowTexts.All(row.Row))
            {
                var runs = new WordRuns(text);
                while (runs.MoveNext()) texts.Add(runs.Current);
            }
        }
        return texts;
    }

    /// <summary>Whether a text shares a run of words.</summary>
    public bool Overlaps(string text)
    {
        var runs = new WordRuns(text);
        while (runs.MoveNext())
        {
            if (table[Slot(table, Key(runs.Current))] != 0) return true;
        }
        return false;
    }

    void Add(ulong run)
    {
        ulong key = Key(run);
        int slot = Slot(table, key);
        if (table[slot] != 0) return;
        table[slot] = key;
        if (++count > table.Length / 3 * 2) Grow();
    }

    void Grow()
    {
        if (table.Length >= 1 << 30) throw new BonitoException("The evaluation sets have more than 700 million different runs of words; compare with fewer of them.");
        ulong[] larger = new ulong[table.Length * 2];
        foreach (ulong key in table)
        {
            if (key != 0) larger[Slot(larger, key)] = key;
        }
        table = larger;
    }

    // 0 marks a free slot.
    static ulong Key(ulong run) => run == 0 ? 1 : run;

    static int Slot(ulong[] table, ulong key)
    {
        int slot = (int)(key & (ulong)(table.Length - 1));
        while (table[slot] != 0 && table[slot] != key) slot = (slot + 1) & (table.Length - 1);
        return slot;
    }
}
