using Bonito.Parquet;
using Bonito.Parquet.Codecs;
using Bonito.Parquet.Encodings;
using Bonito.Parquet.Writing;
using FsCheck;
using FsCheck.Fluent;

namespace Bonito.Tests.Parquet;

public class EncodingTests
{
    [Fact]
    public void Runs_read_the_example_of_the_format()
    {
        // One packed group of the numbers 0 to 7 in three bits.
        var reader = new RunReader(Window(3, 0b10001000, 0b11000110, 0b11111010), 3);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], Read(reader, 8));
    }

    [Fact]
    public void Deprecated_levels_read_the_example_of_the_format() =>
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], Read(new PackedLevelReader(Window(0b00000101, 0b00111001, 0b01110111), 3), 8));

    [Fact]
    public void Differences_read_the_example_of_the_format()
    {
        // 7, 5, 3, 1, 2, 3, 4, 5 in a block of eight: the least difference is -2, the others are 0 or 3 above it, in two bits.
        var integers = new DeltaIntegers(Window(8, 1, 8, 14, 3, 2, 0b11000000, 0b00111111));
        Assert.Equal([7, 5, 3, 1, 2, 3, 4, 5], Enumerable.Range(0, 8).Select(_ => integers.Next()));
        Assert.Throws<MalformedException>(() => integers.Next());
    }

    [Fact]
    public void Runs_come_back_whatever_their_width_and_however_they_are_taken()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            int width = random.Next(1, 32);
            int[] numbers = [.. Enumerable.Range(0, random.Next(300)).Select(_ => random.Next(3) > 0 ? 1 : (int)(random.NextInt64() & (1L << width) - 1))];
            var buffer = new ByteBuffer();
            RunWriter.Write(numbers, width, buffer);
            byte[] bytes = buffer.Written.ToArray();
            var reader = new RunReader(new ByteWindow(bytes, 0, bytes.Length), width);
            var read = new List<int>();
            while (read.Count < numbers.Length) read.AddRange(Read(reader, Math.Min(numbers.Length - read.Count, random.Next(1, 40))));
            Assert.Equal(numbers, read);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Snappy_blocks_come_back_and_are_those_of_the_library()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            byte[] bytes = new byte[random.Next(200_000)];
            int alphabet = random.Next(1, 256);
            for (int i = 0; i < bytes.Length; i++)
                bytes[i] = i > 100 && random.Next(8) > 0 ? bytes[i - random.Next(1, 100)] : (byte)random.Next(alphabet);
            byte[] block = Snappy.Compress(bytes);
            var read = new byte[bytes.Length];
            Snappy.Decompress(block, read);
            Assert.Equal(bytes, read);
            Assert.Equal(bytes, IronSnappy.Snappy.Decode(block));
            if (bytes.Length == 0) return;
            read.AsSpan().Clear();
            Snappy.Decompress(IronSnappy.Snappy.Encode(bytes), read);
            Assert.Equal(bytes, read);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Broken_blocks_are_refused()
    {
        byte[] text = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * i % 251 / 7))];
        byte[] snappy = Snappy.Compress(text);
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 5000; i++)
        {
            byte[] broken = [.. snappy[..random.Next(3, snappy.Length + 1)]];
            for (int k = 0; k < 3; k++) broken[random.Next(2, broken.Length)] = (byte)random.Next(256);
            foreach (Action<byte[]> decompress in new Action<byte[]>[] { b => Snappy.Decompress(b, new byte[5000]), b => Lz4.Decompress(b, new byte[5000]) })
            {
                try
                {
                    decompress(broken);
                }
                catch (MalformedException)
                {
                    refused++;
                }
            }
        }
        Assert.InRange(refused, 5000, 10_000);
    }

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Checksums_are_those_of_gzip(string text, uint expected) => Assert.Equal(expected, Crc32.Of(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Checksums_are_the_same_by_tables_bits_and_instructions()
    {
        var random = new Random(4);
        for (int length = 0; length < 700; length += 1 + length / 40)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            uint bitwise = ~0u;
            foreach (byte part in bytes)
            {
                bitwise ^= part;
                for (int bit = 0; bit < 8; bit++) bitwise = (bitwise & 1) != 0 ? bitwise >> 1 ^ 0xEDB88320u : bitwise >> 1;
            }
            Assert.Equal((~bitwise, bitwise), (Crc32.Of(bytes), Crc32.Update(~0u, bytes)));
        }
    }

    static int[] Read(LevelReader reader, int count)
    {
        var numbers = new int[count];
        reader.Read(numbers);
        return numbers;
    }

    static ByteWindow Window(params byte[] bytes) => new(bytes, 0, bytes.Length);
}
