"""Writes Parquet files from the published layout alone (parquet.thrift, Encodings.md), for make.py: every encoding, both page
versions, all codecs. It shares no code with the reader under test and knows nothing of it. Standard library only; brotli, zstd
and LZ4 are the system's libraries, called with ctypes."""
import ctypes
import struct
import zlib

BOOLEAN, INT32, INT64, INT96, FLOAT, DOUBLE, BYTES, FIXED = range(8)
REQUIRED, OPTIONAL, REPEATED = range(3)
PLAIN, PLAIN_DICTIONARY, RLE, BIT_PACKED, DELTA, DELTA_LENGTH, DELTA_BYTES, DICTIONARY, SPLIT = 0, 2, 3, 4, 5, 6, 7, 8, 9
NONE, SNAPPY, GZIP, BROTLI, ZSTD, LZ4_RAW = 0, 1, 2, 4, 6, 7


# Thrift's compact protocol: a struct is a list of (field id, kind, value).

def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def zigzag(n):
    return varint(n << 1 if n >= 0 else (-n << 1) - 1)


KINDS = {"i8": 3, "i16": 4, "i32": 5, "i64": 6, "bin": 8, "list": 9, "struct": 12}


def encoded(kind, value):
    if kind == "i8":
        return struct.pack("b", value)
    if kind in ("i16", "i32", "i64"):
        return zigzag(value)
    if kind == "bin":
        value = value.encode() if isinstance(value, str) else value
        return varint(len(value)) + value
    if kind == "struct":
        return struct_bytes(value)
    element, items = value
    head = bytes([len(items) << 4 | KINDS[element]]) if len(items) < 15 else bytes([0xF0 | KINDS[element]]) + varint(len(items))
    return head + b"".join(encoded(element, item) for item in items)


def struct_bytes(fields):
    out, last = b"", 0
    for number, kind, value in fields:
        if value is None:
            continue
        code = (1 if value else 2) if kind == "bool" else KINDS[kind]
        step = number - last
        out += bytes([step << 4 | code]) if 0 < step < 16 else bytes([code]) + zigzag(number)
        last = number
        if kind != "bool":
            out += encoded(kind, value)
    return out + b"\0"


# Encodings. Values are Python's: int, float, bool, bytes.

