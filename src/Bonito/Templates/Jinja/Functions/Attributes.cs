using System.Globalization;
using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>What the parameter <c>attribute</c> of filters asks of each item: <c>name</c>, <c>0</c>, <c>name.inner.0</c>.</summary>
internal static class Attributes
{
    /// <summary>A function that takes the attribute of an item; the item itself when <paramref name="attribute"/> is null.</summary>
    /// <param name="replacement">Taken instead of what is undefined, unless null.</param>
    public static Func<object?, object?> Getter(RenderContext context, object? attribute, bool ignoreCase = false, object? replacement = null)
    {
        object?[] path = Path(attribute);
        return item =>
        {
            foreach (object? part in path)
            {
                item = Access.Item(context, item, part);
                if (replacement is not null && item is Undefined) item = replacement;
            }
            return ignoreCase ? IgnoreCase(context, item) : item;
        };
    }

    /// <summary>As <see cref="Getter"/>, for several attributes with commas between them; what it takes is a list.</summary>
    public static Func<object?, object?> ListGetter(RenderContext context, object? attribute, bool ignoreCase)
    {
        Func<object?, object?>[] getters = attribute is string text
            ? [.. text.Split(',').Select(part => Getter(context, part, ignoreCase))]
            : [Getter(context, attribute, ignoreCase)];
        return item => new PythonList(getters.Select(get => get(item)));
    }

    static object?[] Path(object? attribute) => attribute switch
    {
        null => [],
        string text => [.. text.Split('.').Select(object? (part) =>
            part.Length > 0 && part.All(char.IsAsciiDigit) && long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index : part)],
        _ => [attribute],
    };

    static object? IgnoreCase(RenderContext context, object? value) => value is string text ? context.Made(Casing.Lower(text)) : value;
}
