using System.CommandLine;
using Bonito.Hub;
using Bonito.Recipes;

namespace Bonito.Cli;

/// <summary>What a command that takes a model does with the value: a path is a path, an id is looked up in the cache and fetched where it is not there.</summary>
static class ModelChoice
{
    /// <summary>To be added to the descriptions of options.</summary>
    public const string Values = "a model folder, a GGUF file, or the id of a model on the Hugging Face hub (owner/name[@revision]), which is fetched when it is first used";

    public static Option<bool> OfflineOption() => new("--offline") { Description = "Never fetch a model; ids must be in the cache." };

    /// <summary>The path of a model; null when the user stopped the download, after saying so.</summary>
    /// <exception cref="BonitoException">There is no such model.</exception>
    public static string? Find(string value, bool offline, ProgressLine line, CancellationToken cancellation)
    {
        if (ModelLocation.IdOf(value) is not { } id) return value;
        HubSettings settings = HubSettings.FromEnvironment(offline, Environment.GetEnvironmentVariable);
        if (ModelLocation.Find(id, settings) is { } cached) return cached;
        if (settings.Offline) throw ModelLocation.Missing(id, settings);
        return Download(id, settings, [], plan => Console.Error.WriteLine($"note: {id} is not in the cache {plan.CacheFolder}; fetching {Figures.Bytes(plan.Missing)} from {settings.Endpoint.Host}"), line, cancellation)?.Folder;
    }

    /// <summary>Fetches a model; null when the user stopped it, after saying so.</summary>
    /// <exception cref="BonitoException">It cannot be had.</exception>
    public static DownloadedModel? Download(RepositoryId id, HubSettings settings, IReadOnlyList<string> files, Action<DownloadPlan> planned, ProgressLine line, CancellationToken cancellation)
    {
        try
        {
            return DownloadModel.Run(settings, id, files, planned, progress => line.Show(Describe(progress)), Note, cancellation).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            line.Clear();
            Console.Error.WriteLine($"Stopped. What arrived of {id} is kept in {settings.CacheFolder}. Run the same command to go on.");
            return null;
        }
        finally
        {
            line.Clear();
        }

        void Note(string text)
        {
            line.Clear();
            Console.Error.WriteLine($"note: {text}");
        }
    }

    static string Describe(DownloadProgress p)
    {
        double seconds = p.Elapsed.TotalSeconds, rate = seconds > 0 ? p.Received / seconds : 0;
        string left = rate > 0 ? $"  left {Figures.Duration((p.Size - p.Done) / rate)}" : "";
        return $"{p.File}  {Figures.Bytes(p.Done)}/{Figures.Bytes(p.Size)}  {Figures.Bytes(rate)}/s{left}";
    }
}
