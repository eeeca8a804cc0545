using Bonito.Parquet.Codecs;
using Bonito.Parquet.Metadata;
using Bonito.Parquet.Thrift;

namespace Bonito.Parquet.Writing;

/// <summary>Makes pages, of the first version, and keeps them until their place in the file has come.</summary>
sealed class PageWriter(Compression compression)
{
    readonly ByteBuffer pages = new();

    /// <summary>Bytes of all pages with their headers, before compression.</summary>
    public long UncompressedBytes { get; private set; }

    /// <param name="body">Levels and values, or the entries of a dictionary.</param>
    /// <param name="count">Entries, those without a value included.</param>
    /// <param name="encoding">Of the values.</param>
    public void Put(ReadOnlySpan<byte> body, PageType type, int count, PageEncoding encoding)
    {
        byte[] compressed = Compressor.Run(compression, body);
        var header = new CompactWriter();
        header.Struct();
        header.Int32(1, (int)type);
        header.Int32(2, body.Length);
        header.Int32(3, compressed.Length);
        header.Int32(4, (int)Crc32.Of(compressed));
        header.Struct(type == PageType.Data ? (short)5 : (short)7);
        header.Int32(1, count);
        header.Int32(2, (int)encoding);
        if (type == PageType.Data)
        {
            header.Int32(3, (int)PageEncoding.Rle);
            header.Int32(4, (int)PageEncoding.Rle);
        }
        header.End();
        header.End();
        pages.Append(header.Written);
        pages.Append(compressed);
        UncompressedBytes += header.Written.Length + body.Length;
    }

    /// <summary>Writes the pages and forgets them.</summary>
    /// <returns>How many bytes they are.</returns>
    public long MoveTo(Stream stream)
    {
        long length = pages.Length;
        stream.Write(pages.Written);
        pages.Clear();
        UncompressedBytes = 0;
        return length;
    }
}
