using System.Text;
using Bonito.Templates.Jinja.Parsing;
using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Syntax;

namespace Bonito.Templates.Jinja;

/// <summary>
/// A template in the subset of Jinja2 that docs/formats.md describes, parsed once and rendered often, from any number of
/// threads. Rendered text equals that of Jinja2 3.1.
/// </summary>
public sealed class JinjaTemplate
{
    // Buffers that grew beyond this are not kept.
    const int MostKept = 1 << 16;

    const int MostSource = 1 << 20;

    readonly SourceText source;
    readonly Executable program;
    readonly int slots;
    StringBuilder? spare;

    JinjaTemplate(SourceText source, string text, JinjaSyntax syntax, Sequence<Statement> nodes)
    {
        this.source = source;
        (Source, Syntax, Nodes) = (text, syntax, nodes);
        try
        {
            (program, slots) = Compiler.Compile(source, syntax, nodes);
        }
        catch (RenderFailure failure)
        {
            throw source.Error(-1, -1, failure.Message);
        }
    }

    /// <summary>Names the template in errors.</summary>
    public string Name => source.Name;

    /// <summary>The text it was parsed from.</summary>
    public string Source { get; }

    public JinjaSyntax Syntax { get; }

    /// <summary>The tree.</summary>
    public Sequence<Statement> Nodes { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="name">Names it in errors.</param>
    /// <param name="syntax">Its flavour; <see cref="JinjaSyntax.Prompt"/> when null.</param>
    /// <exception cref="BonitoException">The text is no template, or uses what is not supported; the message has name, line, column and the text there.</exception>
    public static JinjaTemplate Parse(string name, string text, JinjaSyntax? syntax = null)
    {
        if (text.Length > MostSource) throw new BonitoException($"{name}: the template has {text.Length:N0} characters; at most {MostSource:N0} are supported.");
        SourceText source = new(name, text);
        syntax ??= JinjaSyntax.Prompt;
        return new JinjaTemplate(source, text, syntax, TemplateParser.Parse(source, syntax));
    }

    /// <summary>The same template with another tree; errors about nodes of the old tree keep their places.</summary>
    /// <exception cref="BonitoException">The tree uses what is not supported.</exception>
    public JinjaTemplate WithNodes(Sequence<Statement> nodes) => new(source, Source, Syntax, nodes);

    /// <summary>Renders the template.</summary>
    /// <param name="variables">Values as <see cref="Rows.Row"/> has them.</param>
    /// <param name="settings">Bounds and seed; <see cref="RenderSettings.Default"/> when null.</param>
    /// <exception cref="BonitoException">An operation cannot be done on its values, <c>raise_exception</c> was called, or a bound was reached; the message has the place.</exception>
    public string Render(IReadOnlyDictionary<string, object?> variables, RenderSettings? settings = null)
    {
        StringBuilder output = Interlocked.Exchange(ref spare, null) ?? new StringBuilder();
        RenderContext context = new(variables, settings ?? RenderSettings.Default, Syntax, output);
        try
        {
            program(new Frame(context, slots, outer: null));
            return output.ToString();
        }
        catch (RenderFailure failure)
        {
            throw context.Place is { } place ? source.Error(place.Start, place.End, failure.Message) : source.Error(-1, -1, failure.Message);
        }
        finally
        {
            if (output.Capacity <= MostKept) spare = output.Clear();
        }
    }
}
