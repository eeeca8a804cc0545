namespace Bonito.Engine.Tokenizers;

/// <summary>
/// Cuts text into words exactly as a published regular expression does, scanned by hand because it runs over every
/// character of a corpus. Scanning takes linear time on every text.
/// </summary>
internal abstract class WordScanner
{
    /// <summary>The words of GPT-2.</summary>
    public static readonly WordScanner Gpt2 = new Gpt2Words(digitsApart: false);

    /// <summary>The words of GPT-2 within text between digits, and each digit alone: SmolLM, StarCoder.</summary>
    public static readonly WordScanner Gpt2DigitsApart = new Gpt2Words(digitsApart: true);

    /// <summary>The words of Llama 3: up to three digits together.</summary>
    public static readonly WordScanner Llama3 = new Llama3Words(longestNumber: 3);

    /// <summary>The words of Qwen2 and Qwen3: as Llama 3, with each digit alone.</summary>
    public static readonly WordScanner Qwen2 = new Llama3Words(longestNumber: 1);

    /// <summary>The expressions as files spell them. A text is cut by the scanner that says the same.</summary>
    public static IReadOnlyDictionary<string, WordScanner> ByExpression { get; } = new Dictionary<string, WordScanner>(StringComparer.Ordinal)
    {
        [Gpt2Words.Expression] = Gpt2,
        [Llama3Words.Expression] = Llama3,
        [Llama3Words.QwenExpression] = Qwen2,
    };

    /// <summary>The length of the first word of a text that is not empty.</summary>
    public abstract int FirstWordLength(ReadOnlySpan<char> text);
}
