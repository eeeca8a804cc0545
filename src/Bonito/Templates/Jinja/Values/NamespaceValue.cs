namespace Bonito.Templates.Jinja.Values;

/// <summary>What <c>namespace()</c> gives: attributes that can be set from anywhere in the template.</summary>
internal sealed class NamespaceValue(PythonDictionary attributes)
{
    public PythonDictionary Attributes => attributes;
}
