using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Bonito.Cli;

/// <summary>Values that are wrong usage. What was written is looked at: to ask for a value that cannot be parsed throws.</summary>
static class Refusals
{
    /// <summary>Refuses empty values: they name no file, folder or model.</summary>
    public static void NotEmpty(params Symbol[] symbols)
    {
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Option option) option.Validators.Add(result => Check(result, option.Name));
            else if (symbol is Argument argument) argument.Validators.Add(result => Check(result, $"<{argument.Name}>"));
        }

        static void Check(SymbolResult result, string name)
        {
            if (result.Tokens.Any(token => token.Value.Length == 0)) result.AddError($"{name} must not be empty.");
        }
    }

    /// <summary>Refuses whole numbers that are too small.</summary>
    public static void AtLeast(int least, params Option[] options)
    {
        foreach (Option option in options)
        {
            option.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value: var text }] && long.TryParse(text, CultureInfo.InvariantCulture, out long value) && value < least) result.AddError($"{option.Name} must be at least {least}, got {value}.");
            });
        }
    }

    /// <summary>Refuses all but these words, in small letters or capitals.</summary>
    public static void AllBut(Option option, params string[] words) => option.Validators.Add(result =>
    {
        foreach (Token token in result.Tokens)
            if (!words.Contains(token.Value, StringComparer.OrdinalIgnoreCase)) result.AddError($"{option.Name} {token.Value}: expected {string.Join(", ", words[..^1])} or {words[^1]}.");
    });

    /// <summary>Refuses all but the names of an enumeration, for which the parser takes any number.</summary>
    public static void AllButNames<T>(Option option) where T : struct, Enum => AllBut(option, Array.ConvertAll(Enum.GetNames<T>(), name => name.ToLowerInvariant()));
}
