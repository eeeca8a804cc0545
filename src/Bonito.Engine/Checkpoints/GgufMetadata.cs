namespace Bonito.Engine.Checkpoints;

/// <summary>
/// What a GGUF file says of its model. <c>Find</c> gives null for a key that is not there; the other getters and every value of
/// another type are refused with the file and the key. Integers may be stored in any width.
/// </summary>
public sealed class GgufMetadata
{
    private readonly string source;
    private readonly OrderedDictionary<string, object> values;

    /// <param name="source">The file, for messages.</param>
    internal GgufMetadata(string source, OrderedDictionary<string, object> values)
    {
        this.source = source;
        this.values = values;
    }

    /// <summary>
    /// All values in the order of the file, in the .NET types that GGUF's are called after (byte to ulong, float, double, bool, string);
    /// arrays as arrays of them, nested ones as <c>Array[]</c>.
    /// </summary>
    public IReadOnlyDictionary<string, object> Values => values;

    public string? FindString(string key) => Find(key, "a string", value => value as string);

    public string String(string key) => FindString(key) ?? throw Missing(key);

    public bool? FindBoolean(string key) => Find<object>(key, "a boolean", value => value as bool? as object) as bool?;

    /// <summary>A number of things: an integer from 0 to 2^31 - 1.</summary>
    public int? FindCount(string key) =>
        Find<object>(key, $"an integer from 0 to {int.MaxValue}", value => Int32(value) is >= 0 and int count ? count : null) as int?;

    public int Count(string key) => FindCount(key) ?? throw Missing(key);

    /// <summary>A finite number; a double is rounded.</summary>
    public float? FindSingle(string key) => Find<object>(key, "a finite number", value => Number(value)) as float?;

    public float Single(string key) => FindSingle(key) ?? throw Missing(key);

    public IReadOnlyList<string>? FindStrings(string key) => Find(key, "an array of strings", value => value as string[]);

    public IReadOnlyList<float>? FindSingles(string key) =>
        Find(key, "an array of finite numbers", value => value is Array array ? All(array, Number) : null);

    /// <summary>Integers of any width that fit in 32 bits.</summary>
    public IReadOnlyList<int>? FindIntegers(string key) =>
        Find(key, "an array of 32-bit integers", value => value is Array array ? All(array, Int32) : null);

    /// <exception cref="EngineException">Always: the key that a reader needs is not there.</exception>
    private EngineException Missing(string key) =>
        new($"{source}: expected metadata {ErrorText.Quote(key)}, got none. The file lacks what this model needs; convert the model again.");

    private T? Find<T>(string key, string expected, Func<object, T?> read)
        where T : class =>
        !values.TryGetValue(key, out object? value) ? null
        : read(value) ?? throw new EngineException($"{source}: metadata {ErrorText.Quote(key)}: expected {expected}, got {Shown(value)}. {GgufCursor.Remedy}");

    private static T[]? All<T>(Array array, Func<object, T?> read)
        where T : struct
    {
        var items = new T[array.Length];
        for (int i = 0; i < items.Length; i++)
        {
            if (read(array.GetValue(i)!) is not T item) return null;
            items[i] = item;
        }
        return items;
    }

    private static long? Integer(object value) => value switch
    {
        byte v => v,
        sbyte v => v,
        ushort v => v,
        short v => v,
        uint v => v,
        int v => v,
        ulong v and <= long.MaxValue => (long)v,
        long v => v,
        _ => null,
    };

    private static int? Int32(object value) => Integer(value) is >= int.MinValue and <= int.MaxValue and long integer ? (int)integer : null;

    private static float? Number(object value)
    {
        float? number = value switch
        {
            float v => v,
            double v => (float)v,
            _ => (float?)Integer(value),
        };
        return number is float finite && float.IsFinite(finite) ? finite : null;
    }

    private static string Shown(object value) => value switch
    {
        Array array => $"an array of {array.Length} {array.GetType().GetElementType()!.Name}",
        string text => ErrorText.Quote(text),
        _ => FormattableString.Invariant($"{value.GetType().Name} {value}"),
    };
}
