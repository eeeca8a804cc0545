using System.Text;
using Bonito.Documents;

namespace Bonito.Tests.Documents;

public sealed class TextEncodingsTests : IDisposable
{
    const string Sample = "Grüße — naïve “café”, 5 €.\r\nZweite Zeile.";

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string Text(byte[] bytes)
    {
        _folder.Write("d.txt", bytes);
        return Assert.Single(_folder.Read(null, "d.txt").Documents).Text;
    }

    string Error(byte[] bytes)
    {
        _folder.Write("d.txt", bytes);
        return _folder.Error(null, "d.txt");
    }

    public static TheoryData<string, bool> Encodings => new()
    {
        { "utf-8", false }, { "utf-8", true }, { "utf-16", false }, { "utf-16", true },
        { "utf-16BE", false }, { "utf-16BE", true }, { "utf-32", true }, { "utf-32BE", true },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Unicode_is_known_with_and_without_its_mark(string name, bool mark)
    {
        var encoding = Encoding.GetEncoding(name);
        Assert.Equal(Sample, Text([.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes(Sample)]));
    }

    [Fact]
    public void Unmarked_utf16_is_known_where_half_the_text_is_not_latin()
    {
        const string Text = "水は冷たい。 Water is cold. 火は熱い。 Fire is hot.\n";
        Assert.Equal(Text, this.Text(Encoding.BigEndianUnicode.GetBytes(Text)));
    }

    [Fact]
    public void Other_text_is_taken_for_windows_1252_and_told_so()
    {
        _folder.Write("d.txt", TextEncodings.Windows1252.GetBytes(Sample));
        (List<Document> documents, List<DocumentNotice> notices) = _folder.Read(null, "d.txt");

        Assert.Equal(Sample, Assert.Single(documents).Text);
        Assert.Equal(("d.txt", NoticeReason.AssumedEncoding), (Assert.Single(notices).Subject, notices[0].Reason));
        Assert.Equal("café", Text(Encoding.Latin1.GetBytes("café")));
    }

    [Fact]
    public void Damaged_utf8_is_not_taken_for_latin()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("Grüße aus Köln.\nSchöne Tage.\n");
        int broken = Array.LastIndexOf(bytes, (byte)0xC3);
        bytes[broken] = (byte)'?';
        Assert.Equal(
            $"d.txt:2: broken UTF-8 at byte {broken + 1} (counted from 0; 0xB6); 1 such places in the file. Save it as UTF-8 again from where it came",
            Error(bytes));
        Assert.StartsWith("d.txt:1: broken UTF-8 at byte 4 ", Error([0xEF, 0xBB, 0xBF, (byte)'a', 0xE9, (byte)'b']), StringComparison.Ordinal);
        Assert.StartsWith("d.txt:1: broken UTF-8 at byte 6 ", Error([.. Encoding.UTF8.GetBytes("ééé"), 0xE2, 0x82]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1 << 16)]
    [InlineData((1 << 16) - 1)]
    [InlineData((1 << 16) - 2)]
    [InlineData(3 * (1 << 16) - 3)]
    public void Characters_across_blocks_are_whole(int before)
    {
        string text = new string('a', before) + "€€ü😀" + new string('b', 70_000);
        Assert.Equal(text, Text(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(text, Text([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)]));
    }

    [Fact]
    public void Binary_data_is_refused_with_its_place()
    {
        byte[] later = [.. Encoding.ASCII.GetBytes(new string('a', 100_000)), 0, (byte)'b'];
        Assert.StartsWith("d.txt: not a text file: byte 100000 (counted from 0) is NUL.", Error(later), StringComparison.Ordinal);
        Assert.Equal(
            "d.txt: not a text file: 50% of it is control characters, the first at byte 1 (counted from 0)",
            Error([(byte)'a', 1, (byte)'b', 2]));

        byte[] smallNumbers = [.. Enumerable.Range(0, 1000).SelectMany(i => new byte[] { (byte)(1 + (i % 8)), 0 })];
        Assert.StartsWith("d.txt: not a text file: 100% of it is control characters", Error(smallNumbers), StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_utf16_is_refused_with_its_place()
    {
        byte[] loneSurrogate = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("abc"), 0x00, 0xD8, .. Encoding.Unicode.GetBytes("d")];
        Assert.StartsWith("d.txt: broken UTF-16 near byte 10 ", Error(loneSurrogate), StringComparison.Ordinal);
        Assert.StartsWith("d.txt: broken UTF-16 near byte", Error([0xFF, 0xFE, (byte)'a', 0, (byte)'b']), StringComparison.Ordinal);
    }
}
