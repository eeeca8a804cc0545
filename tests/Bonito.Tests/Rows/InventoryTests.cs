using System.Text.RegularExpressions;
using Bonito.Rows;

namespace Bonito.Tests.Rows;

/// <summary>Every file of the public source sets is read, and has as many rows as its inventory states.</summary>
public sealed partial class InventoryTests
{
    const string Squad = "data.*.paragraphs.*.qas.*";

    /// <summary>Files, how they are read, rows, columns that each row must have.</summary>
    static readonly (string File, RowSource Source, int Rows, string[] Columns)[] Sources =
    [
        ("ag_news/O-LoRA_train.json.gz", Json(), 4000, ["label", "sentence"]),
        ("ag_news/O-LoRA_test.json.gz", Json(), 7600, ["label", "sentence"]),
        ("ag_news/test.csv.gz", Any() with { Columns = ["label", "title", "description"] }, 7600, ["label", "title", "description"]),
        ("ag_news/classes.txt", Any(), 4, ["text", "path"]),
        ("amazon/train.json.gz", Json(), 5000, ["label", "sentence"]),
        ("amazon/test.json.gz", Json(), 7600, ["label", "sentence"]),
        ("anli/ANLI_analysis_r1_dev.csv.gz", Any(), 1000, ["context", "statement", "gold_label"]),
        ("anli/ANLI_analysis_r2_dev.csv.gz", Any(), 1000, ["context", "statement", "gold_label"]),
        ("anli/ANLI_analysis_r3_dev.csv.gz", Any(), 1198, ["context", "statement", "gold_label"]),
        ("anli/icml_kd_train.jsonl.gz", Any(), 514, ["uid", "premise", "hypothesis", "label", "reason", "response"]),
        ("anli/icml_kd_test.jsonl.gz", Any(), 1200, ["uid", "premise", "hypothesis", "label", "reason", "response"]),
        ("app_reviews/config.json", Any(), 1, ["name", "task_type", "options"]),
        .. Enumerable.Range(0, 5).Select(i => ($"app_reviews/train_{i}.jsonl", Any(), 100, new[] { "text", "label", "id" })),
        ("app_reviews/test.jsonl", Any(), 100, ["text", "label", "id"]),
        ("cnn_dailymail/cnn_dailymail.csv.gz", Any(), 200, ["", "text", "y"]),
        ("cosmos_qa/valid.csv.gz", Any(), 2985, ["id", "context", "question", "answer0", "answer1", "answer2", "answer3", "label"]),
        ("cosmos_qa/TEAM_valid.jsonl.gz", Any(), 2985, ["id", "context", "question", "answer0", "label"]),
        ("cosmos_qa/TEAM_valid-labels.lst", Any() with { Format = RowFormat.Lines }, 2985, ["text"]),
        ("dbpedia_14/test.json.gz", Json(), 7600, ["label", "sentence"]),
        ("dialogsum/dialogsum.dev.jsonl.gz", Any(), 500, ["fname", "dialogue", "summary", "topic"]),
        ("dialogsum/dialogsum.test.jsonl.gz", Any(), 500, ["fname", "dialogue", "summary1", "topic3"]),
        ("dream/train.json.gz", Json("*.1.*"), 6116, ["question", "choice", "answer", "0", "2", "#"]),
        ("dream/dev.json.gz", Json("*.1.*"), 2040, ["question", "choice", "answer", "0", "2", "#"]),
        ("dream/test.json.gz", Json("*.1.*"), 2041, ["question", "choice", "answer", "0", "2", "#"]),
        ("gigaword/sample_data.zip", Any() with { Format = RowFormat.Pairs, Members = ["sumdata/train/*.article*.txt", "sumdata/train/*.title*.txt"], Columns = ["document", "summary"] }, 11000, ["document", "summary"]),
        ("glue_mrpc/msr_paraphrase_train.csv.gz", Any(), 4076, ["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"]),
        ("glue_mrpc/msr_paraphrase_test.csv.gz", Any(), 1725, ["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"]),
        ("hellaswag/hellaswag.json.gz", Json("dev.*"), 1000, ["question", "choices", "answer", "id", "domain"]),
        ("hellaswag/hellaswag.json.gz", Json("test.*"), 1000, ["question", "choices", "answer", "id", "domain"]),
        ("imdb/aclImdb_labelled.tar.gz", Any() with { Format = RowFormat.Files, Members = ["aclImdb/*/pos/*.txt", "aclImdb/*/neg/*.txt"] }, 50000, ["text", "path"]),
        ("multi_news/multi_news.jsonl.gz", Any(), 200, ["input", "context", "answers", "length", "_id"]),
        ("paws/val.csv.gz", Any(), 8000, ["", "sentence1", "sentence2", "label"]),
        ("paws/test.csv.gz", Any(), 8000, ["", "sentence1", "sentence2", "label"]),
        ("qasc/mcq_train.json.gz", Json(), 8134, ["context", "choice0", "choice7", "label"]),
        ("qasc/mcq_dev.json.gz", Json(), 926, ["context", "choice0", "choice7", "label"]),
        ("qasc/dev.jsonl.gz", Any(), 926, ["id", "question", "answerKey", "fact1", "fact2", "combinedfact", "formatted_question"]),
        ("qasc/test.jsonl.gz", Any(), 920, ["id", "question", "formatted_question"]),
        ("quail/challenge.jsonl.gz", Any(), 556, ["id", "question_type", "question", "answers", "correct_answer_id", "context"]),
        ("quail/quail_1.3_dev.xml.gz", Any() with { RowsPath = "data.text.*" }, 120, ["domain", "id", "metadata", "text_body", "questions"]),
        ("quail/quail_1.3_dev.xml.gz", Any() with { RowsPath = "data.text.*.questions.q.*" }, 2164, ["id", "type", "a", "value", "domain", "metadata", "text_body", "#"]),
        ("quail/quail_1.3_challenge.xml.gz", Any() with { RowsPath = "data.text.*.questions.q.*" }, 556, ["id", "type", "a", "value", "domain", "metadata", "text_body", "#"]),
        ("quoref/quoref_original_subset_20191206_merged.json.gz", Json(Squad), 415, ["question", "id", "answers", "context", "title"]),
        ("quoref/quoref_test_perturbations_20191206_merged.json.gz", Json(Squad), 700, ["question", "id", "answers", "original_id", "context", "title"]),
        ("quoref/SuperNI_task002_train.json.gz", Json("Instances.*"), 1000, ["id", "input", "output"]),
        ("quoref/SuperNI_task002_dev.json.gz", Json("Instances.*"), 100, ["id", "input", "output"]),
        ("quoref/SuperNI_task002_test.json.gz", Json("Instances.*"), 100, ["id", "input", "output"]),
        ("race/RACE.tar.gz", Json("$.questions.*") with { Members = ["data/RACE/**/*.txt"] }, 97687, ["value", "answers", "options", "article", "id", "#"]),
        ("ropes/dev-v1.0.json.gz", Json(Squad), 1688, ["question", "id", "answers", "background", "situation", "title"]),
        ("ropes/train-v1.0.json.gz", Json(Squad), 10924, ["question", "id", "answers", "background", "situation", "title"]),
        ("ropes/ropes_contrast_set_032820.json.gz", Json(Squad), 974, ["question", "id", "answers", "background", "situation"]),
        ("ropes/ropes_contrast_set_original_032820.json.gz", Json(Squad), 974, ["question", "id", "answers", "background", "situation"]),
        ("rotten_tomatoes/rt-polarity.pos.gz", Any() with { Format = RowFormat.Lines }, 5331, ["text"]),
        ("rotten_tomatoes/rt-polarity.neg.gz", Any() with { Format = RowFormat.Lines }, 5331, ["text"]),
        ("samsum/SuperNI_task1572_train.json", Json("Instances.*"), 160, ["id", "input", "output"]),
        ("samsum/SuperNI_task1572_dev.json", Json("Instances.*"), 20, ["id", "input", "output"]),
        ("samsum/SuperNI_task1572_test.json", Json("Instances.*"), 20, ["id", "input", "output"]),
        ("samsum/val.csv.gz", Any(), 818, ["id", "summary", "dialogue"]),
        ("samsum/test.csv.gz", Any(), 819, ["id", "summary", "dialogue"]),
        ("samsum/tnlp_validation.jsonl.gz", Any(), 818, ["context", "response"]),
        ("samsum/tnlp_test.jsonl.gz", Any(), 819, ["context", "response"]),
        ("social_i_qa/dev.jsonl.gz", Any(), 1954, ["context", "question", "answerA", "answerB", "answerC"]),
        ("social_i_qa/dev-labels.lst", Any() with { Format = RowFormat.Lines }, 1954, ["text"]),
        ("social_i_qa/dev.jsonl.gz", Any() with { Format = RowFormat.Pairs, Files = ["social_i_qa/dev.jsonl.gz", "social_i_qa/dev-labels.lst"], Columns = ["label"] }, 1954, ["context", "question", "answerA", "answerB", "answerC", "label"]),
        ("social_i_qa/test.jsonl.gz", Any(), 2059, ["context", "question", "answerA", "answerB", "answerC"]),
        ("social_i_qa/mcq_dev.json.gz", Json(), 1954, ["context", "choice0", "choice1", "choice2", "label"]),
        ("social_i_qa/mcq_test.json.gz", Json(), 2059, ["context", "choice0", "choice1", "choice2", "label"]),
        ("social_i_qa/common-bench_dev.jsonl.gz", Any(), 1954, ["context", "question", "options", "answer", "metadata"]),
        ("squad/RouterLens_squad_dev.json.gz", Json(), 4330, ["context", "question", "answer"]),
        ("squad/xquad.en.json.gz", Json(Squad), 1190, ["answers", "id", "question", "context"]),
        ("squad/tnlp_squad_train.jsonl", Any(), 500, ["query", "passage", "answer"]),
        ("super_glue/BoolQ/test.jsonl.gz", Any(), 3245, ["passage", "question", "idx"]),
        ("super_glue/BoolQ/val.jsonl.gz", Any(), 3270, ["question", "passage", "idx", "label"]),
        ("super_glue/BoolQ/O-LoRA_train2000.json.gz", Json(), 2000, ["label", "sentence"]),
        ("super_glue/CB/test.jsonl", Any(), 250, ["premise", "hypothesis", "idx"]),
        ("super_glue/CB/train.jsonl", Any(), 250, ["premise", "hypothesis", "label", "idx"]),
        ("super_glue/CB/val.jsonl", Any(), 56, ["premise", "hypothesis", "label", "idx"]),
        ("super_glue/COPA/test.jsonl", Any(), 500, ["premise", "choice1", "choice2", "question", "idx"]),
        ("super_glue/COPA/train.jsonl", Any(), 400, ["premise", "choice1", "choice2", "question", "label", "idx"]),
        ("super_glue/COPA/val.jsonl", Any(), 100, ["premise", "choice1", "choice2", "question", "label", "idx"]),
        ("super_glue/RTE/test.jsonl.gz", Any(), 3000, ["premise", "hypothesis", "idx"]),
        ("super_glue/RTE/train.jsonl.gz", Any(), 2490, ["premise", "hypothesis", "label", "idx"]),
        ("super_glue/RTE/val.jsonl", Any(), 277, ["premise", "hypothesis", "label", "idx"]),
        ("super_glue/WSC/test.jsonl", Any(), 146, ["text", "target", "idx"]),
        ("super_glue/WSC/train.jsonl", Any(), 554, ["text", "target", "idx", "label"]),
        ("super_glue/WSC/val.jsonl", Any(), 104, ["text", "target", "idx", "label"]),
        ("super_glue/WiC/test.jsonl.gz", Any(), 1400, ["word", "sentence1", "sentence2", "idx", "start1", "end2", "version"]),
        ("super_glue/WiC/train.jsonl.gz", Any(), 5428, ["word", "sentence1", "sentence2", "idx", "label", "version"]),
        ("super_glue/WiC/val.jsonl", Any(), 638, ["word", "sentence1", "sentence2", "idx", "label", "version"]),
        ("super_glue/ReCoRD/train.jsonl", Any(), 32, ["source", "passage", "qas", "idx"]),
        ("super_glue/ReCoRD/dev32.jsonl", Any(), 32, ["source", "passage", "qas", "idx"]),
        ("xsum/test.jsonl.gz", Any(), 1000, ["document", "summary"]),
        ("xsum/SuperNI_task1290_train.json.gz", Json("Instances.*"), 1000, ["id", "input", "output"]),
        ("xsum/SuperNI_task1290_dev.json.gz", Json("Instances.*"), 100, ["id", "input", "output"]),
        ("xsum/SuperNI_task1290_test.json.gz", Json("Instances.*"), 100, ["id", "input", "output"]),
        ("yelp_review_full/train.json.gz", Json(), 5000, ["label", "sentence"]),
    ];

