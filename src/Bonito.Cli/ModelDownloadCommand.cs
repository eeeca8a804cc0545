using System.CommandLine;
using System.Text.Json;
using Bonito.Hub;
using Bonito.Recipes;

namespace Bonito.Cli;

/// <summary><c>bonito model download</c>.</summary>
static class ModelDownloadCommand
{
    public static Command Create()
    {
        Argument<string> id = new("id") { Description = "The model, owner/name or owner/name@revision." };
        Option<string?> revision = new("--revision") { Description = "Branch, tag or commit. Default: the hub's main branch." };
        Option<string[]> files = new("--file") { Description = "Only these files; * and ? stand for any characters and one. Default: configuration, tokenizer and safetensors.", AllowMultipleArgumentsPerToken = true };
        Option<bool> json = new("--json") { Description = "Print what was fetched as JSON and nothing else." };
        Command command = new("download", "Fetch a model from the Hugging Face hub into the cache that its tools share. Stopped or killed, it goes on where it was.") { id, revision, files, json };
        command.AddExamples(
            "bonito model download BatsResearch/bonito-v1",
            "bonito model download Qwen/Qwen2.5-0.5B-Instruct-GGUF --file '*q8_0.gguf'",
            "HF_TOKEN=hf_... bonito model download meta-llama/Llama-3.1-8B --revision main");
        command.SetAction(parsed => Run(parsed.GetValue(id)!, parsed.GetValue(revision), parsed.GetValue(files) ?? [], parsed.GetValue(json)));
        return command;
    }

    static int Run(string text, string? revision, string[] files, bool json)
    {
        RepositoryId id;
        try
        {
            id = RepositoryId.Parse(text, revision);
        }
        catch (BonitoException e)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return ExitCode.Usage;
        }
        using Interrupt interrupt = new();
        using ProgressLine line = new(enabled: !json);
        HubSettings settings = HubSettings.FromEnvironment(offline: false, Environment.GetEnvironmentVariable);
        if (ModelChoice.Download(id, settings, files, plan => Describe(plan, json), line, interrupt.Token) is not { } model) return ExitCode.Interrupted;
        if (json) Console.WriteLine(JsonSerializer.Serialize(model, JsonOutput.Options));
        else foreach (DownloadedFile file in model.Files) Console.WriteLine(Path.Combine(model.Folder, file.Name));
        return ExitCode.Success;
    }

    static void Describe(DownloadPlan plan, bool json)
    {
        if (!json) Console.WriteLine($"{plan.Id} at commit {plan.Commit}: {Figures.Count(plan.Files, "file")}, {Figures.Bytes(plan.Size)}{(plan.Missing == 0 ? ", all in the cache" : $", {Figures.Bytes(plan.Missing)} to fetch")}");
    }
}
