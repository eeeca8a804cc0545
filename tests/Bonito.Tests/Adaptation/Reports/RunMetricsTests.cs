using Bonito.Adaptation.Reports;

namespace Bonito.Tests.Adaptation.Reports;

public sealed class RunMetricsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Columns_are_those_of_the_file_and_may_come_later_or_be_null()
    {
        RunMetrics metrics = Read("""
            {"step":1,"loss":2.5,"validation_loss":null}
            {"step":2,"validation_loss":1.5,"loss":2.25,"epoch":0.5,"note":"text"}

            {"step":3,"loss":1e999}
            """);
        Assert.Empty(metrics.Unreadable!);
        Assert.Equal((3, 3), (metrics.Count, metrics.LastStep));
        Assert.Equal([new(1, 2.5), new(2, 2.25)], metrics.Column("loss"));
        Assert.Equal([new(2, 1.5)], metrics.Column("validation_loss"));
        Assert.Equal([new(2, 0.5)], metrics.Column("epoch"));
        Assert.Empty(metrics.Column("note"));
        Assert.Empty(metrics.Column("resident_bytes"));
    }

    [Fact]
    public void Torn_lines_and_lines_that_are_no_metrics_are_named()
    {
        RunMetrics metrics = Read("""
            {"step":1,"loss":2.5}
            {"step":2,"lo
            [1,2]
            {"loss":2.5}
            {"step":"3","loss":1}
            {"step":1.5,"loss":1}
            {"step":4,"loss":2}
            {"step":5,"loss":1.99
            """);
        Assert.Equal([2, 3, 4, 5, 6, 8], metrics.Unreadable);
        Assert.Equal([new(1, 2.5), new(4, 2)], metrics.Column("loss"));
    }

    [Fact]
    public void Of_steps_that_were_made_again_the_last_lines_count()
    {
        RunMetrics metrics = Read("""
            {"step":1,"loss":5}
            {"step":2,"loss":4}
            {"step":3,"loss":3}
            {"step":2,"loss":4.5}
            """);
        Assert.Equal([new(1, 5), new(2, 4.5)], metrics.Column("loss"));
    }

    [Fact]
    public void It_is_read_while_a_run_writes_it()
    {
        string path = folder.Write("metrics.jsonl", "");
        using FileStream open = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        open.Write("{\"step\":1,\"loss\":5}\n{\"st"u8);
        open.Flush();
        Assert.Equal((1, 1), (new RunMetrics(path).Count, new RunMetrics(path).Unreadable!.Count));
    }

    [Fact]
    public void Without_a_file_nothing_is_unreadable() => Assert.Null(new RunMetrics(folder.File("metrics.jsonl")).Unreadable);

    RunMetrics Read(string lines) => new(folder.Write("metrics.jsonl", lines));
}
