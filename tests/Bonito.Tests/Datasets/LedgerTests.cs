using Bonito.Datasets;

namespace Bonito.Tests.Datasets;

public sealed class LedgerTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string Path => folder.File("ledger.jsonl");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_was_appended_is_there_when_opened_again()
    {
        Fill(5);
        List<LedgerEntry> read = [];
        using Ledger ledger = Ledger.Open(Path, read.Add);

        Assert.Equal(5, ledger.Count);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => Entries.Of(i)), read);
        Assert.All(Enumerable.Range(0, 5), i => Assert.True(ledger.Contains(Entries.Id(i))));
        Assert.False(ledger.Contains(Entries.Id(5)));
    }

    [Fact]
    public void Rows_come_in_the_order_that_is_asked_for_not_in_that_of_the_ledger()
    {
        using Ledger ledger = Ledger.Open(Path);
        foreach (int sample in (int[])[4, 1, 2, 3, 0]) ledger.Append(Entries.Of(sample));
        string[] ids = [.. Enumerable.Range(0, 9).Select(Entries.Id)];

        Assert.Equal([0, 2, 4], ledger.Kept(ids).Select(row => row.Sample));
        Assert.Equal([1, 3], ledger.Rejected(ids).Select(row => row.Sample));
    }

    [Fact]
    public void A_last_line_cut_anywhere_is_dropped_and_its_task_can_be_done_again()
    {
        Fill(2);
        long two = new FileInfo(Path).Length;
        Fill(3, from: 2);
        byte[] whole = File.ReadAllBytes(Path);
        for (long cut = two; cut < whole.Length; cut++)
        {
            File.WriteAllBytes(Path, whole[..(int)cut]);
            using (Ledger ledger = Ledger.Open(Path))
            {
                Assert.Equal(2, ledger.Count);
                Assert.Equal(two, new FileInfo(Path).Length);
                ledger.Append(Entries.Of(2));
            }
            Assert.Equal(whole, File.ReadAllBytes(Path));
        }
    }

    [Fact]
    public void A_cut_line_after_a_very_long_one_is_dropped_too()
    {
        string longText = new('x', 300_000);
        using (Ledger ledger = Ledger.Open(Path)) ledger.Append(Entries.Of(0, longText));
        File.AppendAllText(Path, "{\"seconds\":" + new string('1', 200_000));
        using Ledger again = Ledger.Open(Path);

        Assert.Equal(1, again.Count);
        Assert.Equal(longText, again.Kept([Entries.Id(0)]).Single().Context);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("{\"seconds\":1}")]
    [InlineData("{\"seconds\":1,\"kept\":{\"id\":\"a\"}}")]
    public void A_damaged_line_is_an_error_that_names_the_line(string line)
    {
        Fill(2);
        File.AppendAllText(Path, line + "\n");
        Fill(3, from: 2, check: false);

        BonitoException e = Assert.Throws<BonitoException>(() => Ledger.Open(Path));
        Assert.StartsWith($"{Path}:3: not a ledger entry: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_with_two_fates_is_an_error()
    {
        Fill(1);
        File.AppendAllText(Path, File.ReadAllText(Path));

        BonitoException e = Assert.Throws<BonitoException>(() => Ledger.Open(Path));
        Assert.Contains($"{Path}:2: the task {Entries.Id(0)} is there for the second time", e.Message, StringComparison.Ordinal);
        using Ledger other = Ledger.Open(folder.File("other.jsonl"));
        other.Append(Entries.Of(0));
        Assert.Throws<ArgumentException>(() => other.Append(Entries.Of(0)));
        Assert.Throws<ArgumentException>(() => other.Append(new LedgerEntry(1)));
    }

    [Fact]
    public void Only_one_can_have_it_open()
    {
        using (Ledger.Open(Path))
            Assert.Contains("another process is writing to this run folder", Assert.Throws<BonitoException>(() => Ledger.Open(Path)).Message, StringComparison.Ordinal);
        using Ledger free = Ledger.Open(Path);
    }

    [Fact]
    public void A_full_disk_costs_the_task_in_hand_and_nothing_else()
    {
        using SmallDisk? disk = SmallDisk.TryMount(folder.Path, kibibytes: 32);
        Assert.SkipWhen(disk is null, "mounting a small file system takes the rights of root and Linux");
        string path = System.IO.Path.Combine(disk.Path, "ledger.jsonl");
        int finished = 0;
        BonitoException? full = null;
        using (Ledger ledger = Ledger.Open(path))
        {
            for (; full is null; finished++)
                full = Record.Exception(() => ledger.Append(Entries.Of(finished))) as BonitoException;
            finished--;
            Assert.Equal(finished, ledger.Count);
        }

        Assert.Contains($"cannot be written: ", full.Message, StringComparison.Ordinal);
        Assert.Contains($"The {finished} tasks finished before are safe", full.Message, StringComparison.Ordinal);
        Assert.True(finished > 10);
        disk.Grow(kibibytes: 1024);
        using Ledger again = Ledger.Open(path);
        Assert.Equal(finished, again.Count);
        again.Append(Entries.Of(finished));
        Assert.Equal(finished + 1, again.Kept(Ids(finished + 1)).Count() + again.Rejected(Ids(finished + 1)).Count());
    }

    static IEnumerable<string> Ids(int count) => Enumerable.Range(0, count).Select(Entries.Id);

    void Fill(int to, int from = 0, bool check = true)
    {
        if (!check)
        {
            // Bytes of a valid line, without asking the ledger whether what is before them is.
            using TemporaryFolder other = new();
            using (Ledger single = Ledger.Open(other.File("ledger.jsonl"))) single.Append(Entries.Of(from));
            File.AppendAllBytes(Path, File.ReadAllBytes(other.File("ledger.jsonl")));
            return;
        }
        using Ledger ledger = Ledger.Open(Path);
        for (int i = from; i < to; i++) ledger.Append(Entries.Of(i));
    }
}
