using Bonito.Templates.Jinja.Rendering;

namespace Bonito.Templates.Jinja.Values;

/// <summary>The value of what is not there: prints as nothing, is false and empty; most else that is done with it fails.</summary>
/// <param name="Reason">What is not there, as failures say it.</param>
internal sealed record Undefined(string Reason)
{
    public RenderFailure Failure() => new(Reason);
}