    static RowSource Any() => new() { Files = [] };

    static RowSource Json(string path = "") => new() { Files = [], Format = RowFormat.Json, RowsPath = path };

    public static TheoryData<int> Positions() => [.. Enumerable.Range(0, Sources.Length)];

    [Theory]
    [MemberData(nameof(Positions))]
    public void Rows_and_columns_are_those_of_the_inventory(int position)
    {
        string folder = Path.Combine(DevelopmentData.Require(), "sources");
        (string file, RowSource source, int expected, string[] columns) = Sources[position];
        if (source.Files.Count == 0) source = source with { Files = [file] };

        FoundFiles found = source.Find([folder]);
        Assert.Empty(found.Missing);
        int rows = 0;
        foreach (ReadRow read in RowReader.Read(source, found.Files, TestContext.Current.CancellationToken))
        {
            rows++;
            foreach (string column in columns) Assert.True(read.Row.ContainsKey(column), $"{read.Origin}: no '{column}' in {string.Join(", ", read.Row.Keys)}");
        }

        Assert.Equal(expected, rows);
    }

    [Fact]
    public void No_file_of_rows_is_left_out()
    {
        string inventory = File.ReadAllText(Path.Combine(DevelopmentData.Require(), "INVENTORY.md"));
        string[] listed = [.. Listed().Matches(inventory).Select(m => m.Groups[1].Value)];

        string[] left = [.. listed.Except(Sources.Select(s => s.File)).Where(name => !IsNote(Path.GetFileName(name)))];

        Assert.True(listed.Length > 90);
        Assert.Empty(left);
    }

    static bool IsNote(string name) =>
        name.Contains("readme", StringComparison.OrdinalIgnoreCase) || name.StartsWith("licen", StringComparison.OrdinalIgnoreCase) || name == "CC-BY-SA4.0.txt";

    [GeneratedRegex(@"^\| sources/(\S+) \|", RegexOptions.Multiline)]
    private static partial Regex Listed();
}
