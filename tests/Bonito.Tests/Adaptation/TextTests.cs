using Bonito.Adaptation;
using Bonito.Engine.Training;
using FsCheck;
using FsCheck.Fluent;
using static Bonito.Tests.Adaptation.Sequences;

namespace Bonito.Tests.Adaptation;

/// <summary>Raw text for next-word prediction.</summary>
public sealed class TextTests
{
    [Fact]
    public void Every_token_of_a_text_is_predicted_once() => Prop.ForAll(
        Gen.Choose(1, 60).SelectMany(length => Gen.Choose(2, 20).Select(piece => (length, piece))).ToArbitrary(),
        sizes =>
        {
            string text = new([.. Enumerable.Range(0, sizes.length).Select(i => (char)('a' + i % 26))]);
            IReadOnlyList<TrainingExample> pieces = Encoder(null, options: Options with { Objective = Objective.Tapt, MaxSourceLength = sizes.piece }).Encode(new TextRow("id", "a.txt:1", text));
            int[] predicted = [.. pieces.SelectMany(piece => piece.Ids.Where((_, i) => i > 0 && piece.IsTarget(i - 1)))];
            return predicted.SequenceEqual([.. Bytes.Encode(text), 1]) && pieces.All(piece => piece.Length <= sizes.piece) && pieces[0].Ids[0] == 0
                && pieces.Zip(pieces.Skip(1)).All(pair => pair.First.Ids[^1] == pair.Second.Ids[0]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_text_that_comes_again_is_learned_once()
    {
        ExampleEncoder encoder = Encoder(null, options: Options with { Objective = Objective.Tapt });
        foreach (string text in (string[])["Rain.", " Rain.\n", "Snow.", " "]) encoder.Encode(new TextRow("id", "a.txt:1", text));
        Assert.Equal((4, 2), (encoder.Counts.Read, encoder.Counts.Used));
        Assert.Equal(new Dictionary<string, long> { ["duplicate_text"] = 1, ["empty_text"] = 1 }, encoder.Counts.LeftOut);
    }
}
