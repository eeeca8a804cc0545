using Bonito.Parquet;
using Bonito.Rows;
using Bonito.Rows.HuggingFace;

namespace Bonito.Tests.Rows;

public sealed class HuggingFaceFolderTests
{
    static string[] Splits(DatasetConfiguration configuration) =>
        [.. configuration.Splits.Select(s => $"{s.Name}: {string.Join(" ", s.Found.Files.Select(f => f.Name))}")];

    static HuggingFaceFolder Find(RowFolder folder) => Assert.IsType<HuggingFaceFolder>(HuggingFaceFolder.Find(folder.Path));

    [Fact]
    public void A_saved_dataset_has_its_splits_shards_and_labels()
    {
        DatasetConfiguration saved = Assert.Single(Assert.IsType<HuggingFaceFolder>(HuggingFaceFolder.Find(Path.Combine(ArrowTests.Goldens, "saved"))).Configurations);
        Assert.Equal("default", saved.Name);
        Assert.Equal(["train: train/data-00000-of-00002.arrow train/data-00001-of-00002.arrow", "test: test/data-00000-of-00001.arrow"], Splits(saved));
        Assert.Equal(["World", "Sports"], saved.Labels["label"].Names);
        DatasetSplit train = saved.Split("train")!;
        Assert.Equal(
            ["""{"text": "first", "label": 1}""", """{"text": "second", "label": 0}""", """{"text": "third", "label": 1}"""],
            RowReader.Read(train.Source, train.Found.Files, TestContext.Current.CancellationToken).Select(r => Shown.Of(r.Row)));

        HuggingFaceFolder one = Assert.IsType<HuggingFaceFolder>(HuggingFaceFolder.Find(Path.Combine(ArrowTests.Goldens, "saved", "train")));
        Assert.Equal(["train: data-00000-of-00002.arrow data-00001-of-00002.arrow"], Splits(one.Configurations[0]));
    }

    [Fact]
    public void A_card_names_configurations_splits_and_labels()
    {
        using var folder = new RowFolder();
        folder.Write("README.md", """
            ---
            license: mit
            dataset_info:
            - config_name: news
              features:
              - name: text
                dtype: string
              - name: label
                dtype:
                  class_label:
                    names:
                      '1': Sports
                      '0': World
              - name: tags
                sequence:
                  class_label:
                    names: [a, b]
              - name: answer
                struct:
                - name: kind
                  dtype:
                    class_label:
                      names:
                        '0': short
            configs:
            - config_name: news
              data_files:
              - split: train
                path: [news/train-*, "news/more.jsonl"]
              - split: test
                path: news/test-*
            - config_name: plain
              data_dir: other
              data_files: "*.csv"
            ---
            # A dataset
            """);
        folder.Write("news/train-00000-of-00002.jsonl", "{}");
        folder.Write("news/train-00001-of-00002.jsonl", "{}");
        folder.Write("news/more.jsonl", "{}");
        folder.Write("other/x.csv", "a\n1\n");
        folder.Write("left.jsonl", "{}");

        HuggingFaceFolder found = Find(folder);

        Assert.Equal(["news", "plain"], found.Configurations.Select(c => c.Name));
        DatasetConfiguration news = found.Configuration("news")!;
        Assert.Equal(["train: news/train-00000-of-00002.jsonl news/train-00001-of-00002.jsonl news/more.jsonl", "test: "], Splits(news));
        Assert.Equal(["news/test-*"], news.Split("test")!.Found.Missing);
        Assert.Equal(["train: other/x.csv"], Splits(found.Configuration("plain")!));
        Assert.Equal(["left.jsonl"], found.Unused);
        Assert.Equal(
            ["label: World Sports", "tags: a b", "answer.kind: short"],
            news.Labels.Select(l => $"{l.Key}: {string.Join(" ", l.Value.Names)}"));
        Assert.Empty(found.Configuration("plain")!.Labels);
        Assert.Null(found.Configuration(null));
    }

    [Fact]
    public void Names_of_files_and_folders_tell_splits_and_configurations_without_a_card()
    {
        using var folder = new RowFolder();
        folder.Write("dataset_infos.json", """{"english": {"features": {"label": {"names": ["no", "yes"], "_type": "ClassLabel"}, "x": {"feature": {"names": ["q"], "_type": "ClassLabel"}, "_type": "Sequence"}, "s": {"y": [{"names": ["r"], "_type": "ClassLabel"}]}}}}""");
        folder.Write("README.md", "# No head");
        folder.Write("english/train-00000-of-00001.parquet", "x");
        folder.Write("english/unsupervised-00000-of-00001.parquet", "x");
        folder.Write("english/validation/0000.jsonl", "{}");
        folder.Write("data/train.jsonl", "{}");
        folder.Write("data/train.csv", "a\n");
        folder.Write("data/dev.jsonl.gz", "{}");
        folder.Write("data/odd.jsonl", "{}");
        folder.Write(".cache/train.jsonl", "{}");

        HuggingFaceFolder found = Find(folder);

        Assert.Equal(["default", "english"], found.Configurations.Select(c => c.Name));
        Assert.Equal(["validation: data/dev.jsonl.gz", "train: data/train.csv"], Splits(found.Configurations[0]));
        Assert.Equal(
            ["train: english/train-00000-of-00001.parquet", "unsupervised: english/unsupervised-00000-of-00001.parquet", "validation: english/validation/0000.jsonl"],
            Splits(found.Configurations[1]));
        Assert.Equal(["label: no yes", "x: q", "s.y: r"], found.Configurations[1].Labels.Select(l => $"{l.Key}: {string.Join(" ", l.Value.Names)}"));
        Assert.Equal(["data/odd.jsonl", "data/train.jsonl"], found.Unused);
    }

