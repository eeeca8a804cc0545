"""Reads Parquet files as our writer makes them (data pages of the first version; plain, dictionary and run encodings; snappy or
no compression) from the published layout alone, and prints their rows as JSON lines. It shares no code with the writer, and
fails on anything that the layout does not allow. Usage: read.py FILE. Standard library only."""
import json
import struct
import sys
import zlib


class Thrift:
    """The compact protocol: structs become dicts by field id."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def varint(self):
        n = shift = 0
        while True:
            part = self.byte()
            n |= (part & 127) << shift
            shift += 7
            if part < 128:
                return n

    def zigzag(self):
        n = self.varint()
        return n >> 1 ^ -(n & 1)

    def value(self, kind):
        if kind == 3:
            return struct.unpack("b", bytes([self.byte()]))[0]
        if kind in (4, 5, 6):
            return self.zigzag()
        if kind == 8:
            n = self.varint()
            self.at += n
            assert self.at <= len(self.data)
            return bytes(self.data[self.at - n:self.at])
        if kind == 9:
            head = self.byte()
            count = head >> 4 if head >> 4 < 15 else self.varint()
            return [self.value(head & 15) for _ in range(count)]
        assert kind == 12, kind
        return self.struct()

    def struct(self):
        fields, number = {}, 0
        while True:
            head = self.byte()
            if head == 0:
                return fields
            number = number + (head >> 4) if head >> 4 else self.zigzag()
            assert number not in fields
            kind = head & 15
            fields[number] = kind == 1 if kind in (1, 2) else self.value(kind)


def unsnappy(data):
    reader = Thrift(data)
    size, out = reader.varint(), bytearray()
    at = reader.at
    while at < len(data):
        tag = data[at]
        at += 1
        if tag & 3 == 0:
            n = tag >> 2
            if n >= 60:
                extra = n - 59
                n = int.from_bytes(data[at:at + extra], "little")
                at += extra
            out += data[at:at + n + 1]
            at += n + 1
            continue
        if tag & 3 == 1:
            n, offset = (tag >> 2 & 7) + 4, tag >> 5 << 8 | data[at]
            at += 1
        else:
            width = 2 if tag & 3 == 2 else 4
            n, offset = (tag >> 2) + 1, int.from_bytes(data[at:at + width], "little")
            at += width
        assert 0 < offset <= len(out)
        for _ in range(n):
            out.append(out[-offset])
    assert len(out) == size
    return bytes(out)


def hybrid(data, width, count):
    """Runs and packed groups, to the last number wanted."""
    reader, out = Thrift(data), []
    while len(out) < count:
        head = reader.varint()
        if head & 1:
            size = (head >> 1) * width
            bits = int.from_bytes(data[reader.at:reader.at + size], "little")
            assert reader.at + size <= len(data)
            reader.at += size
            out += [bits >> i * width & (1 << width) - 1 for i in range((head >> 1) * 8)]
        else:
            size = (width + 7) // 8
            out += [int.from_bytes(data[reader.at:reader.at + size], "little")] * (head >> 1)
            reader.at += size
    assert reader.at == len(data), "bytes are left after the runs"
    return out[:count]


BOOLEAN, INT64, DOUBLE, BYTES = 0, 2, 5, 6


def plain(kind, data, count):
    if kind == BOOLEAN:
        assert len(data) == (count + 7) // 8
        return [bool(data[i >> 3] >> (i & 7) & 1) for i in range(count)]
    if kind in (INT64, DOUBLE):
        assert len(data) == 8 * count
        return list(struct.unpack("<%d%s" % (count, "q" if kind == INT64 else "d"), data))
    assert kind == BYTES
    out, at = [], 0
    for _ in range(count):
        n, = struct.unpack_from("<i", data, at)
        out.append(data[at + 4:at + 4 + n].decode())
        at += 4 + n
    assert at == len(data)
    return out


class Node:
    def __init__(self, elements, depth, definition, repetition, path, leaves):
        element = next(elements)
        self.name = element[4].decode()
        self.occurs = element.get(3, 0)
        self.kind = element.get(1)
        self.definition = definition + (self.occurs != 0)
        self.repetition = repetition + (self.occurs == 2)
        self.path = path + [self.name] if depth else []
        self.is_list = element.get(6) == 3
        assert self.is_list == (element.get(10) == {3: {}})
        if self.kind == BYTES:
            assert element[6] == 0 and element[10] == {1: {}}
        self.children = [Node(elements, depth + 1, self.definition, self.repetition, self.path, leaves)
                         for _ in range(element.get(5, 0))]
        if self.kind is not None:
            leaves.append(self)


def check_bounds(leaf, statistics, values, nulls):
    assert statistics[3] == nulls, (leaf.path, statistics, nulls)
    assert 1 not in statistics and 2 not in statistics
    stored = [statistics.get(6), statistics.get(5)]
    values = [value for value in values if value == value]
    if not values:
        assert stored == [None, None]
        return
    if leaf.kind == BYTES:
        low, high = min(value.encode() for value in values), max(value.encode() for value in values)
        assert stored[0] <= low and (stored[1] is None or stored[1] >= high)
        for bound in stored:
            assert bound is None or len(bound) <= 67 and bound.decode() is not None
        assert len(low) > 64 or stored[0] == low
        assert len(high) > 64 or stored[1] == high
    else:
        form = {BOOLEAN: "<?", INT64: "<q", DOUBLE: "<d"}[leaf.kind]
        assert [struct.unpack(form, bound)[0] for bound in stored] == [min(values), max(values)]


def read_chunk(data, leaf, chunk):
    """Entries (repetition level, definition level, value) of a column chunk."""
    meta = chunk[3]
    assert meta[1] == leaf.kind and [name.decode() for name in meta[3]] == leaf.path
    at = start = meta.get(11, meta[9])
    dictionary, entries, uncompressed, seen = None, [], 0, {0, 3}
    while at < start + meta[7]:
        if at == meta[9]:
            assert (dictionary is not None) == (11 in meta)
        reader = Thrift(data, at)
        header = reader.struct()
        body = data[reader.at:reader.at + header[3]]
        uncompressed += reader.at - at + header[2]
        at = reader.at + header[3]
        assert zlib.crc32(body) == header[4] & 0xFFFFFFFF
        body = {0: bytes, 1: unsnappy}[meta[4]](body)
        assert len(body) == header[2]
        if header[1] == 2:
            assert header[7][2] == 0 and dictionary is None and not entries
            dictionary = plain(leaf.kind, body, header[7][1])
            assert len(set(map(repr, dictionary))) == len(dictionary)
            continue
        assert header[1] == 0
        page, count = header[5], header[5][1]
        assert page[3] == 3 and page[4] == 3

        def levels(maximum):
            nonlocal body
            if maximum == 0:
                return [0] * count
            n, = struct.unpack_from("<i", body)
            found = hybrid(body[4:4 + n], maximum.bit_length(), count)
            assert max(found) <= maximum
            body = body[4 + n:]
            return found

        repetitions = levels(leaf.repetition)
        definitions = levels(leaf.definition)
        assert repetitions[0] == 0, "pages begin with a row"
        there = definitions.count(leaf.definition)
        seen.add(page[2])
        if page[2] == 0:
            values = plain(leaf.kind, body, there)
        else:
            assert page[2] == 8
            values = [dictionary[i] for i in hybrid(body[1:], body[0], there)] if there else []
        values = iter(values)
        entries += [(r, d, next(values) if d == leaf.definition else None) for r, d in zip(repetitions, definitions)]
    assert at == start + meta[7] and uncompressed == meta[6] and len(entries) == meta[5] and set(meta[2]) == seen
    there = [value for _, d, value in entries if d == leaf.definition]
    check_bounds(leaf, meta[12], there, len(entries) - len(there))
    return entries


NOT_JSON = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


class Columns:
    """Puts rows together: each leaf's entries are taken from front to back."""

    def __init__(self, entries):
        self.entries, self.at = entries, {leaf: 0 for leaf in entries}

    def first(self, node):
        return node if node.kind is not None else self.first(node.children[0])

    def peek(self, node):
        leaf = self.first(node)
        at = self.at[leaf]
        return self.entries[leaf][at] if at < len(self.entries[leaf]) else (0, 0, None)

    def skip(self, node):
        if node.kind is not None:
            self.at[node] += 1
        for child in node.children:
            self.skip(child)

    def read(self, node):
        if node.occurs == 1 and self.peek(node)[1] < node.definition:
            self.skip(node)
            return None
        if node.kind is not None:
            value = self.peek(node)[2]
            self.at[node] += 1
            return NOT_JSON.get(repr(value), value)
        if not node.is_list:
            return {child.name: self.read(child) for child in node.children}
        middle, = node.children
        assert middle.occurs == 2 and middle.name == "list" and middle.children[0].name == "element"
        if self.peek(middle)[1] < middle.definition:
            self.skip(middle)
            return []
        items = []
        while True:
            items.append(self.read(middle.children[0]))
            if self.peek(middle)[0] < middle.repetition:
                return items


