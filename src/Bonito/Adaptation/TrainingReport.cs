using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bonito.Adaptation.Reports;
using Bonito.Engine.Checkpoints;
using Bonito.Templates;

namespace Bonito.Adaptation;

/// <summary>
/// <c>report.html</c> of a training run: one page that needs no network and no other file, made of what the run folder holds at
/// that moment. It can be written again at any time, also while the run trains.
/// </summary>
public static partial class TrainingReport
{
    public const string FileName = "report.html";

    /// <summary>Writes the report into the run folder, replacing an older one as a whole.</summary>
    /// <param name="runFolder">Read are <c>config.json</c>, <c>metrics.jsonl</c>, <c>samples.jsonl</c>, <c>manifest.json</c> and the names of checkpoints; what is missing or torn is named in the report.</param>
    /// <param name="error">What stopped the run, if something did.</param>
    /// <returns>The path of the report.</returns>
    /// <exception cref="BonitoException">There is no such folder, it holds no training run, or a file of it cannot be read.</exception>
    /// <exception cref="Engine.EngineException">The report cannot be written.</exception>
    public static string Write(string runFolder, string? error = null)
    {
        byte[] html = Encoding.UTF8.GetBytes(Render(RunReader.Read(runFolder, error)));
        string path = Path.Combine(runFolder, FileName);
        AtomicFile.Write(path, stream => stream.Write(html));
        return path;
    }

    static string Render(ReportPage page)
    {
        string library = Resource("uPlot.iife.min.js"), glue = Resource("report.js");
        // One pass over the template alone, so that nothing in the data can pass for a placeholder.
        return Placeholder().Replace(Resource("report.html"), match => match.Groups[1].Value switch
        {
            "title" => WebUtility.HtmlEncode(page.Title),
            "scripts" => $"{Digest(library)} {Digest(glue)}",
            "licence" => Resource("uPlot.LICENSE"),
            "style" => Resource("uPlot.min.css") + Resource("report.css"),
            // Its encoder escapes <, > and &, so that no text can end the element.
            "data" => JsonSerializer.Serialize(page, ReportJson.Compact.ReportPage),
            "library" => library,
            "glue" => glue,
            string name => throw new InvalidOperationException($"report.html has an unknown placeholder '{name}'."),
        });
    }

    /// <summary>The script's source expression in the page's content security policy: no other script runs.</summary>
    static string Digest(string script) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'";

    // Browsers compute digests over line feeds, whatever a checkout made of them.
    static string Resource(string name) => BuiltinFile.Read(name).ReplaceLineEndings("\n");

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Placeholder();
}
