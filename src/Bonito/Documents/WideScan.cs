using System.Text;

namespace Bonito.Documents;

/// <summary>Checks UTF-16 and UTF-32.</summary>
sealed class WideScan(string path, Encoding encoding) : IEncodingScan
{
    readonly Decoder _decoder = encoding.GetDecoder();
    char[] _characters = [];
    long _position;
    long _decoded;
    long _controls;
    long _firstControl;

    public int Add(ReadOnlySpan<byte> bytes, bool last)
    {
        int most = encoding.GetMaxCharCount(bytes.Length);
        if (_characters.Length < most) _characters = new char[most];
        int count;
        try
        {
            count = _decoder.GetChars(bytes, _characters, flush: last);
        }
        catch (DecoderFallbackException e)
        {
            throw new BonitoException(
                $"{path}: broken {encoding.WebName.ToUpperInvariant()} near byte {_position + Math.Max(0, e.Index)} (counted from 0). Save it as UTF-8", e);
        }

        for (int c = 0; c < count; c++)
        {
            if (!char.IsControl(_characters[c]) || char.IsWhiteSpace(_characters[c])) continue;
            if (_controls++ == 0) _firstControl = _position + ((long)c * bytes.Length / count);
        }

        _decoded += count;
        _position += bytes.Length;
        return bytes.Length;
    }

    public Encoding Encoding()
    {
        TextShare.Require(path, _controls, _decoded, _firstControl);
        return encoding;
    }
}