def plain(kind, values):
    if kind == BOOLEAN:
        out = bytearray((len(values) + 7) // 8)
        for i, value in enumerate(values):
            out[i >> 3] |= bool(value) << (i & 7)
        return bytes(out)
    if kind == BYTES:
        return b"".join(struct.pack("<i", len(value)) + value for value in values)
    if kind in (INT96, FIXED):
        return b"".join(values)
    return struct.pack("<%d%s" % (len(values), {INT32: "i", INT64: "q", FLOAT: "f", DOUBLE: "d"}[kind]), *values)


def packed(values, width):
    """From the least significant bit of each byte upwards."""
    bits = sum((value & (1 << width) - 1) << i * width for i, value in enumerate(values))
    return bits.to_bytes((len(values) * width + 7) // 8, "little")


def packed_high(values, width):
    """From the most significant bit of each byte downwards: the deprecated way of levels."""
    size = (len(values) * width + 7) // 8
    bits = 0
    for value in values:
        bits = bits << width | value
    return (bits << size * 8 - len(values) * width).to_bytes(size, "big")


def runs(values, width):
    """Runs of five and more that begin at a group of eight are runs; all else is packed, in groups of eight."""
    out, i = b"", 0
    while i < len(values):
        end = i
        while end < len(values) and values[end] == values[i]:
            end += 1
        if end - i >= 5:
            out += varint(end - i << 1) + values[i].to_bytes((width + 7) // 8, "little")
            i = end
            continue
        group = values[i:i + 8]
        out += varint(1 << 1 | 1) + packed(group + [0] * (8 - len(group)), width)
        i += 8
    return out


def delta(values, bits):
    """Blocks of 128 in four parts of 32."""
    wrap = lambda n: (n + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)
    out = varint(128) + varint(4) + varint(len(values)) + zigzag(values[0] if values else 0)
    deltas = [wrap(b - a) for a, b in zip(values, values[1:])]
    for start in range(0, len(deltas), 128):
        block = deltas[start:start + 128]
        least = min(block)
        parts = [[(d - least) % (1 << bits) for d in block[p:p + 32]] for p in range(0, 128, 32)]
        widths = [max(part).bit_length() if part else 0 for part in parts]
        out += zigzag(least) + bytes(widths)
        out += b"".join(packed(part + [0] * (32 - len(part)), width) for part, width in zip(parts, widths) if part)
    return out


def delta_length(values):
    return delta([len(value) for value in values], 32) + b"".join(values)


def delta_bytes(values):
    prefixes, suffixes, before = [], [], b""
    for value in values:
        n = 0
        while n < min(len(value), len(before)) and value[n] == before[n]:
            n += 1
        prefixes.append(n)
        suffixes.append(value[n:])
        before = value
    return delta(prefixes, 32) + delta_length(suffixes)


def split(kind, values):
    flat = plain(kind, values)
    width = len(flat) // max(1, len(values))
    return b"".join(flat[i::width] for i in range(width)) if values else b""


# Codecs.

def snappy(data):
    """Literals, and copies of all three forms where eight bytes come again."""
    out, i, literal, seen, form = varint(len(data)), 0, 0, {}, 0

    def put(piece):
        nonlocal out
        if piece:
            n = len(piece) - 1
            out += (bytes([n << 2]) if n < 60 else bytes([61 << 2]) + struct.pack("<H", n)) + piece

    while i + 8 <= len(data):
        at = seen.get(data[i:i + 8])
        seen[data[i:i + 8]] = i
        if at is None:
            i += 1
            continue
        n = 8
        while n < 60 and i + n < len(data) and data[i + n] == data[at + n]:
            n += 1
        put(data[literal:i])
        offset = i - at
        if offset < 2048 and n < 12:
            out += bytes([offset >> 8 << 5 | n - 4 << 2 | 1, offset & 255])
        elif form % 2 == 0 and offset < 65536:
            out += bytes([n - 1 << 2 | 2]) + struct.pack("<H", offset)
        else:
            out += bytes([n - 1 << 2 | 3]) + struct.pack("<I", offset)
        form += 1
        i += n
        literal = i
    put(data[literal:])
    return out


def brotli(data):
    library = ctypes.CDLL("libbrotlienc.so.1")
    size = ctypes.c_size_t(len(data) * 2 + 1024)
    out = ctypes.create_string_buffer(size.value)
    assert library.BrotliEncoderCompress(5, 22, 0, ctypes.c_size_t(len(data)), data, ctypes.byref(size), out)
    return out.raw[:size.value]


def zstd(data):
    library = ctypes.CDLL("libzstd.so.1")
    library.ZSTD_compress.restype = ctypes.c_size_t
    out = ctypes.create_string_buffer(len(data) * 2 + 1024)
    size = library.ZSTD_compress(out, ctypes.c_size_t(len(out)), data, ctypes.c_size_t(len(data)), 3)
    assert size < len(out)
    return out.raw[:size]


def lz4(data):
    library = ctypes.CDLL("liblz4.so.1")
    out = ctypes.create_string_buffer(len(data) * 2 + 1024)
    size = library.LZ4_compress_default(data, out, len(data), len(out))
    return out.raw[:size]


def gzip(data):
    stream = zlib.compressobj(6, zlib.DEFLATED, 31)
    return stream.compress(data) + stream.flush()


COMPRESS = {NONE: lambda data: data, SNAPPY: snappy, GZIP: gzip, BROTLI: brotli, ZSTD: zstd, LZ4_RAW: lz4}


# Schemas.

class Node:
    """A leaf (kind is set) or a group. Data of a group is a dict by name, of an optional node None or data, of a repeated
    node a list."""

    def __init__(self, name, repetition, kind=None, children=(), length=None, converted=None, logical=None, scale=None,
                 precision=None, encoding=PLAIN):
        self.name, self.repetition, self.kind, self.children, self.length = name, repetition, kind, list(children), length
        self.converted, self.logical, self.scale, self.precision = converted, logical, scale, precision
        self.encoding = encoding

    def element(self, is_root=False):
        return [(1, "i32", self.kind), (2, "i32", self.length), (3, "i32", None if is_root else self.repetition),
                (4, "bin", self.name), (5, "i32", None if self.kind is not None else len(self.children)),
                (6, "i32", self.converted), (7, "i32", self.scale), (8, "i32", self.precision), (10, "struct", self.logical)]


def flatten(node, is_root=True):
    out = [node.element(is_root)]
    for child in node.children:
        out += flatten(child, False)
    return out


def place(node, path, definition, repetition, leaves):
    definition += node.repetition != REQUIRED
    repetition += node.repetition == REPEATED
    node.definition, node.repetitions, node.path = definition, repetition, path + [node.name]
    if node.kind is not None:
        leaves.append(node)
    for child in node.children:
        place(child, node.path, definition, repetition, leaves)


def shred(node, data, repetition, definition, into):
    """Entries (repetition level, definition level, value) for each leaf below."""
    if node.repetition == REPEATED:
        if not data:
            return nothing(node, repetition, definition, into)
        for i, item in enumerate(data):
            one(node, item, repetition if i == 0 else node.repetitions, node.definition, into)
    elif node.repetition == OPTIONAL and data is None:
        nothing(node, repetition, definition, into)
    else:
        one(node, data, repetition, node.definition, into)


def one(node, data, repetition, definition, into):
    if node.kind is not None:
        into[id(node)].append((repetition, definition, data))
    for child in node.children:
        shred(child, data.get(child.name), repetition, definition, into)


def nothing(node, repetition, definition, into):
    if node.kind is not None:
        into[id(node)].append((repetition, definition, None))
    for child in node.children:
        nothing(child, repetition, definition, into)


# Pages and files.

class File:
    def __init__(self, columns, codec=NONE, version=1, page_rows=7, crc=True, level_encoding=RLE, plain_after=None,
                 dictionary_name=DICTIONARY, key_values=(), extras=False):
        self.root = Node("schema", REQUIRED, children=columns)
        self.leaves = []
        for column in columns:
            place(column, [], 0, 0, self.leaves)
        self.codec, self.version, self.page_rows, self.crc = codec, version, page_rows, crc
        self.level_encoding, self.plain_after, self.dictionary_name = level_encoding, plain_after, dictionary_name
        self.key_values, self.extras = key_values, extras
        self.data, self.groups, self.rows = b"PAR1", [], 0

    def row_group(self, rows):
        entries = {id(leaf): [] for leaf in self.leaves}
        for row in rows:
            for column in self.root.children:
                shred(column, row[column.name], 0, 0, entries)
        chunks, start = [], len(self.data)
        for leaf in self.leaves:
            chunks.append(self.chunk(leaf, entries[id(leaf)]))
        self.groups.append([(1, "list", ("struct", chunks)), (2, "i64", len(self.data) - start), (3, "i64", len(rows))])
        self.rows += len(rows)

    def chunk(self, leaf, entries):
        start, dictionary, dictionary_at = len(self.data), None, None
        if leaf.encoding in (DICTIONARY, PLAIN_DICTIONARY):
            dictionary = list(dict.fromkeys(value for _, d, value in entries if d == leaf.definition))
            dictionary_at = start
            name = PLAIN if leaf.encoding == DICTIONARY else PLAIN_DICTIONARY
            self.page(2, plain(leaf.kind, dictionary), b"", 7, [(1, "i32", len(dictionary)), (2, "i32", name)])
        data_at = len(self.data)
        if self.extras:
            # A page of a type that no reader needs to know, and one without values.
            self.page(1, b"index", b"", 6, [])
            self.data_page(leaf, [], dictionary, 0)
        pages, rows = [[]], 0
        for entry in entries:
            if entry[0] == 0:
                if rows == self.page_rows:
                    pages.append([])
                    rows = 0
                rows += 1
            pages[-1].append(entry)
        for number, page in enumerate(pages):
            if page:
                self.data_page(leaf, page, dictionary, number)
        size = len(self.data) - start
        meta = [(1, "i32", leaf.kind), (2, "list", ("i32", [PLAIN, RLE, leaf.encoding])), (3, "list", ("bin", leaf.path)),
                (4, "i32", self.codec), (5, "i64", len(entries)), (6, "i64", size), (7, "i64", size), (9, "i64", data_at),
                (11, "i64", dictionary_at)]
        return [(2, "i64", 0), (3, "struct", meta)]

    def data_page(self, leaf, entries, dictionary, number):
        values = [value for _, d, value in entries if d == leaf.definition]
        encoding = leaf.encoding
        if dictionary is not None and self.plain_after is not None and number >= self.plain_after:
            encoding, dictionary = PLAIN, None
        body = self.values(leaf, encoding, values, dictionary)
        width = lambda maximum: maximum.bit_length()
        repetitions, definitions = [r for r, _, _ in entries], [d for _, d, _ in entries]
        if self.version == 2:
            r = runs(repetitions, width(leaf.repetitions)) if leaf.repetitions else b""
            d = runs(definitions, width(leaf.definition)) if leaf.definition else b""
            # Every third page says that it is not compressed.
            compressed = number % 3 != 2
            header = [(1, "i32", len(entries)), (2, "i32", len(entries) - len(values)), (3, "i32", repetitions.count(0)),
                      (4, "i32", encoding), (5, "i32", len(d)), (6, "i32", len(r)), (7, "bool", None if compressed and number % 2 else compressed)]
            return self.page(3, body, r + d, 8, header, compressed)
        levels = b""
        for maximum, list_ in ((leaf.repetitions, repetitions), (leaf.definition, definitions)):
            if not maximum:
                continue
            if self.level_encoding == BIT_PACKED:
                levels += packed_high(list_, width(maximum))
            else:
                encoded_levels = runs(list_, width(maximum))
                levels += struct.pack("<i", len(encoded_levels)) + encoded_levels
        self.page(0, levels + body, b"", 5, [(1, "i32", len(entries)), (2, "i32", encoding), (3, "i32", self.level_encoding),
                                             (4, "i32", self.level_encoding)])

    @staticmethod
    def values(leaf, encoding, values, dictionary):
        if dictionary is not None:
            width = max(1, (len(dictionary) - 1).bit_length()) if dictionary else 0
            return bytes([width]) + runs([dictionary.index(value) for value in values], width)
        if encoding == PLAIN:
            return plain(leaf.kind, values)
        if encoding == RLE:
            bits = runs([int(value) for value in values], 1)
            return struct.pack("<i", len(bits)) + bits
        if encoding == DELTA:
            return delta(values, 32 if leaf.kind == INT32 else 64)
        if encoding == DELTA_LENGTH:
            return delta_length(values)
        if encoding == DELTA_BYTES:
            return delta_bytes(values)
        assert encoding == SPLIT
        return split(leaf.kind, values)

    def page(self, page_type, body, levels, field, header, compress=True):
        squeezed = levels + (COMPRESS[self.codec](body) if compress and body else body)
        crc = zlib.crc32(squeezed)
        self.data += struct_bytes([(1, "i32", page_type), (2, "i32", len(levels) + len(body)), (3, "i32", len(squeezed)),
                                   (4, "i32", (crc - (1 << 32) if crc >> 31 else crc) if self.crc else None),
                                   (field, "struct", header)]) + squeezed

    def finish(self):
        footer = struct_bytes([
            (1, "i32", 1), (2, "list", ("struct", flatten(self.root))), (3, "i64", self.rows),
            (4, "list", ("struct", self.groups)),
            (5, "list", ("struct", [[(1, "bin", k), (2, "bin", v)] for k, v in self.key_values])) if self.key_values else (5, "list", None),
            (6, "bin", "layout.py")])
        return self.data + footer + struct.pack("<i", len(footer)) + b"PAR1"
