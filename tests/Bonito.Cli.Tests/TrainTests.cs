using System.Diagnostics;
using Bonito.Parquet;
using Bonito.Rows;
using Bonito.Tests;

namespace Bonito.Cli.Tests;

/// <summary>From source sets to a trained generator and its first tasks, through the built command; and what a kill leaves.</summary>
public sealed class TrainTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Sources_become_a_training_set_a_model_and_tasks()
    {
        WriteCatalogue();
        CliResult built = Cli.Run("ctga", "build", "--sources", folder.File("sources"), "--catalogue", folder.File("catalogue.yaml"), "--per-task-type", "--output", folder.File("ctga"));
        Assert.True(built.ExitCode == 0, built.Error);
        Assert.True(File.ReadLines(Path.Combine(folder.File("ctga"), "train.jsonl")).Count() > 100);

        CliResult trained = Cli.Run(Arguments("run", 6));
        Assert.True(trained.ExitCode == 0, trained.Error);

        File.WriteAllText(folder.File("document.txt"), "The river port handled 41 ships in May. Each of them waited for the tide.");
        CliResult generated = Cli.Run("generate", folder.File("document.txt"), "--model", Path.Combine(folder.File("run"), "model"), "--task-type", "exqa,nli", "--max-tokens", "8", "--output", folder.File("tasks"));
        Assert.True(generated.ExitCode == 0, generated.Error);
        Assert.Equal(2, File.ReadLines(Path.Combine(folder.File("tasks"), "ledger.jsonl")).Count());
    }

    [Fact]
    public void Killed_while_it_trains_it_ends_with_the_same_weights()
    {
        WriteRows();
        Assert.Equal(0, Cli.Run(Arguments("whole", 40)).ExitCode);

        string metrics = Path.Combine(folder.File("killed"), "metrics.jsonl");
        Random random = new(4);
        for (int i = 0; i < 3; i++)
        {
            int lines = Lines(metrics) + random.Next(1, 12);
            using Process process = Cli.Start(Arguments("killed", 40));
            while (!process.HasExited && Lines(metrics) < lines) Thread.Sleep(5);
            process.Kill();
            process.WaitForExit();
        }
        CliResult end = Cli.Run(Arguments("killed", 40));
        Assert.True(end.ExitCode == 0, end.Error);
        Assert.Equal(Weights("whole"), Weights("killed"));
        Assert.Equal(Enumerable.Range(1, 40), Steps(metrics));
    }

    [Fact]
    public void A_row_without_output_is_named_with_its_line()
    {
        WriteRows();
        File.AppendAllText(Path.Combine(folder.File("ctga"), "train.jsonl"), "{\"input\": \"a\", \"completion\": \"b\"}\n");
        CliResult result = Cli.Run(Arguments("run", 2));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("train.jsonl:201: no text column 'output'. The columns there are: input, completion.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_in_parquet_give_the_weights_of_the_same_rows_in_JSON_Lines()
    {
        WriteRows();
        Assert.Equal(0, Cli.Run(Arguments("lines", 2)).ExitCode);
        string lines = Path.Combine(folder.File("ctga"), "train.jsonl");
        Row[] rows = [.. RowReader.Read(new RowSource { Files = [] }, [new SourceFile("train.jsonl", lines)], TestContext.Current.CancellationToken).Select(read => read.Row)];
        string data = Directory.CreateDirectory(Path.Combine(folder.File("ctga"), "data")).FullName;
        foreach ((int i, Row[] part) in rows.Chunk(150).Index())
        {
            using FileStream file = File.Create(Path.Combine(data, $"train-{i:00000}.parquet"));
            using ParquetWriter writer = new(file, ParquetSchema.Of(Column.Text("dataset"), Column.Text("input"), Column.Text("output")));
            foreach (Row row in part) writer.Write(new Row(["dataset", "input", "output"], ["lamps", row["input"], row["output"]]));
            writer.Finish();
        }
        File.Delete(lines);

        CliResult trained = Cli.Run(Arguments("parquet", 2));
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.Equal(Weights("lines"), Weights("parquet"));
    }

    [Fact]
    public void Options_that_cannot_be_are_told_at_once()
    {
        WriteRows();
        CliResult result = Cli.Run([.. Arguments("run", 2), "--learning-rate", "-1", "--batch-size", "0"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("learning-rate", result.Error, StringComparison.Ordinal);
    }

    string[] Arguments(string run, int steps) =>
    [
        "train", "--data", folder.File("ctga"), "--output", folder.File(run), "--vocab-size", "300", "--hidden-size", "32", "--intermediate-size", "64",
        "--num-hidden-layers", "1", "--num-attention-heads", "2", "--num-key-value-heads", "2", "--max-steps", $"{steps}", "--warmup-steps", "1",
        "--save-steps", "5", "--eval-steps", "20", "--source-loss-weight", "0.5", "--copy-share", "0.2",
    ];

    void WriteRows()
    {
        Directory.CreateDirectory(folder.File("ctga"));
        Random random = new(9);
        File.WriteAllLines(
            Path.Combine(folder.File("ctga"), "train.jsonl"),
            Enumerable.Range(0, 200).Select(i => $$"""{"input": "Crate {{i}} holds {{random.Next(90)}} lamps.\n", "output": "How many lamps?\n<|pipe|>\n{{random.Next(90)}}"}"""));
    }

    void WriteCatalogue()
    {
        Directory.CreateDirectory(folder.File("sources"));
        File.WriteAllText(folder.File("catalogue.yaml"), """
            sets:
              - name: harbour
                licence: CC0
                commercial: true
                roles: {context: passage, question: question, answer: answer}
                tasks: [exqa, qg]
                parts:
                  - files: [harbour.jsonl]
                    format: jsonl
            """);
        File.WriteAllLines(
            Path.Combine(folder.File("sources"), "harbour.jsonl"),
            Enumerable.Range(0, 80).Select(i => $$"""{"passage": "On day {{i}} the port of pier {{i}} handled {{i + 7}} ships before noon.", "question": "How many ships came on day {{i}}?", "answer": "{{i + 7}} ships"}"""));
    }

    byte[] Weights(string run) => File.ReadAllBytes(Path.Combine(folder.File(run), "model", "model.safetensors"));

    static int Lines(string path) => File.Exists(path) ? File.ReadLines(path).Count() : 0;

    static IEnumerable<int> Steps(string path) =>
        File.ReadLines(path).Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("step").GetInt32());
}
