using Bonito.Parquet.Thrift;

namespace Bonito.Parquet.Metadata;

/// <summary>Reads the list of schema elements, which is the tree in depth-first order.</summary>
static class SchemaReader
{
    const int MaximalDepth = 64;
    const int MaximalElements = 1 << 16;

    sealed record Element(
        string Name, int? Type, int? Length, int? Repetition, int? Children, LogicalType? Logical);

    public static SchemaNode Read(ref CompactReader reader, WireType type)
    {
        int count = reader.List(type, out WireType wire);
        if (count == 0) throw new MalformedException("the schema is empty");
        if (count > MaximalElements) throw new MalformedException($"the schema has {count} elements; at most {MaximalElements} are read");
        var elements = new List<Element>();
        for (int i = 0; i < count; i++) elements.Add(ReadElement(ref reader, wire));
        if (elements[0].Type is not null) throw new MalformedException("the schema's root is not a group");
        int next = 0;
        SchemaNode root = Node(elements, ref next, 0);
        if (next != elements.Count)
            throw new MalformedException($"{elements.Count - next} of the schema's {elements.Count} elements belong to no group");
        return root;
    }

    static SchemaNode Node(List<Element> elements, ref int next, int depth)
    {
        if (next == elements.Count) throw new MalformedException("the schema ends in the middle of a group");
        if (depth > MaximalDepth) throw new MalformedException($"the schema is more than {MaximalDepth} groups deep");
        Element element = elements[next++];
        var repetition = (Repetition)(element.Repetition ?? (depth == 0 ? 0 : -1));
        if (depth > 0 && !Enum.IsDefined(repetition))
            throw new MalformedException($"schema element '{element.Name}' is neither required nor optional nor repeated ({(int)repetition})");
        if (element.Type is null) return Group(element, repetition, elements, ref next, depth);

        var type = (PhysicalType)element.Type.Value;
        if (!Enum.IsDefined(type)) throw new MalformedException($"schema element '{element.Name}' has the unknown type {element.Type}");
        if (element.Children > 0) throw new MalformedException($"schema element '{element.Name}' has both values and children");
        bool isFixed = type == PhysicalType.FixedLengthByteArray;
        if (isFixed && element.Length is not > 0)
            throw new MalformedException($"schema element '{element.Name}' has values of the fixed length {element.Length ?? 0}");
        return new SchemaNode
        {
            Name = element.Name,
            Repetition = repetition,
            Type = type,
            Length = isFixed ? element.Length!.Value : 0,
            Logical = element.Logical,
        };
    }

    static SchemaNode Group(Element element, Repetition repetition, List<Element> elements, ref int next, int depth)
    {
        int count = element.Children ?? 0;
        if (count < 0 || count > elements.Count - next || count == 0 && depth > 0)
            throw new MalformedException($"schema element '{element.Name}' is a group of {count} children");
        var children = new SchemaNode[count];
        for (int i = 0; i < count; i++) children[i] = Node(elements, ref next, depth + 1);
        return new SchemaNode
        {
            Name = element.Name,
            Repetition = depth == 0 ? Repetition.Required : repetition,
            Logical = element.Logical,
            Children = children,
        };
    }

    static Element ReadElement(ref CompactReader reader, WireType wire)
    {
        CompactReader.Struct(wire);
        string? name = null;
        int? type = null, length = null, repetition = null, children = null, converted = null, scale = null, precision = null;
        LogicalType? logical = null;
        short id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            switch (id)
            {
                case 1: type = reader.Int32(field); break;
                case 2: length = reader.Int32(field); break;
                case 3: repetition = reader.Int32(field); break;
                case 4: name = reader.Text(field); break;
                case 5: children = reader.Int32(field); break;
                case 6: converted = reader.Int32(field); break;
                case 7: scale = reader.Int32(field); break;
                case 8: precision = reader.Int32(field); break;
                case 10: logical = LogicalTypes.Read(ref reader, field); break;
                default: reader.Skip(field); break;
            }
        }
        logical ??= converted is int older ? LogicalTypes.OfConverted(older, scale ?? 0, precision ?? 0) : null;
        return new Element(
            name ?? throw new MalformedException("a schema element has no name"), type, length, repetition, children, logical);
    }
}
