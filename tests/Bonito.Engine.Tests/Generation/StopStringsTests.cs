using System.Text;
using Bonito.Engine.Generation;

namespace Bonito.Engine.Tests.Generation;

public sealed class StopStringsTests
{
    [Fact]
    public void The_stop_string_that_is_complete_first_is_found_wherever_tokens_end()
    {
        Random random = new(4);
        string[] alphabet = ["a", "b", "ä", "日", "😀"];
        string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => alphabet[random.Next(alphabet.Length)]));
        int found = 0;
        for (int round = 0; round < 3000; round++)
        {
            string[] texts = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Text(random.Next(1, 4)))];
            string text = Text(30);
            int expected = -1, expectedEnd = int.MaxValue;
            foreach (string stop in texts)
            {
                int at = text.IndexOf(stop, StringComparison.Ordinal);
                if (at < 0 || at + stop.Length > expectedEnd || (at + stop.Length == expectedEnd && at >= expected)) continue;
                (expected, expectedEnd) = (at, at + stop.Length);
            }
            StopStrings stops = new(texts);
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            int start = -1;
            for (int end = 0; end < bytes.Length && start < 0;)
            {
                int before = end;
                end = Math.Min(bytes.Length, end + random.Next(1, 12));
                start = stops.Find(bytes.AsSpan(0, end), before);
            }
            Assert.Equal(expected < 0 ? -1 : Encoding.UTF8.GetByteCount(text.AsSpan(0, expected)), start);
            if (start >= 0) found++;
        }
        Assert.InRange(found, 500, 2999);
    }

    [Fact]
    public void Without_stop_strings_nothing_is_found() => Assert.Equal(-1, new StopStrings([]).Find("text"u8, 0));
}
