"""Writes the Arrow IPC fixtures beside this script, and the rows that a reader must find in them.

No Arrow library is used: FlatBuffers tables, buffers and framing are laid out here by hand after the published format
(Message.fbs, Schema.fbs, File.fbs and the page on the columnar format), so that the fixtures do not share a mistake
with the reader. Compression is by the system's liblz4 and libzstd. Run it with Python 3.10 or later; the output is the
same on every run.
"""

import ctypes
import datetime
import decimal
import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent


# --- FlatBuffers -----------------------------------------------------------------------------------------------------

class Table:
    """Fields by number: (kind, value), where kind is a struct letter or 'table', 'text', 'tables', 'raw'."""

    def __init__(self, **fields):
        self.fields = {int(name[1:]): value for name, value in fields.items()}


def align(buffer, to, remainder=0):
    while len(buffer) % to != remainder:
        buffer.append(0)


def write_table(buffer, table):
    """Appends vtable, table and what it refers to; returns the table's position."""
    count = max(table.fields, default=-1) + 1
    align(buffer, 8)
    vtable = len(buffer)
    buffer.extend(bytes(4 + 2 * count))
    align(buffer, 8)
    start = len(buffer)
    buffer.extend(struct.pack("<i", start - vtable))
    places = {}
    for number, (kind, value) in sorted(table.fields.items()):
        inline = kind if len(kind) == 1 else "I"
        size = struct.calcsize("<" + inline)
        align(buffer, size)
        places[number] = len(buffer)
        buffer.extend(struct.pack("<" + inline, value if len(kind) == 1 else 0))
    struct.pack_into("<HH", buffer, vtable, 4 + 2 * count, len(buffer) - start)
    for number, place in places.items():
        struct.pack_into("<H", buffer, vtable + 4 + 2 * number, place - start)
    for number, (kind, value) in sorted(table.fields.items()):
        if len(kind) == 1:
            continue
        target = write_child(buffer, kind, value)
        struct.pack_into("<I", buffer, places[number], target - places[number])
    return start


def write_child(buffer, kind, value):
    if kind == "table":
        return write_table(buffer, value)
    if kind == "text":
        align(buffer, 4)
        start = len(buffer)
        text = value.encode()
        buffer.extend(struct.pack("<I", len(text)) + text + b"\0")
        return start
    if kind == "tables":
        align(buffer, 4)
        start = len(buffer)
        buffer.extend(struct.pack("<I", len(value)) + bytes(4 * len(value)))
        for i, item in enumerate(value):
            place = start + 4 + 4 * i
            struct.pack_into("<I", buffer, place, write_table(buffer, item) - place)
        return start
    if kind == "raw":
        # (count, bytes) of structs or numbers of eight bytes' alignment.
        align(buffer, 8, 4)
        start = len(buffer)
        buffer.extend(struct.pack("<I", value[0]) + value[1])
        return start
    raise ValueError(kind)


def flatbuffer(root):
    buffer = bytearray(8)
    struct.pack_into("<I", buffer, 0, write_table(buffer, root))
    align(buffer, 8)
    return bytes(buffer)


# --- Types -----------------------------------------------------------------------------------------------------------

class Type:
    """number and table: as the union Type has them; children: (name, Type); dictionary: id and index width."""

    def __init__(self, number, table=None, children=(), dictionary=None, extension=None, **own):
        self.number, self.table, self.children, self.dictionary, self.extension = number, table or Table(), children, dictionary, extension
        self.__dict__.update(own)


def integer(width, signed=True):
    return Type(2, Table(_0=("i", width), _1=("?", signed)), kind="int", width=width, signed=signed)


def floating(precision):
    return Type(3, Table(_0=("h", precision)), kind="float", letter="efd"[precision])


NULL = Type(1, kind="null")
BOOL = Type(6, kind="bool")
UTF8 = Type(5, kind="bytes", offset="i")
LARGE_UTF8 = Type(20, kind="bytes", offset="q")
BINARY = Type(4, kind="bytes", offset="i")
LARGE_BINARY = Type(19, kind="bytes", offset="q")
UTF8_VIEW = Type(24, kind="view")
DATE_DAYS = Type(8, Table(_0=("h", 0)), kind="int", width=32, signed=True)
DATE_MILLISECONDS = Type(8, Table(), kind="int", width=64, signed=True)


def fixed_binary(width):
    return Type(15, Table(_0=("i", width)), kind="fixed", size=width)


