using Bonito.Tests;
using Bonito.Tests.Datasets;
using Bonito.Tests.Recipes;

namespace Bonito.Cli.Tests;

/// <summary>Whatever is wrong, it is said in one clear sentence, the exit code tells the kind, and nothing is left behind.</summary>
public sealed class BadInputTests(BadInputTests.Fixture fixture) : IClassFixture<BadInputTests.Fixture>, IDisposable
{
    const int Failure = 1, Usage = 2;

    readonly TemporaryFolder folder = new();

    string Run => folder.File("run");

    string Inputs => folder.File("inputs");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_without_files()
    {
        Directory.CreateDirectory(Inputs);
        Refused(Failure, $"{Inputs}: the folder holds no files");
    }

    [Fact]
    public void An_empty_file()
    {
        folder.Write("inputs/a.txt", "");
        Refused(Failure, "no text in the inputs");
    }

    [Fact]
    public void A_binary_file()
    {
        folder.Write("inputs/good.txt", "A text.");
        folder.Write("inputs/image.txt", "PNG\0\u0001\u0002\0\0");
        Refused(Failure, $"{Path.Combine(Inputs, "image.txt")}: not a text file");
    }

    [Fact]
    public void A_broken_line_of_json()
    {
        folder.Write("inputs/rows.jsonl", "{\"text\": \"one\"}\n{\"text\": \"two\"}\n{\"text\": \n");
        Refused(Failure, $"{Path.Combine(Inputs, "rows.jsonl")}:3");
    }

    [Fact]
    public void A_column_that_is_not_there()
    {
        folder.Write("inputs/rows.csv", "title,body\na,b\n");
        CliResult result = Refused(Failure, "no column 'abstract'", "--context-col", "abstract");
        Assert.Contains("title, body", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there() => Refused(Failure, $"{Inputs}: there is no such file or folder");

    [Fact]
    public void A_model_that_is_not_there()
    {
        folder.Write("inputs/a.txt", "A text.");
        Refused(Failure, $"There is no model folder {folder.File("none")}", "--model", folder.File("none"));
    }

    [Fact]
    public void Truncated_weights()
    {
        folder.Write("inputs/a.txt", "A text.");
        string model = CopyModel();
        using (FileStream weights = File.OpenWrite(Path.Combine(model, "model.safetensors"))) weights.SetLength(weights.Length - 100);
        Refused(Failure, "model.safetensors", "--model", model);
    }

    [Fact]
    public void A_tokenizer_of_another_model()
    {
        folder.Write("inputs/a.txt", "A text.");
        string model = CopyModel(), config = Path.Combine(model, "config.json");
        File.WriteAllText(config, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(config), "\"vocab_size\": *[0-9]+", "\"vocab_size\": 260"));
        Refused(Failure, "They do not belong together", "--model", model);
    }

    [Fact]
    public void A_mistyped_task_type()
    {
        CliResult result = Refused(Usage, "unknown task type 'sentimant'; did you mean 'sentiment'?", "--task-type", "nli,sentimant");
        Assert.EndsWith("Try 'bonito generate --help'.\n", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("top-p must be above 0 and at most 1, got 2", "--top-p", "2")]
    [InlineData("samples must be at least 1, got 0", "--samples", "0")]
    [InlineData("overlap tokens of a context is 300", "--overlap-tokens", "300")]
    [InlineData("Cannot parse argument 'warm'", "--temperature", "warm")]
    [InlineData("Argument 'perhaps' not recognized", "--resume", "perhaps")]
    [InlineData("--constrain and --no-constrain exclude each other", "--constrain", "--no-constrain")]
    [InlineData("unknown option '--no-such-option'", "--no-such-option")]
    public void An_option_that_cannot_be(string message, params string[] arguments) => Refused(Usage, message, arguments);

    [Fact]
    public void No_input()
    {
        CliResult result = Cli.Run("generate");
        Assert.Equal(Usage, result.ExitCode);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_with_another_configuration()
    {
        folder.Write("inputs/a.txt", "A text.");
        Assert.Equal(0, Generate("--temperature", "0.6").ExitCode);
        CliResult result = Generate("--temperature", "0.7", "--resume", "always");

        Assert.Equal((Failure, ""), (result.ExitCode, result.Output));
        Assert.Contains("  temperature: then 0.6, now 0.7\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("there is a run already", Generate("--temperature", "0.6", "--resume", "never").Error, StringComparison.Ordinal);
        Assert.Equal(0, Generate("--temperature", "0.6", "--threads", "2", "--batch-size", "2", "--resume", "always").ExitCode);
    }

    [Fact]
    public void An_output_that_cannot_be_written()
    {
        folder.Write("inputs/a.txt", "A text.");
        using SmallDisk? disk = SmallDisk.TryMount(folder.Path, kibibytes: 64);
        string locked = disk?.Path ?? Directory.CreateDirectory(folder.File("locked")).FullName;
        if (disk is not null) disk.MakeReadOnly();
        else if (!OperatingSystem.IsWindows() && !Environment.IsPrivilegedProcess) File.SetUnixFileMode(locked, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        else Assert.Skip("there is no way here to make a folder that cannot be written to");
        CliResult result = Cli.Run("generate", Inputs, "--model", fixture.Model, "--output", Path.Combine(locked, "run"));

        Assert.Equal((Failure, ""), (result.ExitCode, result.Output));
        Assert.StartsWith($"error: {Path.Combine(locked, "run")}: the folder cannot be created: ", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(locked));
    }

    [Fact]
    public void The_output_of_an_earlier_start_is_no_input()
    {
        folder.Write("inputs/a.txt", "A text.");
        string[] arguments = ["generate", Inputs, "--model", fixture.Model, "--output", Path.Combine(Inputs, "run"), "--max-tokens", "4"];
        CliResult first = Cli.Run(arguments), second = Cli.Run(arguments);

        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
    }

    CliResult Generate(params string[] arguments) =>
        Cli.Run(["generate", Inputs, "--output", Run, .. arguments.Contains("--model") ? (string[])[] : ["--model", fixture.Model], .. arguments]);

    CliResult Refused(int exitCode, string message, params string[] arguments)
    {
        CliResult result = Generate(arguments);
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n   at ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("should not have happened", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Run));
        return result;
    }

    string CopyModel()
    {
        string model = Directory.CreateDirectory(folder.File("model")).FullName;
        foreach (string file in Directory.EnumerateFiles(fixture.Model)) File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        return model;
    }

    /// <summary>A generator, made once.</summary>
    public sealed class Fixture : IDisposable
    {
        readonly TemporaryFolder folder = new();

        public Fixture() => ChainModel.Save(Model);

        public string Model => folder.File("model");

        public void Dispose() => folder.Dispose();
    }
}
