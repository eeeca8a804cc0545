using Bonito.Adaptation;
using Bonito.Parquet;
using Bonito.Rows;

namespace Bonito.Tests.Adaptation;

/// <summary>Files in, rows out; what does not fit is an error with its place.</summary>
public sealed class TrainingRowsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Columns_tell_the_format()
    {
        InstructionRow row = Read<InstructionRow>("rows.jsonl", """{"id": "7", "input": "A?", "output": "b", "context": "c", "task_type": "qa"}""");
        Assert.Equal(new InstructionRow("7", "rows.jsonl:1", "A?", "b", "c", "qa"), row);
        Assert.Equal("c", row.Passage);

        InstructionRow alpaca = Read<InstructionRow>("alpaca.jsonl", """{"instruction": "Sum up.", "input": "Rain.", "output": "Wet."}""");
        Assert.Equal(("Sum up.\n\nRain.", "Wet.", "Rain."), (alpaca.Input, alpaca.Output, alpaca.Passage));
        Assert.Equal("Sum up.", Read<InstructionRow>("bare.jsonl", """{"instruction": "Sum up.", "input": "", "output": "Wet."}""").Input);

        ConversationRow messages = Read<ConversationRow>("chat.jsonl", """{"messages": [{"role": "user", "content": "A?"}, {"role": "assistant", "content": "b"}]}""");
        Assert.Equal([new ChatMessage("user", "A?"), new ChatMessage("assistant", "b")], messages.Messages);
    }

    [Fact]
    public void Containers_give_the_same_rows()
    {
        folder.Write("train.jsonl", """{"input": "A, \"B\"?", "output": "b"}""" + "\n");
        folder.Write("train.csv", "input,output\n\"A, \"\"B\"\"?\",b\n");
        using (FileStream file = File.Create(folder.File("train.parquet")))
        using (ParquetWriter writer = new(file, ParquetSchema.Of(Column.Text("input"), Column.Text("output"))))
        {
            writer.Write(new Row(["input", "output"], ["A, \"B\"?", "b"]));
            writer.Finish();
        }
        foreach (string name in (string[])["train.jsonl", "train.csv", "train.parquet"])
        {
            InstructionRow row = Assert.IsType<InstructionRow>(Assert.Single(Rows(name)));
            Assert.Equal(("A, \"B\"?", "b"), (row.Input, row.Output));
        }
    }

    [Fact]
    public void Texts_come_from_columns_contexts_and_files()
    {
        Assert.Equal("Rain.", Read<TextRow>("text.jsonl", """{"text": "Rain.", "context": "x"}""", Objective.Tapt).Text);
        Assert.Equal("Rain.", Read<TextRow>("run.jsonl", """{"input": "A?", "output": "b", "context": "Rain."}""", Objective.Tapt).Text);
        folder.Write("texts/a.txt", "Rain.\nSnow.");
        folder.Write("texts/deep/b.md", "# Ice");
        Assert.Equal(["Rain.\nSnow.", "# Ice"], Rows("texts", Objective.Tapt).Cast<TextRow>().Select(row => row.Text));
    }

    [Theory]
    [InlineData("""{"input": "a", "completion": "b"}""", "rows.jsonl:2: no text column 'output'. The columns there are: input, completion.")]
    [InlineData("""{"input": "a", "output": 3}""", "rows.jsonl:2: column 'output': expected a text, got 3.")]
    [InlineData("""{"input": "a", "output": null}""", "rows.jsonl:2: column 'output': expected a text, got nothing.")]
    public void A_row_that_does_not_fit_is_named_with_its_line(string bad, string expected)
    {
        folder.Write("rows.jsonl", """{"input": "a", "output": "b"}""" + "\n" + bad + "\n");
        Assert.Equal(expected, Assert.Throws<BonitoException>(() => Rows("rows.jsonl").Count()).Message);
    }

    [Theory]
    [InlineData("""{"messages": []}""", "expected a list 'messages' of role and content, got a list of 0.")]
    [InlineData("""{"messages": "hello"}""", "expected a list 'messages' of role and content, got a text.")]
    [InlineData("""{"messages": [{"role": "user", "text": "A"}]}""", "messages[0]: expected a text 'content', got nothing.")]
    [InlineData("""{"messages": [{"role": "user", "content": "A"}, 3]}""", "messages[1]: expected an object with role and content, got 3.")]
    public void Messages_that_are_none_are_named(string row, string expected)
    {
        folder.Write("rows.jsonl", row);
        Assert.Equal($"rows.jsonl:1: {expected}", Assert.Throws<BonitoException>(() => Rows("rows.jsonl").Count()).Message);
    }

    [Fact]
    public void Data_of_no_format_is_told_with_what_to_do()
    {
        folder.Write("rows.jsonl", """{"text": "Rain."}""");
        Assert.Equal(
            "rows.jsonl:1: expected the columns input and output (input-output), or instruction, input and output (alpaca), or messages (messages); got text. Raw text is learned with 'bonito adapt --objective tapt'.",
            Assert.Throws<BonitoException>(() => Rows("rows.jsonl").Count()).Message);
        folder.Write("pairs.jsonl", """{"prompt": "A?", "completion": "b"}""");
        Assert.EndsWith("; got prompt, completion. Rename the columns to those of one of the formats.", Assert.Throws<BonitoException>(() => Rows("pairs.jsonl").Count()).Message, StringComparison.Ordinal);
        folder.Write("prices.jsonl", """{"price": 3}""");
        Assert.Contains("Name the column of text with --text-col. The columns there are: price.", Assert.Throws<BonitoException>(() => Rows("prices.jsonl", Objective.Tapt).Count()).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(folder.File("empty"));
        Assert.Contains("Name a file, a folder of 'bonito generate' or 'bonito ctga build'", Assert.Throws<BonitoException>(() => Rows("empty").Count()).Message, StringComparison.Ordinal);
        folder.Write("begun/ledger.jsonl", "");
        Assert.Contains("is not finished", Assert.Throws<BonitoException>(() => Rows("begun").Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Splits_are_found_in_folders()
    {
        folder.Write("ctga/data/train-00000.jsonl", "");
        folder.Write("ctga/data/train-00001.jsonl", "");
        folder.Write("ctga/data/validation-00000.jsonl", "");
        TrainingFiles files = TrainingFiles.Find(folder.File("ctga"), null, Objective.Instruct);
        Assert.Equal(["data/train-00000.jsonl", "data/train-00001.jsonl"], files.Training.Select(file => file.Name));
        Assert.Equal(["data/validation-00000.jsonl"], files.Validation.Select(file => file.Name));
        folder.Write("other.jsonl", "");
        Assert.Equal(["other.jsonl"], TrainingFiles.Find(folder.File("ctga"), folder.File("other.jsonl"), Objective.Instruct).Validation.Select(file => file.Name));
    }

    T Read<T>(string name, string line, Objective objective = Objective.Instruct) where T : TrainingRow
    {
        folder.Write(name, line + "\n");
        return Assert.IsType<T>(Assert.Single(Rows(name, objective)));
    }

    IEnumerable<TrainingRow> Rows(string name, Objective objective = Objective.Instruct) =>
        TrainingRows.Read(TrainingFiles.Find(folder.File(name), null, objective).Training, objective, null, null);
}
