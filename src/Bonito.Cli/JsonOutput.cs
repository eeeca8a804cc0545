using System.Text.Json;

namespace Bonito.Cli;

/// <summary>How <c>--json</c> writes: indented, names in snake case.</summary>
static class JsonOutput
{
    public static readonly JsonSerializerOptions Options = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
