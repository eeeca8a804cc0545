using Bonito.Parquet;
using Bonito.Parquet.Thrift;

namespace Bonito.Tests.Parquet;

/// <summary>A file of one column chunk with anything in it, for what no writer writes.</summary>
sealed class CraftedFile
{
    readonly List<Action<CompactWriter>> elements = [];
    byte[] page = [];
    string[] path = [];
    PhysicalType type;
    int values, topLevel;

    public CraftedFile Leaf(string name, PhysicalType kind)
    {
        (path, type) = ([name], kind);
        topLevel++;
        return Element(name, repetition: 0, kind);
    }

    /// <summary>An optional list of optional values.</summary>
    public CraftedFile List(string name, PhysicalType kind)
    {
        (path, type) = ([name, "list", "element"], kind);
        topLevel++;
        elements.Add(writer =>
        {
            writer.Int32(3, 1);
            writer.Text(4, name);
            writer.Int32(5, 1);
            writer.Int32(6, 3);
        });
        return Group("list", 1, repetition: 2, isTop: false).Element("element", repetition: 1, kind);
    }

    public CraftedFile Group(string name, int children, int repetition = 0, bool isTop = true)
    {
        if (isTop) topLevel++;
        elements.Add(writer =>
        {
            writer.Int32(3, repetition);
            writer.Text(4, name);
            writer.Int32(5, children);
        });
        return this;
    }

    /// <summary>Groups within groups, and a leaf at their end.</summary>
    public CraftedFile Groups(int depth)
    {
        for (int i = 0; i < depth; i++) Group("g", 1, isTop: i == 0);
        return Element("leaf", repetition: 0, PhysicalType.Int64);
    }

    /// <summary>A data page of the first version, plain.</summary>
    public CraftedFile Page(int uncompressedSize, byte[] body, int values)
    {
        var header = new CompactWriter();
        header.Struct();
        header.Int32(1, 0);
        header.Int32(2, uncompressedSize);
        header.Int32(3, body.Length);
        header.Struct(5);
        header.Int32(1, values);
        header.Int32(2, 0);
        header.Int32(3, 3);
        header.Int32(4, 3);
        header.End();
        header.End();
        page = [.. header.Written, .. body];
        this.values = values;
        return this;
    }

    public byte[] Bytes(long rows = 0, Compression compression = Compression.None)
    {
        var footer = new CompactWriter();
        footer.Struct();
        footer.Int32(1, 1);
        footer.List(2, WireType.Struct, elements.Count + 1);
        footer.Struct();
        footer.Text(4, "schema");
        footer.Int32(5, topLevel);
        footer.End();
        foreach (Action<CompactWriter> element in elements)
        {
            footer.Struct();
            element(footer);
            footer.End();
        }
        footer.Int64(3, rows);
        footer.List(4, WireType.Struct, rows == 0 ? 0 : 1);
        if (rows > 0) RowGroup(footer, rows, compression);
        footer.End();
        byte[] bytes = footer.Written.ToArray();
        return [.. "PAR1"u8, .. page, .. bytes, .. BitConverter.GetBytes(bytes.Length), .. "PAR1"u8];
    }

    void RowGroup(CompactWriter footer, long rows, Compression compression)
    {
        footer.Struct();
        footer.List(1, WireType.Struct, 1);
        footer.Struct();
        footer.Int64(2, 0);
        footer.Struct(3);
        footer.Int32(1, (int)type);
        footer.List(2, WireType.Int32, 0);
        footer.List(3, WireType.Binary, path.Length);
        foreach (string name in path) footer.Text(name);
        footer.Int32(4, (int)compression);
        footer.Int64(5, values);
        footer.Int64(6, page.Length);
        footer.Int64(7, page.Length);
        footer.Int64(9, 4);
        footer.End();
        footer.End();
        footer.Int64(2, page.Length);
        footer.Int64(3, rows);
        footer.End();
    }

    CraftedFile Element(string name, int repetition, PhysicalType kind)
    {
        elements.Add(writer =>
        {
            writer.Int32(1, (int)kind);
            writer.Int32(3, repetition);
            writer.Text(4, name);
        });
        return this;
    }
}
