using System.Runtime.CompilerServices;
using Bonito.Engine.Models;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Generation.Constraints;

/// <summary>
/// Which tokens of a vocabulary may come next. What the states of small shared automata allow is computed once each and kept with
/// the automaton; large ones that belong to one request are walked together with the vocabulary's trie. Safe to use from
/// several threads.
/// </summary>
sealed class AllowedTokens
{
    readonly TokenTrie trie;
    readonly TokenIds endOfText;
    readonly ConditionalWeakTable<TableConstraint, StateTokens?[]> known = [];

    /// <param name="bytes">The bytes of each token by its id; null for those that are not text.</param>
    /// <param name="endOfText">The ids that end a text; allowed where the constraint accepts.</param>
    /// <exception cref="EngineException">A byte that occurs in text is not a token, so what a constraint demands might be impossible to write.</exception>
    public AllowedTokens(IReadOnlyList<byte[]?> bytes, TokenIds endOfText)
    {
        trie = new TokenTrie(bytes);
        this.endOfText = endOfText;
        for (int value = 0; value <= byte.MaxValue; value++)
            if (value is not (0xC0 or 0xC1 or > 0xF4) && !trie.HasByte((byte)value))
                throw new EngineException($"The tokenizer has no token for the byte 0x{value:X2} alone, so a text that a constraint demands could be impossible to write. Generate without constraints, or use a tokenizer with byte tokens.");
    }

    /// <summary>The tokens of a tokenizer: special ones are no text and never allowed, ends of text apart.</summary>
    public static AllowedTokens Of(Tokenizer tokenizer, TokenIds endOfText) => new(
        [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id =>
            endOfText.Contains(id) || tokenizer.IdToToken(id) is null || tokenizer.IsSpecial(id) ? null : tokenizer.BytesOf(id).ToArray())],
        endOfText);

    /// <summary>Scratch memory for <see cref="Find"/>; one for each thread.</summary>
    public Scratch NewScratch() => new(new TokenMask(trie.Vocabulary), new long[trie.Depth + 1]);

    /// <summary>The tokens that the constraint allows in a state.</summary>
    /// <returns>The scratch's mask.</returns>
    public TokenMask Find(Constraint constraint, long state, Scratch scratch)
    {
        TokenMask mask = scratch.Mask;
        SequenceConstraint? sequence = constraint as SequenceConstraint;
        (Constraint part, long inner) = sequence?.Inside(state) ?? (constraint, state);
        if (part is TableConstraint table)
        {
            StateTokens inside = Inside(table, (int)inner);
            mask.CopyFrom(inside.Tokens);
            long next = sequence?.AfterPart(state) ?? Constraint.Dead;
            if (next != Constraint.Dead)
                foreach (int node in inside.Ended) trie.Allow(constraint, next, node, scratch.States, mask);
        }
        else
        {
            mask.Clear();
            trie.Allow(constraint, state, TokenTrie.Root, scratch.States, mask);
        }
        if (constraint.Accepts(state))
            foreach (int end in endOfText) mask.Add(end);
        return mask;
    }

    /// <summary>Two threads may compute the same at once; they come to the same.</summary>
    StateTokens Inside(TableConstraint table, int state)
    {
        StateTokens?[] states = known.GetValue(table, static table => new StateTokens?[table.States]);
        return Volatile.Read(ref states[state]) ?? Compute();

        StateTokens Compute()
        {
            TokenMask mask = new(trie.Vocabulary);
            List<int> ended = [];
            trie.Allow(table, state, TokenTrie.Root, new long[trie.Depth + 1], mask, ended);
            StateTokens found = new(mask, [.. ended]);
            Volatile.Write(ref states[state], found);
            return found;
        }
    }

    public sealed record Scratch(TokenMask Mask, long[] States);

    /// <summary>What a state of a table allows.</summary>
    /// <param name="Tokens">Tokens that stay within the table's automaton.</param>
    /// <param name="Ended">Nodes of the trie at which it ends; what follows decides about the tokens below.</param>
    sealed record StateTokens(TokenMask Tokens, int[] Ended);
}
