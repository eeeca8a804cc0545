using System.Text;
using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

public sealed class XxHash64Tests
{
    // Published values of XXH64 with seed 0.
    [Theory]
    [InlineData("", "ef46db3751d8e999")]
    [InlineData("a", "d24ec4f1a98c6e5b")]
    [InlineData("abc", "44bc2cf5ad770999")]
    [InlineData("Nobody inspects the spammish repetition", "fbcea83c8a378bf1")]
    public void Published_values_agree(string text, string expected) => Assert.Equal(expected, XxHash64.Of(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void It_does_not_matter_how_the_bytes_arrive()
    {
        byte[] bytes = new byte[1000];
        new Random(1).NextBytes(bytes);
        foreach (int piece in (int[])[1, 7, 31, 32, 33, 64, 999])
        {
            XxHash64 hash = new();
            foreach (byte[] part in bytes.Chunk(piece)) hash.Append(part);
            Assert.Equal(XxHash64.Of(bytes), hash.ToString());
        }
    }
}