def decimal_of(precision, scale, bits):
    return Type(7, Table(_0=("i", precision), _1=("i", scale), _2=("i", bits)), kind="wide", bits=bits)


def time_of(unit, width):
    return Type(9, Table(_0=("h", unit), _1=("i", width)), kind="int", width=width, signed=True)


def timestamp(unit, zone=None):
    fields = {"_0": ("h", unit)} | ({"_1": ("text", zone)} if zone else {})
    return Type(10, Table(**fields), kind="int", width=64, signed=True)


def duration(unit):
    return Type(18, Table(_0=("h", unit)), kind="int", width=64, signed=True)


def list_of(item, large=False):
    return Type(21 if large else 12, children=[("item", item)], kind="list", offset="q" if large else "i")


def fixed_list(item, size):
    return Type(16, Table(_0=("i", size)), children=[("item", item)], kind="fixed_list", size=size)


def struct_of(**fields):
    return Type(13, children=list(fields.items()), kind="struct")


def map_of(key, value):
    # Arrow leaves it to the writer what the entries are called.
    entries = Type(13, children=[("k", key), ("v", value)], kind="struct")
    return Type(17, Table(_0=("?", False)), children=[("pairs", entries)], kind="map", offset="i")


def dictionary(identity, values, width=8, signed=True):
    return Type(values.number, values.table, values.children, dictionary=(identity, width, signed), kind="int", width=width, signed=signed)


def field_table(name, kind):
    fields = {
        "_0": ("text", name),
        "_1": ("?", True),
        "_2": ("B", kind.number),
        "_3": ("table", kind.table),
        "_5": ("tables", [field_table(n, t) for n, t in kind.children]),
    }
    if kind.dictionary:
        identity, width, signed = kind.dictionary
        fields["_4"] = ("table", Table(_0=("q", identity), _1=("table", Table(_0=("i", width), _1=("?", signed)))))
    if kind.extension:
        fields["_6"] = ("tables", [Table(_0=("text", "ARROW:extension:name"), _1=("text", kind.extension))])
    return Table(**fields)


# --- Buffers ---------------------------------------------------------------------------------------------------------

class Body:
    def __init__(self, compress=None):
        self.compress, self.nodes, self.buffers, self.variadic, self.data = compress, [], [], [], bytearray()

    def node(self, length, nulls):
        self.nodes.append(struct.pack("<qq", length, nulls))

    def buffer(self, content):
        content = bytes(content)
        if self.compress and content:
            content = self.compress(content)
        self.buffers.append(struct.pack("<qq", len(self.data), len(content)))
        self.data.extend(content)
        align(self.data, 8)


