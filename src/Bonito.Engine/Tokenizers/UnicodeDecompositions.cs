using System.Globalization;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// What the Unicode character database says about normalisation: combining classes, decompositions and composites, from the
/// embedded file UnicodeDecompositions.txt. Syllables of Hangul follow from their numbers and are not in it.
/// </summary>
internal sealed class UnicodeDecompositions
{
    private static readonly Lazy<UnicodeDecompositions> Loaded = new(() => new UnicodeDecompositions());

    private readonly Dictionary<int, byte> classes = [];
    private readonly Dictionary<int, int[]> canonical = [];
    private readonly Dictionary<int, int[]> compatible = [];
    private readonly Dictionary<(int First, int Second), int> composites = [];
    private readonly HashSet<int> seconds = [];

    private UnicodeDecompositions()
    {
        using Stream resource = typeof(UnicodeDecompositions).Assembly.GetManifestResourceStream("UnicodeDecompositions.txt")!;
        using var reader = new StreamReader(resource);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                Add(line.Split(' '));
        }

        for (int jamo = 0x1161; jamo <= 0x11C2; jamo++)
            seconds.Add(jamo);
    }

    public static UnicodeDecompositions Instance => Loaded.Value;

    /// <summary>The canonical combining class.</summary>
    public int ClassOf(int codePoint) => classes.GetValueOrDefault(codePoint);

    /// <summary>What a code point decomposes to in one step; null when it does not.</summary>
    public int[]? Find(int codePoint, bool compatibly) =>
        canonical.TryGetValue(codePoint, out int[]? parts) || (compatibly && compatible.TryGetValue(codePoint, out parts)) ? parts : null;

    /// <summary>The code point that two make together; null when there is none.</summary>
    public int? Compose(int first, int second) => composites.TryGetValue((first, second), out int composite) ? composite : null;

    /// <summary>Whether a code point stays as it is in a form, whatever stands around it.</summary>
    public bool IsStable(int codePoint, bool compatibly, bool composed)
    {
        if (classes.ContainsKey(codePoint) || (compatibly && compatible.ContainsKey(codePoint)))
            return false;
        if (!composed)
            return codePoint is not (>= 0xAC00 and <= 0xD7A3) && !canonical.ContainsKey(codePoint);
        if (seconds.Contains(codePoint))
            return false;
        return !canonical.TryGetValue(codePoint, out int[]? parts) || (parts.Length == 2 &&
            Compose(parts[0], parts[1]) == codePoint && (!compatibly || parts.All(part => IsStable(part, compatibly, composed) || ClassOf(part) != 0 || seconds.Contains(part))));
    }

    /// <summary>A line: code point, what follows it: a class, a canonical (=, or &lt; where nothing composes to it) or a compatible (~) decomposition.</summary>
    private void Add(string[] fields)
    {
        int codePoint = Hexadecimal(fields[0]);
        int[] values = [.. fields[2..].Select(Hexadecimal)];
        switch (fields[1])
        {
            case "class": classes.Add(codePoint, (byte)values[0]); break;
            case "~": compatible.Add(codePoint, values); break;
            case "<": canonical.Add(codePoint, values); break;
            case "=":
                canonical.Add(codePoint, values);
                composites.Add((values[0], values[1]), codePoint);
                seconds.Add(values[1]);
                break;
            default: throw new InvalidDataException($"UnicodeDecompositions.txt: unknown kind '{fields[1]}' at {fields[0]}.");
        }
    }

    private static int Hexadecimal(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