def rows(data):
    assert data[:4] == data[-4:] == b"PAR1"
    length, = struct.unpack("<i", data[-8:-4])
    reader = Thrift(data, len(data) - 8 - length)
    footer = reader.struct()
    assert reader.at == len(data) - 8
    leaves = []
    elements = iter(footer[2])
    root = Node(elements, 0, 0, 0, [], leaves)
    assert next(elements, None) is None and footer[3] == sum(group[3] for group in footer[4])
    assert footer[7] == [{1: {}}] * len(leaves)
    end = 4
    for group in footer[4]:
        assert len(group[1]) == len(leaves)
        for chunk in group[1]:
            meta = chunk[3]
            assert meta.get(11, meta[9]) == end, "chunks follow one another"
            end += meta[7]
        assert group[2] == sum(chunk[3][6] for chunk in group[1]) and group[6] == sum(chunk[3][7] for chunk in group[1])
        columns = Columns({leaf: read_chunk(data, leaf, chunk) for leaf, chunk in zip(leaves, group[1])})
        for _ in range(group[3]):
            for leaf in leaves:
                assert columns.peek(leaf)[0] == 0
            yield {child.name: columns.read(child) for child in root.children}
        assert all(columns.at[leaf] == len(columns.entries[leaf]) for leaf in leaves)
    assert end == len(data) - 8 - length


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        content = file.read()
    for row in rows(content):
        sys.stdout.buffer.write((json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n").encode())
