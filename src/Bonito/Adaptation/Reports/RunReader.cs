using System.Globalization;
using System.Text.Json;

namespace Bonito.Adaptation.Reports;

/// <summary>Makes the page's data of a run folder.</summary>
static class RunReader
{
    /// <summary>Stretches that curves are thinned to, with two points each: noise fills a chart, smooth curves need fewer, tooltips fewer still.</summary>
    const int NoisyStretches = 400, SmoothStretches = 200, TooltipStretches = 100;

    /// <summary>Columns whose single steps are noise: drawn faint, and smoothed.</summary>
    static readonly string[] Noisy = ["loss", "target_loss", "gradient_norm", "tokens_per_second"];

    /// <param name="error">What stopped the run, if something did.</param>
    /// <exception cref="BonitoException">There is no such folder, it holds no training run, or a file of it cannot be read.</exception>
    public static ReportPage Read(string folder, string? error)
    {
        RunFiles run = new(folder);
        List<string> notes = [.. run.Notes];
        int smoothing = Math.Max(10, run.Metrics.Count / 50);
        RunFacts facts = new(run, smoothing);
        return new ReportPage(
            facts.Title,
            run.Folder,
            DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
            facts.State(error),
            facts.All(),
            Curves(run.Metrics, smoothing, notes),
            smoothing,
            facts.Clip,
            run.Samples,
            Data(run),
            Section.Of("run", run.Configuration),
            About(run),
            notes);
    }

    static SortedDictionary<string, Curve> Curves(RunMetrics metrics, int smoothing, List<string> notes)
    {
        SortedDictionary<string, Curve> curves = new(StringComparer.Ordinal);
        foreach (string name in (string[])["validation_loss", "learning_rate", "resident_bytes"]) Add(name, metrics.Column(name), SmoothStretches);
        foreach (string name in (string[])["tokens", "epoch", "seconds"]) Add(name, metrics.Column(name), TooltipStretches);
        foreach (string name in Noisy)
        {
            IReadOnlyList<CurvePoint> points = metrics.Column(name);
            if (name == "loss" && points.SequenceEqual(metrics.Column("target_loss")))
            {
                if (points.Count > 0) notes.Add("Only target tokens count in the loss, so training loss and target loss are one curve.");
                continue;
            }
            Add(name, points, NoisyStretches);
            Add($"{name}_smoothed", Curve.Smooth(points, smoothing), SmoothStretches);
        }
        if (metrics.Count > 0)
        {
            if (!curves.ContainsKey("validation_loss")) notes.Add("The validation loss was not measured yet, or there are no validation examples.");
            if (!curves.ContainsKey("resident_bytes")) notes.Add("Memory was not written down.");
        }
        return curves;

        void Add(string name, IReadOnlyList<CurvePoint> points, int stretches)
        {
            if (Curve.Of(points, stretches) is { } curve) curves.Add(name, curve);
        }
    }

    /// <summary>What became of the rows, as the manifest says, and the tokens that were read.</summary>
    static List<Section> Data(RunFiles run)
    {
        List<Section> sections = [.. Flat("rows to train on", run.Manifest, "training_rows").Concat(Flat("rows to validate on", run.Manifest, "validation_rows")).Select(s => s.InWords())];
        IReadOnlyList<CurvePoint> tokens = run.Metrics.Column("tokens"), epochs = run.Metrics.Column("epoch");
        if (tokens.Count == 0) return sections;
        List<Entry> read = [new Entry("read in all", Figures.Number(tokens[^1].Value)), new Entry("in a step, mean", Figures.Number(tokens[^1].Value / tokens[^1].Step))];
        if (epochs.Count > 0 && epochs[^1].Value > 0) read.Add(new Entry("in an epoch, about", Figures.Number(tokens[^1].Value / epochs[^1].Value)));
        sections.Add(new Section("tokens", read));
        return sections;
    }

    /// <summary>What the run came to and what trained it, where the manifest says so, and what made the page.</summary>
    static IReadOnlyList<Section> About(RunFiles run) =>
    [
        .. Section.Of("result", run.Manifest).Where(s => s.Title == "result").Select(s => s.InWords()),
        .. Flat("files of the result (SHA-256)", run.Manifest, "files"),
        .. Flat("the run was finished by", run.Manifest, "software"),
        new Section("this page was made by", [.. BonitoVersion.Software.Select(s => new Entry(s.Key, s.Value))]),
    ];

    static IReadOnlyList<Section> Flat(string title, JsonElement content, string name) =>
        content.TryGetProperty(name, out JsonElement found) && found.ValueKind == JsonValueKind.Object ? Section.Flat(title, found) : [];
}
