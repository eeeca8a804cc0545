using System.Buffers;
using System.Text;

namespace Bonito.Documents;

/// <summary>Tells UTF-8 from Windows-1252 and both from binary data.</summary>
sealed class ByteScan(string path, Encoding utf8, bool mustBeUtf8) : IEncodingScan
{
    // Tab, line feed, form feed, carriage return and escape occur in text files.
    static readonly SearchValues<byte> s_controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Where(b => b is not (9 or 10 or 12 or 13 or 27)).Select(b => (byte)b), 127]);

    long _position;
    long _controls;
    long _firstControl;
    long _wideCharacters;
    long _broken;
    long _firstBroken;
    byte _firstBrokenByte;
    long _lines = 1;
    long _brokenLine;

    public int Add(ReadOnlySpan<byte> bytes, bool last)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            int ascii = bytes[at..].IndexOfAnyExceptInRange((byte)0, (byte)127);
            at = ascii < 0 ? bytes.Length : at + ascii;
            if (at == bytes.Length) break;

            OperationStatus status = Rune.DecodeFromUtf8(bytes[at..], out _, out int length);
            if (status == OperationStatus.NeedMoreData && !last) break;
            if (status == OperationStatus.Done) _wideCharacters++;
            else if (_broken++ == 0)
            {
                _firstBroken = _position + at;
                _firstBrokenByte = bytes[at];
                _brokenLine = _lines + bytes[..at].Count((byte)'\n');
            }

            at += length;
        }

        CountControls(bytes[..at]);
        _lines += bytes[..at].Count((byte)'\n');
        _position += at;
        return at;
    }

    void CountControls(ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; ; at++)
        {
            int found = bytes[at..].IndexOfAny(s_controls);
            if (found < 0) return;
            at += found;
            if (bytes[at] == 0)
                throw new BonitoException(
                    $"{path}: not a text file: byte {_position + at} (counted from 0) is NUL. If it is UTF-16, save it as UTF-8");
            if (_controls++ == 0) _firstControl = _position + at;
        }
    }

    public Encoding Encoding()
    {
        TextShare.Require(path, _controls, _position, _firstControl);
        if (_broken == 0) return utf8;

        // A Latin file holds valid UTF-8 sequences by rare chance only. Where most are valid, it is UTF-8, damaged:
        // taking it for Latin would garble every accented letter.
        if (mustBeUtf8 || _wideCharacters > _broken)
            throw new BonitoException(
                $"{path}:{_brokenLine}: broken UTF-8 at byte {_firstBroken} (counted from 0; 0x{_firstBrokenByte:X2}); " +
                $"{_broken} such places in the file. Save it as UTF-8 again from where it came");
        return TextEncodings.Windows1252;
    }
}

/// <summary>What part of a text file may be control characters.</summary>
static class TextShare
{
    public static void Require(string path, long controls, long length, long first)
    {
        if (controls * 50 > length)
            throw new BonitoException(
                $"{path}: not a text file: {100.0 * controls / length:F0}% of it is control characters, the first at byte {first} (counted from 0)");
    }
}
