using System.Text;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Tests.Tokenizers;

public class StreamingDecoderTests
{
    private static readonly Tokenizer Trained = Samples.Train();

    [Fact]
    public void Pieces_are_whole_characters_and_together_the_decoded_text() =>
        Samples.ForAll(Samples.Texts(), text =>
        {
            int[] ids = [0, .. Trained.Encode(text), 1];
            var decoder = new StreamingDecoder(Trained);
            List<string> pieces = [.. ids.Select(decoder.Push), decoder.Flush()];
            Assert.All(pieces, AssertWhole);
            Assert.Equal(Trained.Decode(ids), string.Concat(pieces));
        });

    [Fact]
    public void Random_ids_too() =>
        Samples.ForAll(Samples.Texts(), seed =>
        {
            var random = new Random(seed.Length);
            int[] ids = [.. Enumerable.Range(0, 60).Select(_ => random.Next(Trained.VocabularySize))];
            var decoder = new StreamingDecoder(Trained);
            List<string> pieces = [.. ids.Select(decoder.Push), decoder.Flush()];
            Assert.All(pieces, AssertWhole);
            Assert.Equal(Trained.Decode(ids), string.Concat(pieces));
        });

    [Fact]
    public void A_character_comes_with_its_last_byte()
    {
        Tokenizer bytes = BpeTrainer.Train([], 256, []);
        var decoder = new StreamingDecoder(bytes);
        Assert.Equal(["a", "", "", "", "🐟", "", "é"], bytes.Encode("a🐟é").Select(decoder.Push));
        Assert.Equal("", decoder.Flush());
    }

    [Fact]
    public void Flush_gives_what_is_left_and_starts_anew()
    {
        Tokenizer bytes = BpeTrainer.Train([], 256, []);
        int[] fish = bytes.Encode("🐟");
        var decoder = new StreamingDecoder(bytes);
        Assert.Equal("", string.Concat(fish[..3].Select(decoder.Push)));
        Assert.Equal("\uFFFD", decoder.Flush());
        Assert.Equal("🐟", string.Concat(fish.Select(decoder.Push)));
    }

    private static void AssertWhole(string piece) =>
        Assert.Equal(piece, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(piece)));
}
