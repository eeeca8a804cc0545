using Bonito.Engine.Kernels;

namespace Bonito.Engine.Tests.Kernels;

/// <summary>All vector widths; those that the processor lacks are run by the runtime in narrower pieces.</summary>
static class KernelPaths
{
    public static IReadOnlyList<MicroKernel> All { get; } = [MicroKernel.Wide512, MicroKernel.Wide256, MicroKernel.Wide128];

    /// <summary>Their names, for theories.</summary>
    public static TheoryData<string> Names => [.. All.Select(k => k.Name)];

    public static MicroKernel Named(string name) => All.Single(k => k.Name == name);
}
