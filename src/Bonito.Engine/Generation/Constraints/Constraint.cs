using System.Text;

namespace Bonito.Engine.Generation.Constraints;

/// <summary>
/// What a completion's text may be: a deterministic automaton over its UTF-8 bytes. Tokens do not appear in it, so one constraint
/// serves every tokenizer, and it does not matter where tokens end. Every constraint asks for at least one character, and from
/// every state that can be reached there is a way to an accepted text: generation cannot run into a dead end. Immutable.
/// </summary>
public abstract class Constraint
{
    /// <summary>The state after a byte that is not allowed. All other states are not negative.</summary>
    internal const long Dead = -1;

    private protected Constraint()
    {
    }

    internal abstract long Start { get; }

    /// <summary>Whether every accepted text is at its end, so that another constraint can follow.</summary>
    internal abstract bool EndsItself { get; }

    /// <summary>This text and nothing else.</summary>
    public static Constraint Literal(string text) => Choice([text]);

    /// <summary>One of these texts.</summary>
    /// <exception cref="ArgumentException">There are none, or one is empty.</exception>
    public static Constraint Choice(IReadOnlyList<string> texts) => ChoiceTable.Build(texts);

    /// <summary>Any text but one that is blank (nothing but ASCII white space) or contains a literal.</summary>
    /// <exception cref="ArgumentException">The literal is empty.</exception>
    public static Constraint TextWithout(string literal) => TextTable.Build(literal, until: false);

    /// <summary>Any text that is not blank, and a literal after it, which appears there and nowhere before.</summary>
    /// <exception cref="ArgumentException">The literal is empty.</exception>
    public static Constraint TextUntil(string literal) => TextTable.Build(literal, until: true);

    /// <summary>
    /// A verbatim piece of one of the texts, from the beginning of a word to the end of one (see <see cref="WordBoundaries"/>); the
    /// whole of a text in which there is no word.
    /// </summary>
    /// <exception cref="ArgumentException">The texts are blank.</exception>
    public static Constraint Span(params IReadOnlyList<string> texts) => new SpanConstraint(texts);

    /// <summary>One after another.</summary>
    /// <exception cref="ArgumentException">There is none; or one before the last does not say by itself where it ends, as a span does not.</exception>
    public static Constraint Sequence(params IReadOnlyList<Constraint> parts) => new SequenceConstraint(parts);

    /// <summary>Whether a whole text is one that is allowed.</summary>
    public bool Accepts(string text)
    {
        long state = Next(Start, Encoding.UTF8.GetBytes(text));
        return state != Dead && Accepts(state);
    }

    /// <summary>The state after one more byte, or <see cref="Dead"/>.</summary>
    internal abstract long Next(long state, byte value);

    /// <summary>Whether the text may end here.</summary>
    internal abstract bool Accepts(long state);

    /// <summary>Whether the text must end here: it is accepted, and no byte may follow.</summary>
    internal abstract bool Ends(long state);

    internal long Next(long state, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (state == Dead) break;
            state = Next(state, value);
        }
        return state;
    }
}
