using Bonito.Engine.Generation.Constraints;
using Bonito.Engine.Models;

namespace Bonito.Engine.Tests.Generation.Constraints;

public sealed class AllowedTokensTests
{
    [Fact]
    public void The_tokens_that_are_allowed_are_those_whose_bytes_the_automaton_survives()
    {
        Random random = new(7);
        int crossed = 0, fewest = int.MaxValue, most = 0;
        for (int round = 0; round < 10; round++)
        {
            byte[]?[] vocabulary = RandomConstraint.Vocabulary(random);
            // None, one or more.
            TokenIds endOfText = [.. Enumerable.Range(0, vocabulary.Length).Where(id => vocabulary[id] is null).Take(round % 3)];
            AllowedTokens allowed = new(vocabulary, endOfText);
            AllowedTokens.Scratch scratch = allowed.NewScratch();
            for (int c = 0; c < 10; c++)
            {
                Constraint constraint = RandomConstraint.Any(random);
                for (int walk = 0; walk < 4; walk++)
                {
                    long state = constraint.Start;
                    for (int step = 0; step < 12 && !constraint.Ends(state); step++)
                    {
                        bool[] expected = [.. vocabulary.Select((token, id) => endOfText.Contains(id) ? constraint.Accepts(state) : token is { Length: > 0 } && constraint.Next(state, token) != Constraint.Dead)];
                        TokenMask mask = allowed.Find(constraint, state, scratch);
                        Assert.Equal(expected, Enumerable.Range(0, vocabulary.Length).Select(mask.Contains));
                        float[] logits = [.. Enumerable.Range(0, vocabulary.Length).Select(id => (float)id)];
                        mask.Apply(logits);
                        Assert.Equal(expected.Select((good, id) => good ? id : float.NegativeInfinity), logits);

                        int[] possible = [.. Enumerable.Range(0, vocabulary.Length).Where(id => expected[id] && !endOfText.Contains(id))];
                        Assert.NotEmpty(possible);
                        (fewest, most) = (Math.Min(fewest, possible.Length), Math.Max(most, possible.Length));
                        // Several bytes at once more often than not.
                        int[] longer = [.. possible.Where(id => vocabulary[id]!.Length > 1)];
                        int[] from = longer.Length > 0 && random.Next(2) == 0 ? longer : possible;
                        long next = constraint.Next(state, vocabulary[from[random.Next(from.Length)]]!);
                        if (constraint is SequenceConstraint && next >> 56 != state >> 56) crossed++;
                        state = next;
                    }
                }
            }
        }
        Assert.InRange(crossed, 20, int.MaxValue);
        Assert.Equal(1, fewest);
        Assert.InRange(most, 200, int.MaxValue);
    }

    [Fact]
    public void A_state_that_is_not_dead_leads_to_an_accepted_text()
    {
        Random random = new(8);
        for (int round = 0; round < 400; round++)
        {
            Constraint constraint = RandomConstraint.Table(random);
            // All states that can be reached, each with those that it leads to.
            Dictionary<long, HashSet<long>> reached = [];
            Queue<long> open = new([constraint.Start]);
            while (open.TryDequeue(out long state))
            {
                if (reached.ContainsKey(state)) continue;
                reached[state] = [.. Enumerable.Range(0, 256).Select(value => constraint.Next(state, (byte)value)).Where(next => next != Constraint.Dead)];
                foreach (long next in reached[state]) open.Enqueue(next);
            }
            HashSet<long> live = [.. reached.Keys.Where(constraint.Accepts)];
            for (int before = 0; before != live.Count;)
            {
                before = live.Count;
                live.UnionWith(reached.Keys.Where(state => reached[state].Overlaps(live)));
            }
            Assert.Equal(reached.Count, live.Count);
            Assert.All(reached.Keys, state => Assert.Equal(constraint.Accepts(state) && reached[state].Count == 0, constraint.Ends(state)));
        }
    }

    [Fact]
    public void A_vocabulary_that_cannot_write_every_text_is_refused()
    {
        byte[]?[] bytes = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value })];
        foreach (int never in (int[])[0xC0, 0xC1, 0xF5, 0xFF]) bytes[never] = null;
        _ = new AllowedTokens(bytes, []);
        bytes['!'] = [(byte)'!', (byte)'?'];
        Assert.Contains("no token for the byte 0x21 alone", Assert.Throws<EngineException>(() => new AllowedTokens(bytes, [])).Message, StringComparison.Ordinal);
    }
}