    [Fact]
    public void Files_of_rows_name_their_labels_themselves()
    {
        using var folder = new RowFolder();
        File.Copy(Path.Combine(ArrowTests.Goldens, "saved", "train", "data-00000-of-00002.arrow"), Path.Combine(folder.Path, "news-train-00000-of-00001.arrow"));
        DatasetConfiguration arrow = Assert.Single(Find(folder).Configurations);
        Assert.Equal(["train: news-train-00000-of-00001.arrow"], Splits(arrow));
        Assert.Equal(["World", "Sports"], arrow.Labels["label"].Names);
    }

    [Fact]
    public void Parquet_is_read_with_its_columns_and_refused_inside_an_archive()
    {
        using var folder = new RowFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "data"));
        string file = Path.Combine(folder.Path, "data", "train-00000-of-00001.parquet");
        WriteParquet(file);
        DatasetSplit train = Assert.Single(Assert.Single(Find(folder).Configurations).Splits);

        List<ReadRow> rows = [.. RowReader.Read(train.Source with { Columns = ["label", "text"] }, train.Found.Files, TestContext.Current.CancellationToken)];

        Assert.Equal(["""{"label": 1, "text": "first"}""", """{"label": 0, "text": "second"}"""], rows.Select(r => Shown.Of(r.Row)));
        Assert.Equal("data/train-00000-of-00001.parquet (row 2)", rows[1].Origin.ToString());
        folder.Write("a.parquet.gz", File.ReadAllBytes(file));
        Assert.Contains("unpack it first", folder.Error(new RowSource { Files = ["a.parquet.gz"] }), StringComparison.Ordinal);
    }

    static void WriteParquet(string file)
    {
        using FileStream stream = File.Create(file);
        using var writer = new ParquetWriter(stream, ParquetSchema.Of(Column.Text("text"), Column.Integer("label")));
        writer.Write(new Row(["text", "label"], ["first", 1L]));
        writer.Write(new Row(["text", "label"], ["second", 0L]));
        writer.Finish();
    }

    [Fact]
    public void Where_no_name_tells_a_split_all_files_are_the_training_set()
    {
        using var folder = new RowFolder();
        folder.Write("b.jsonl", "{}");
        folder.Write("a.jsonl", "{}");
        DatasetConfiguration only = Assert.Single(Find(folder).Configurations);
        Assert.Equal(["train: a.jsonl b.jsonl"], Splits(only));
    }

    [Fact]
    public void A_folder_without_rows_is_none()
    {
        using var folder = new RowFolder();
        folder.Write("notes.md", "x");
        Assert.Null(HuggingFaceFolder.Find(folder.Path));
        Assert.Null(HuggingFaceFolder.Find(Path.Combine(folder.Path, "none")));
    }

    [Theory]
    [InlineData("README.md", "---\nconfigs:\n- data_files: ../../secret.csv\n---\n", "leaves the folder")]
    [InlineData("README.md", "---\nconfigs:\n- data_files: /etc/passwd\n---\n", "leaves the folder")]
    [InlineData("README.md", "---\nconfigs:\n- data_files: {train: {x: 1}}\n---\n", "are not understood")]
    [InlineData("README.md", "---\nconfigs: [a\n---\n", "broken YAML")]
    [InlineData("README.md", "---\na: &x [1]\nconfigs: *x\n---\n", "Aliases")]
    [InlineData("dataset_dict.json", "{\"splits\": [\"..\"]}", "is not the name of a file or folder")]
    [InlineData("dataset_dict.json", "{\"split\": []}", "no list 'splits'; there are: split")]
    [InlineData("dataset_dict.json", "[]", "expected a JSON object")]
    [InlineData("state.json", "{\"_data_files\": [{\"filename\": \"../x.arrow\"}]}", "is not the name of a file or folder")]
    [InlineData("state.json", "{", "broken JSON")]
    public void Descriptions_that_are_broken_or_leave_the_folder_are_refused(string file, string text, string expected)
    {
        using var folder = new RowFolder();
        folder.Write("train.csv", "a\n1\n");
        folder.Write(file, text);
        Assert.Contains(expected, Assert.Throws<BonitoException>(() => HuggingFaceFolder.Find(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_card_of_any_depth_is_refused_not_a_crash()
    {
        using var folder = new RowFolder();
        folder.Write("README.md", $"---\nconfigs: {new string('[', 100_000)}\n---\n");
        Assert.Contains("broken YAML", Assert.Throws<BonitoException>(() => HuggingFaceFolder.Find(folder.Path)).Message, StringComparison.Ordinal);
    }
}