def bits(flags):
    packed = bytearray((len(flags) + 7) // 8)
    for i, flag in enumerate(flags):
        if flag:
            packed[i // 8] |= 1 << i % 8
    return packed


def put(body, kind, values, keep_validity=True):
    """Appends nodes and buffers of a column; None is null."""
    nulls = sum(v is None for v in values)
    body.node(len(values), len(values) if kind.kind == "null" else nulls)
    if kind.kind == "null":
        return
    # A column without nulls may do without a validity buffer.
    body.buffer(bits([v is not None for v in values]) if nulls or not keep_validity else b"")
    if kind.kind == "bool":
        body.buffer(bits(values))
    elif kind.kind == "int":
        letter = {8: "b", 16: "h", 32: "i", 64: "q"}[kind.width]
        letter = letter if kind.signed else letter.upper()
        body.buffer(b"".join(struct.pack("<" + letter, v or 0) for v in values))
    elif kind.kind == "float":
        body.buffer(b"".join(struct.pack("<" + kind.letter, v or 0) for v in values))
    elif kind.kind == "wide":
        body.buffer(b"".join((v or 0).to_bytes(kind.bits // 8, "little", signed=True) for v in values))
    elif kind.kind == "fixed":
        body.buffer(b"".join(v or bytes(kind.size) for v in values))
    elif kind.kind == "bytes":
        texts = [v.encode() if isinstance(v, str) else v or b"" for v in values]
        ends = [0]
        for text in texts:
            ends.append(ends[-1] + len(text))
        body.buffer(struct.pack(f"<{len(ends)}{kind.offset}", *ends))
        body.buffer(b"".join(texts))
    elif kind.kind == "view":
        # Long texts go to two buffers in turn.
        stores, views = [bytearray(), bytearray()], bytearray()
        for i, value in enumerate(values):
            text = (value or "").encode()
            if len(text) <= 12:
                views += struct.pack("<i12s", len(text), text)
            else:
                store = stores[i % 2]
                views += struct.pack("<i4sii", len(text), text[:4], i % 2, len(store))
                store += text
        body.buffer(views)
        body.variadic.append(len(stores))
        for store in stores:
            body.buffer(store)
    elif kind.kind in ("list", "map"):
        ends, items = [0], []
        for value in values:
            items += list(value.items()) if isinstance(value, dict) else value or []
            ends.append(len(items))
        body.buffer(struct.pack(f"<{len(ends)}{kind.offset}", *ends))
        put(body, kind.children[0][1], items)
    elif kind.kind == "fixed_list":
        items = []
        for value in values:
            items += value if value is not None else [None] * kind.size
        put(body, kind.children[0][1], items)
    elif kind.kind == "struct":
        for i, (name, child) in enumerate(kind.children):
            put(body, child, [None if v is None else v[i] if isinstance(v, tuple) else v.get(name) for v in values])
    else:
        raise ValueError(kind.kind)


# --- Messages --------------------------------------------------------------------------------------------------------

def message(header, table, body=b""):
    metadata = flatbuffer(Table(_0=("h", 4), _1=("B", header), _2=("table", table), _3=("q", len(body))))
    return struct.pack("<Ii", 0xFFFFFFFF, len(metadata)) + metadata + bytes(body)


def schema_table(schema, **metadata):
    metadata = [Table(_0=("text", key), _1=("text", value)) for key, value in {"note": "written by hand", **metadata}.items()]
    return Table(_0=("h", 0), _1=("tables", [field_table(n, t) for n, t in schema]), _2=("tables", metadata))


def batch_table(length, body, codec):
    fields = {
        "_0": ("q", length),
        "_1": ("raw", (len(body.nodes), b"".join(body.nodes))),
        "_2": ("raw", (len(body.buffers), b"".join(body.buffers))),
    }
    if codec is not None:
        fields["_3"] = ("table", Table(_0=("b", codec), _1=("b", 0)))
    if body.variadic:
        fields["_4"] = ("raw", (len(body.variadic), struct.pack(f"<{len(body.variadic)}q", *body.variadic)))
    return Table(**fields)


def batch(schema, columns, codec=None, compress=None):
    body = Body(compress)
    length = len(columns[0])
    for (name, kind), values in zip(schema, columns):
        put(body, kind, values, keep_validity=name != "always_valid")
    return message(3, batch_table(length, body, codec), body.data)


def dictionary_batch(identity, kind, values, delta=False, codec=None, compress=None):
    body = Body(compress)
    put(body, kind, values)
    table = Table(_0=("q", identity), _1=("table", batch_table(len(values), body, codec)), _2=("?", delta))
    return message(2, table, body.data)


END = struct.pack("<II", 0xFFFFFFFF, 0)


def stream(messages):
    return b"".join(messages) + END


def file(schema, messages):
    """The file format: the stream between two magic texts, and a footer that says where its batches stand."""
    content = bytearray(b"ARROW1\0\0")
    blocks = {2: [], 3: []}
    for part in messages:
        metadata = 8 + struct.unpack_from("<i", part, 4)[0]
        if part is not messages[0]:
            kind = 2 if part in DICTIONARIES else 3
            blocks[kind].append(struct.pack("<qi4xq", len(content), metadata, len(part) - metadata))
        content += part
    content += END
    footer = flatbuffer(Table(
        _0=("h", 4), _1=("table", schema_table(schema)),
        _2=("raw", (len(blocks[2]), b"".join(blocks[2]))), _3=("raw", (len(blocks[3]), b"".join(blocks[3])))))
    return bytes(content) + footer + struct.pack("<i", len(footer)) + b"ARROW1"


# --- Compression -----------------------------------------------------------------------------------------------------

def lz4(content):
    library = ctypes.CDLL("liblz4.so.1")
    library.LZ4F_compressFrameBound.restype = library.LZ4F_compressFrame.restype = ctypes.c_size_t
    bound = library.LZ4F_compressFrameBound(ctypes.c_size_t(len(content)), None)
    target = ctypes.create_string_buffer(bound)
    size = library.LZ4F_compressFrame(target, ctypes.c_size_t(bound), content, ctypes.c_size_t(len(content)), None)
    assert not library.LZ4F_isError(ctypes.c_size_t(size))
    return struct.pack("<q", len(content)) + target.raw[:size]


def zstd(content):
    # A buffer that compression does not make smaller may stand as it is.
    library = ctypes.CDLL("libzstd.so.1")
    library.ZSTD_compressBound.restype = library.ZSTD_compress.restype = ctypes.c_size_t
    bound = library.ZSTD_compressBound(ctypes.c_size_t(len(content)))
    target = ctypes.create_string_buffer(bound)
    size = library.ZSTD_compress(target, ctypes.c_size_t(bound), content, ctypes.c_size_t(len(content)), 3)
    if size >= len(content):
        return struct.pack("<q", -1) + content
    return struct.pack("<q", len(content)) + target.raw[:size]


# --- The fixtures ----------------------------------------------------------------------------------------------------

EPOCH = datetime.datetime(1970, 1, 1)


def iso(value, unit, suffix=""):
    """A timestamp as text: seconds, and a fraction of the unit's digits where it is not zero."""
    seconds, fraction = divmod(value, 10 ** (3 * unit))
    text = (EPOCH + datetime.timedelta(seconds=seconds)).isoformat()
    return text + (f".{fraction:0{3 * unit}d}" if fraction else "") + suffix


def clock(value, unit):
    return iso(value, unit).split("T")[1]


def amount(value, scale):
    return None if value is None else format(decimal.Decimal(value).scaleb(-scale), "f")


def same(values):
    return values


# name, type, values of three rows, and what they are as values of a row.
COLUMNS = [
    ("nothing", NULL, [None, None, None], same),
    ("flag", BOOL, [True, None, False], same),
    ("int8", integer(8), [-128, 127, None], same),
    ("uint8", integer(8, False), [0, None, 255], same),
    ("int16", integer(16), [-32768, 32767, None], same),
    ("uint16", integer(16, False), [65535, None, 1], same),
    ("int32", integer(32), [None, -2147483648, 2147483647], same),
    ("uint32", integer(32, False), [4294967295, 0, None], same),
    ("int64", integer(64), [-9223372036854775808, None, 9223372036854775807], same),
    ("uint64", integer(64, False), [9223372036854775807, 18446744073709551615, None], lambda vs: [str(v) if v and v > 2**63 - 1 else v for v in vs]),
    ("half", floating(0), [0.5, None, -2.25], same),
    ("single", floating(1), [1.5, -0.125, None], same),
    ("double", floating(2), [3.141592653589793, 1e-300, -1e300], same),
    ("text", UTF8, ["", "naïve 😀", None], same),
    ("large_text", LARGE_UTF8, [None, "right-to-left: שלום", "x" * 300], same),
    ("view", UTF8_VIEW, ["short", "a text of more than twelve bytes", None], same),
    ("views", UTF8_VIEW, ["exactly 12 b", "exactly 13 by", "one more long text, ünïcode"], same),
    ("bytes", BINARY, [b"plain", b"", None], lambda vs: [v if v is None else v.decode() for v in vs]),
    ("large_bytes", LARGE_BINARY, [b"plain", None, "é".encode()], lambda vs: [v if v is None else v.decode() for v in vs]),
    ("fixed_bytes", fixed_binary(3), [b"abc", None, b"xyz"], lambda vs: [v if v is None else v.decode() for v in vs]),
    ("decimal128", decimal_of(38, 2, 128), [12345, -5, None], lambda vs: [amount(v, 2) for v in vs]),
    ("decimal256", decimal_of(76, 0, 256), [10**60, None, -(10**60)], lambda vs: [amount(v, 0) for v in vs]),
    ("date", DATE_DAYS, [0, -1, 19000], lambda vs: [(EPOCH + datetime.timedelta(days=v)).date().isoformat() for v in vs]),
    ("date64", DATE_MILLISECONDS, [86400000 * 365, None, 0], lambda vs: [None if v is None else (EPOCH + datetime.timedelta(milliseconds=v)).date().isoformat() for v in vs]),
    ("time", time_of(0, 32), [0, 86399, None], lambda vs: [None if v is None else clock(v, 0) for v in vs]),
    ("time_ns", time_of(3, 64), [1, None, 3_600_000_000_000], lambda vs: [None if v is None else clock(v, 3) for v in vs]),
    ("stamp_s", timestamp(0), [1_700_000_000, None, -1], lambda vs: [None if v is None else iso(v, 0) for v in vs]),
    ("stamp_us", timestamp(2, "UTC"), [1_700_000_000_000_001, None, -1], lambda vs: [None if v is None else iso(v, 2, "Z") for v in vs]),
    ("duration", duration(1), [1500, -250, None], lambda vs: ["PT1.5S", "PT-0.25S", None]),
    ("list", list_of(integer(32)), [[1, None, 3], [], None], same),
    ("large_list", list_of(UTF8, large=True), [["a", "b"], None, [""]], same),
    ("fixed_list", fixed_list(integer(16), 2), [[1, 2], None, [None, 4]], same),
    ("nested", list_of(list_of(BOOL)), [[[True], [], None], None, [[False, True]]], same),
    ("answers", struct_of(text=list_of(UTF8), answer_start=list_of(integer(32))), [{"text": ["blue"], "answer_start": [3]}, {"text": [], "answer_start": []}, None], same),
    ("rows", list_of(struct_of(id=integer(64), name=UTF8)), [[{"id": 1, "name": "one"}, {"id": None, "name": None}], [], None], same),
    ("map", map_of(UTF8, integer(32)), [{"a": 1, "b": None}, {}, None], same),
    ("map_by_number", map_of(integer(8), UTF8), [{1: "one"}, None, {}], lambda vs: [v if v is None else [{"key": k, "value": x} for k, x in v.items()] for v in vs]),
    ("always_valid", integer(32), [1, 2, 3], same),
    ("extended", Type(5, kind="bytes", offset="i", extension="example.json"), ['{"a": 1}', None, "[]"], same),
]

COLOURS = ["red", "green", None]
LATER_COLOURS = ["blue"]
GROUPS = [["a", "b"], []]
ENCODED = [
    ("colour", dictionary(7, UTF8), [0, 1, None]),
    ("group", dictionary(9, list_of(UTF8), 32, signed=False), [1, None, 0]),
]
DICTIONARIES = []


def everything(codec=None, compress=None):
    """Messages of all types: a batch of three rows, an empty one, more of a dictionary, and a batch of the rows turned round."""
    schema = [(n, t) for n, t, *_ in COLUMNS] + [(n, t) for n, t, _ in ENCODED]
    first = [values for _, _, values, _ in COLUMNS] + [values for *_, values in ENCODED]
    last = [values[::-1] for _, _, values, _ in COLUMNS] + [[3, 2, 0], [0, 0, 1]]
    dictionaries = [
        dictionary_batch(7, UTF8, COLOURS, codec=codec, compress=compress),
        dictionary_batch(9, list_of(UTF8), GROUPS, codec=codec, compress=compress),
        dictionary_batch(7, UTF8, LATER_COLOURS, delta=True, codec=codec, compress=compress),
    ]
    DICTIONARIES.extend(dictionaries)
    return schema, [
        message(1, schema_table(schema)), *dictionaries[:2], batch(schema, first, codec, compress),
        batch(schema, [[] for _ in schema], codec, compress), dictionaries[2], batch(schema, last, codec, compress),
    ]


def expected():
    shown = [(name, show(values)) for name, _, values, show in COLUMNS]
    rows = [{name: values[i] for name, values in shown} | {
        "colour": ["red", "green", None][i], "group": [[], None, ["a", "b"]][i]} for i in range(3)]
    rows += [{name: values[2 - i] for name, values in shown} | {
        "colour": ["blue", None, "red"][i], "group": [["a", "b"], ["a", "b"], []][i]} for i in range(3)]
    return rows


def write(name, content):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def saved_dataset():
    """What save_to_disk of Hugging Face datasets lays out: a folder a split, each with its state and features."""
    schema = [("text", UTF8), ("label", integer(64))]
    info = {"features": {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["World", "Sports"], "_type": "ClassLabel"}}}
    write("saved/dataset_dict.json", json.dumps({"splits": ["train", "test"]}))
    for split, shards in {"train": [["first", "second"], ["third"]], "test": [["fourth"]]}.items():
        names = [f"data-{i:05d}-of-{len(shards):05d}.arrow" for i in range(len(shards))]
        for name, texts in zip(names, shards):
            write(f"saved/{split}/{name}", stream([
                message(1, schema_table(schema, huggingface=json.dumps({"info": info}))),
                batch(schema, [texts, [len(t) % 2 for t in texts]])]))
        write(f"saved/{split}/state.json", json.dumps({"_data_files": [{"filename": n} for n in names], "_split": split}))
        write(f"saved/{split}/dataset_info.json", json.dumps(info))


def main():
    schema, messages = everything()
    write("everything.stream.arrow", stream(messages))
    write("everything.file.arrow", file(schema, messages))
    write("everything.lz4.arrow", stream(everything(0, lz4)[1]))
    write("everything.zstd.arrow", stream(everything(1, zstd)[1]))
    write("everything.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in expected()))
    saved_dataset()


main()
