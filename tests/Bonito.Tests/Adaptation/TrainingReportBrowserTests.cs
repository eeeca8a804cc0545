using Bonito.Adaptation;
using Bonito.Tests.Adaptation.Reports;
using Microsoft.Playwright;

namespace Bonito.Tests.Adaptation;

/// <summary>Opens a report in headless Chromium, as a user would from a folder.</summary>
public sealed class TrainingReportBrowserTests : IDisposable
{
    /// <summary>How many pixels of a chart are no shade of grey: those of its curves.</summary>
    const string CountColoured = """
        canvas => {
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          let coloured = 0;
          for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 0 && Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 40) coloured++;
          return coloured;
        }
        """;

    readonly TemporaryFolder run = new();

    public void Dispose() => run.Dispose();

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task The_report_shows_curves_and_samples_and_asks_no_network(ColorScheme scheme, int width)
    {
        string? browserPath = Chromium();
        Assert.SkipWhen(browserPath is null, "No chromium, chromium-browser or google-chrome on the PATH: the report is not looked at in a browser.");
        TrainingRunFiles.WriteConfiguration(run, 2000);
        TrainingRunFiles.WriteMetrics(run, 2000);
        TrainingRunFiles.WriteSamples(run, 500, 1000, 2000);
        TrainingRunFiles.WriteManifest(run, 2000);
        string path = TrainingReport.Write(run.Path);

        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = browserPath });
        IPage page = await browser.NewPageAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        List<string> troubles = [], requests = [];
        page.Console += (_, message) => troubles.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => troubles.Add(error);
        page.Request += (_, request) => requests.Add(request.Url);
        await page.GotoAsync(new Uri(path).AbsoluteUri);

        Assert.Equal("QLoRA of base-7b on insurance-tasks", await page.TitleAsync());
        Assert.Equal(["Loss", "Learning rate", "Gradient norm", "Speed", "Memory"], (await page.Locator(".chart h3").AllInnerTextsAsync()).Select(t => t.Split(" · ")[0]));
        IReadOnlyList<ILocator> canvases = await page.Locator(".chart canvas").AllAsync();
        Assert.Equal(5, canvases.Count);
        foreach (ILocator canvas in canvases) Assert.True(await canvas.EvaluateAsync<int>(CountColoured) > 200, "A chart is empty.");

        ILocator completions = page.Locator(".completion");
        Assert.Equal(2 * 4, await completions.CountAsync());
        Assert.Contains("written after 500", await completions.First.InnerTextAsync(), StringComparison.Ordinal);
        Assert.True(await completions.First.IsVisibleAsync());
        Assert.Equal(TrainingRunFiles.Hostile, await page.Locator(".prompt").Nth(1).Locator(".completion .text").First.TextContentAsync());
        Assert.Equal(0, await page.Locator("img").CountAsync());
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the window.");

        // Over a chart: step, tokens and the values of its curves.
        LocatorBoundingBoxResult over = (await page.Locator(".u-over").First.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(over.X + over.Width / 2 - 4, over.Y + over.Height / 2);
        await page.Mouse.MoveAsync(over.X + over.Width / 2, over.Y + over.Height / 2);
        string tooltip = await page.Locator(".tooltip").First.InnerTextAsync();
        Assert.Matches(@"step (9\d\d|1,0\d\d)\s+4\.\d+ M tokens · epoch (0\.9|1)\d*\.?\d* · 1:1\d:\d\d\s", tooltip);
        Assert.Matches(@"validation at step 1,000\s+1\.3\d+|validation\s+1\.3\d+", tooltip);

        // Dragged across, all charts show that stretch.
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(over.X + over.Width * 0.75f, over.Y + over.Height / 2, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        foreach (ILocator canvas in canvases) Assert.True(await canvas.EvaluateAsync<int>(CountColoured) > 200, "A chart is empty after zooming.");

        Assert.Empty(troubles);
        Assert.Equal([new Uri(path).AbsoluteUri], requests);
    }

    static string? Chromium() => ((string[])["chromium", "chromium-browser", "google-chrome"])
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
