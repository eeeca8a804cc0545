using System.Text;
using Bonito.Engine.Tokenizers;
using FsCheck;
using FsCheck.Fluent;

namespace Bonito.Engine.Tests.Tokenizers;

/// <summary>Text of our own writing and generators of hostile text.</summary>
internal static class Samples
{
    public const string Text = """
        The harbour master wasn't surprised: 1,204 crates of tuna had arrived, and they'd all been weighed twice.
        She'll sign the papers at 7:30, I'm told, unless the crane's motor fails again. We've seen it fail 3 times.
        Der Hafenmeister zählte die Kisten; 四百箱のかつおは、もう市場へ運ばれた。 Рыбаки вернулись поздно вечером.
            for (int i = 0; i < crates.Length; i++)  { total += crates[i].Weight; }   // kilograms

        Ο λιμενάρχης κοιμάται. 🐟🐟 The harbour sleeps, the crates don't; they are weighed again and again.
        """;

    private static readonly (int First, int Last)[] Ranges =
    [
        (0x20, 0x7E), (0x20, 0x7E), (0x20, 0x7E), (0x00, 0x1F), (0x80, 0x24F), (0x300, 0x52F), (0x900, 0x97F), (0x2000, 0x206F),
        (0x2150, 0x218F), (0x3000, 0x30FF), (0x4E00, 0x4EFF), (0xFB00, 0xFFFD), (0x10300, 0x1034F), (0x1D400, 0x1D7FF), (0x1F300, 0x1F64F),
    ];

    private static readonly string[] Pieces =
        ["'s", "'ll", "'RE", "  ", "\n\n", " \t", " the", "the", "crate", "harbour", "'", " '", "aaaa", "<s>", "</s>", "\r\n", "\u00A0", "\u3000 "];

    /// <summary>Code points of many scripts and kinds, mixed with pieces that the tokenizers of these tests know.</summary>
    public static Gen<string> Texts()
    {
        Gen<string> piece = Gen.Elements(Pieces);
        Gen<string> character = Gen.Elements(Ranges)
            .SelectMany(range => Gen.Choose(range.First, range.Last))
            .Select(value => new Rune(value).ToString());
        return Gen.OneOf(piece, character, character).ListOf().Select(parts => string.Concat(parts));
    }

    /// <summary>The same without code points beyond the Basic Multilingual Plane.</summary>
    public static Gen<string> BasicTexts() => Texts().Select(text => string.Concat(text.Where(c => !char.IsSurrogate(c))));

    /// <summary>A tokenizer trained on <see cref="Text"/>, with two special tokens.</summary>
    public static Tokenizer Train(int vocabularySize = 400) =>
        BpeTrainer.Train([Text], vocabularySize, ["<s>", "</s>"], minFrequency: 1);

    /// <summary>Runs a property over generated texts.</summary>
    public static void ForAll(Gen<string> texts, Action<string> property) =>
        Prop.ForAll(Arb.From(texts), property).QuickCheckThrowOnFailure();
}
