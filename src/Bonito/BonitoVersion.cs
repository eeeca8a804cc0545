using System.Reflection;
using System.Runtime.InteropServices;

namespace Bonito;

/// <summary>Which Bonito this is, for what runs write down.</summary>
static class BonitoVersion
{
    /// <summary>The release, such as 0.1.0.</summary>
    public static string Number { get; } = Informational.Split('+')[0];

    /// <summary>Everything that runs: Bonito with the commit it was built from, .NET, the system.</summary>
    public static IReadOnlyDictionary<string, string> Software => new SortedDictionary<string, string>
    {
        ["bonito"] = Informational,
        ["dotnet"] = RuntimeInformation.FrameworkDescription,
        ["system"] = $"{RuntimeInformation.RuntimeIdentifier} {RuntimeInformation.ProcessArchitecture}",
    };

    static string Informational => typeof(BonitoVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
