using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bonito.Rows;
using Bonito.Templates.Jinja;

namespace Bonito.Tests.Templates.Jinja;

/// <summary>A template over a row.</summary>
sealed record Case(string Name, string Template, Row Row);

/// <summary>Jinja2 itself, where Debian's Python with python3-jinja2 is there.</summary>
static class Oracle
{
    const string Python = "/usr/bin/python3";

    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Converters = { new Doubles() } };

    /// <summary>Renders all cases with Jinja2 and with ours, and says where they differ.</summary>
    public static string Compare(IReadOnlyList<Case> cases, JinjaSyntax syntax)
    {
        string?[] expected = Render(cases, syntax);
        Assert.Equal(cases.Count, expected.Length);
        List<string> differences = [];
        for (int i = 0; i < expected.Length; i++)
        {
            (string? rendered, string error) = Cases.Render(cases[i].Template, cases[i].Row, syntax);
            if (rendered != expected[i])
                differences.Add($"{cases[i].Name}\n  row {JsonSerializer.Serialize(cases[i].Row, Plain)}\n  expected {expected[i] ?? "an error"}\n  rendered {rendered ?? error}");
        }
        return differences.Count == 0 ? "" : $"{differences.Count} of {cases.Count} differ:\n{string.Join('\n', differences.Take(20))}";
    }

    static string?[] Render(IReadOnlyList<Case> cases, JinjaSyntax syntax)
    {
        Assert.SkipWhen(!IsThere(), $"{Python} with jinja2 3.1 is not there; it is the reference.");
        using Process process = Process.Start(new ProcessStartInfo(Python, [Path.Combine(Cases.Folder, "oracle.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        foreach (Case one in cases)
            process.StandardInput.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object> { ["template"] = one.Template, ["row"] = one.Row, ["chat"] = syntax == JinjaSyntax.Chat }, Plain));
        process.StandardInput.Close();
        string[] lines = output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return [.. lines.Select(line => JsonSerializer.Deserialize<string?>(line))];
    }

    /// <summary>Writes 3.0 as such, which would be a whole number otherwise.</summary>
    sealed class Doubles : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            string text = value.ToString("R", CultureInfo.InvariantCulture);
            writer.WriteRawValue(text.AsSpan().IndexOfAny(".E") < 0 ? text + ".0" : text);
        }
    }

    static bool IsThere()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(Python, ["-c", "import jinja2; raise SystemExit(not jinja2.__version__.startswith('3.1.'))"]))!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
