"""Makes the Parquet files beside it, and the rows that a reader must give of each: NAME-VARIANT.parquet has those of NAME.json.
Values of types that rows do not have are text there: dates and times in ISO 8601, decimals and UUIDs as they are printed."""
import json
import os
import struct

from layout import (BIT_PACKED, BOOLEAN, BROTLI, BYTES, DELTA, DELTA_BYTES, DELTA_LENGTH, DICTIONARY, DOUBLE, FIXED, FLOAT, GZIP,
                    INT32, INT64, INT96, LZ4_RAW, NONE, OPTIONAL, PLAIN, PLAIN_DICTIONARY, REPEATED, REQUIRED, RLE, SNAPPY, SPLIT,
                    ZSTD, File, Node)

HERE = os.path.dirname(os.path.abspath(__file__))
UTF8, MAP, MAP_KEY_VALUE, LIST, ENUM, DECIMAL, DATE = range(7)
STRING = [(1, "struct", [])]


def save(name, columns, groups, expected, **options):
    # Without checksums in some, so that what is broken in them on purpose gets as far as it can.
    file = File(columns, **{"crc": options.get("version", 1) == 1, **options})
    for rows in groups:
        file.row_group(rows)
    with open(os.path.join(HERE, name + ".parquet"), "wb") as out:
        out.write(file.finish())
    with open(os.path.join(HERE, name.split("-")[0] + ".json"), "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in expected) + "\n]\n")


def text(name, repetition=OPTIONAL, encoding=PLAIN):
    return Node(name, repetition, BYTES, converted=UTF8, logical=STRING, encoding=encoding)


# Every encoding of every type that has it, with nulls, over several pages and two row groups.

FISH = ["bonito", "bonito flakes", "bonitos", "", "tuna", "tuna salad", "Thunfisch", "鰹", "鰹節", "bonito"]


def value(kind, i):
    if kind == BOOLEAN:
        return i % 3 == 0 or i > 25
    if kind in (INT32, INT64):
        bits = 32 if kind == INT32 else 64
        return [0, 1, -1, (1 << bits - 1) - 1, -(1 << bits - 1), i * 1000, 7, 7, 7][i % 9]
    if kind in (FLOAT, DOUBLE):
        return [0.0, -1.5, 0.25, i / 8, 1e10][i % 5]
    if kind == INT96:
        return struct.pack("<qi", i * 1_000_000_000, 2440588 + i)
    if kind == FIXED:
        return b"%03d" % (i % 7)
    return FISH[i % len(FISH)].encode()


def shown(kind, data):
    if data is None:
        return None
    if kind == INT96:
        nanoseconds, day = struct.unpack("<qi", data)
        return "1970-%02d-%02dT00:00:%02d" % ((day - 2440588) // 31 + 1, (day - 2440588) % 31 + 1, nanoseconds // 10**9)
    return data.decode() if isinstance(data, bytes) else data


def encodings():
    wanted = {
        BOOLEAN: [PLAIN, RLE, DICTIONARY],
        INT32: [PLAIN, DICTIONARY, DELTA, SPLIT],
        INT64: [PLAIN, DICTIONARY, DELTA, SPLIT],
        INT96: [PLAIN, DICTIONARY],
        FLOAT: [PLAIN, DICTIONARY, SPLIT],
        DOUBLE: [PLAIN, DICTIONARY, SPLIT],
        BYTES: [PLAIN, DICTIONARY, PLAIN_DICTIONARY, DELTA_LENGTH, DELTA_BYTES],
        FIXED: [PLAIN, DICTIONARY, DELTA_BYTES, SPLIT],
    }
    columns, kinds = [], {}
    for kind, encoded in wanted.items():
        for encoding in encoded:
            for repetition in (REQUIRED, OPTIONAL):
                name = "t%d_e%d_%s" % (kind, encoding, "required" if repetition == REQUIRED else "optional")
                columns.append(Node(name, repetition, kind, encoding=encoding, length=3 if kind == FIXED else None))
                kinds[name] = (kind, repetition)
    rows = []
    for i in range(31):
        rows.append({name: None if repetition == OPTIONAL and (i % 4 == 1 or 12 < i < 21) else value(kind, i)
                     for name, (kind, repetition) in kinds.items()})
    expected = [{name: shown(kinds[name][0], data) for name, data in row.items()} for row in rows]
    for version in (1, 2):
        save("encodings-v%d" % version, columns, [rows[:20], rows[20:]], expected, version=version)

    # Enough integers for several blocks of differences, with parts of every width.
    long_columns = [Node("int32", REQUIRED, INT32, encoding=DELTA), Node("int64", REQUIRED, INT64, encoding=DELTA)]
    numbers, state = [], 1
    for i in range(300):
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        width = [0, 1, 7, 20, 31, 40, 63, 64][i // 32 % 8]
        number = state >> 64 - width if width else 0
        numbers.append({"int32": (number + (1 << 31)) % (1 << 32) - (1 << 31), "int64": (number + (1 << 63)) % (1 << 64) - (1 << 63)})
    save("differences", long_columns, [numbers], numbers, page_rows=1000, codec=GZIP)


# Every codec, for both page versions; of the second, some pages are not compressed.

def codecs():
    columns = [text("text"), text("label", encoding=DICTIONARY), Node("n", REQUIRED, INT64)]
    rows, expected = [], []
    for i in range(40):
        sentence = None if i % 9 == 4 else "The bonito swims with the tuna, the tuna with the bonito; nobody swims with number %d. " % i * (i % 4)
        row = {"text": sentence, "label": ["yes", "no", "maybe"][i % 3], "n": i}
        expected.append(row)
        rows.append({k: v.encode() if isinstance(v, str) else v for k, v in row.items()})
    for name, codec in (("none", NONE), ("snappy", SNAPPY), ("gzip", GZIP), ("brotli", BROTLI), ("zstd", ZSTD), ("lz4raw", LZ4_RAW)):
        for version in (1, 2):
            save("codecs-%s-v%d" % (name, version), columns, [rows], expected, codec=codec, version=version, page_rows=12,
                 key_values=[("made by", "make.py")])

    # A dictionary is left for plain values in the middle of a chunk; pages of unknown use and without values stand between.
    save("codecs-dictionary-left", columns, [rows], expected, page_rows=9, plain_after=2, extras=True, crc=False)


# Lists, structs and maps, required and optional, as current writers store them.

def as_list(items):
    return None if items is None else {"list": [{"element": item} for item in items]}


def list_of(name, element, repetition=OPTIONAL):
    return Node(name, repetition, children=[Node("list", REPEATED, children=[element])], converted=LIST, logical=[(3, "struct", [])])


def as_map(pairs):
    return None if pairs is None else {"key_value": [{"key": k, "value": v} for k, v in pairs]}


def map_of(name, key, item, repetition=OPTIONAL):
    return Node(name, repetition, children=[Node("key_value", REPEATED, children=[key, item])], converted=MAP, logical=[(2, "struct", [])])


def nesting():
    columns = [
        Node("id", REQUIRED, INT64),
        list_of("choices", text("element")),
        list_of("numbers", Node("element", REQUIRED, INT32), REQUIRED),
        Node("answers", OPTIONAL, children=[list_of("text", text("element", REQUIRED)), list_of("start", Node("element", OPTIONAL, INT32))]),
        list_of("turns", Node("element", OPTIONAL, children=[text("speaker"), text("words", REQUIRED), list_of("tags", text("element"))])),
        list_of("table", list_of("element", list_of("element", Node("element", OPTIONAL, INT64)))),
        map_of("scores", text("key", REQUIRED), Node("value", OPTIONAL, DOUBLE)),
        map_of("places", Node("key", REQUIRED, INT32), Node("value", OPTIONAL, children=[text("name"), list_of("aka", text("element"))])),
        Node("deep", OPTIONAL, children=[Node("a", REQUIRED, children=[Node("b", OPTIONAL, children=[text("c")])])]),
    ]
    expected = [
        {"id": 1, "choices": ["a", None, "c"], "numbers": [1, 2, 3], "answers": {"text": ["yes", "no"], "start": [4, None]},
         "turns": [{"speaker": "A", "words": "hello", "tags": ["x", None]}, None, {"speaker": None, "words": "", "tags": None}],
         "table": [[[1, None], []], None, [], [None]], "scores": {"b": 0.5, "a": None},
         "places": [{"key": 7, "value": {"name": "Nara", "aka": ["N", None]}}, {"key": -1, "value": None}], "deep": {"a": {"b": {"c": "d"}}}},
        {"id": 2, "choices": [], "numbers": [], "answers": None, "turns": [], "table": [], "scores": {}, "places": [], "deep": None},
        {"id": 3, "choices": None, "numbers": [9], "answers": {"text": None, "start": []}, "turns": None, "table": None, "scores": None,
         "places": None, "deep": {"a": {"b": None}}},
        {"id": 4, "choices": [None], "numbers": [0, 0], "answers": {"text": [], "start": None},
         "turns": [{"speaker": "B", "words": "again", "tags": []}], "table": [[None]], "scores": {"z": 1.0},
         "places": [{"key": 0, "value": {"name": None, "aka": None}}], "deep": {"a": {"b": {"c": None}}}},
    ]

    def raw(s):
        return None if s is None else s.encode()

    def physical(row):
        def each(items, put):
            return as_list(None if items is None else [None if item is None else put(item) for item in items])

        answers = row["answers"]
        return {
            "id": row["id"], "choices": each(row["choices"], raw), "numbers": as_list(row["numbers"]),
            "answers": answers and {"text": each(answers["text"], raw), "start": as_list(answers["start"])},
            "turns": each(row["turns"], lambda t: {"speaker": raw(t["speaker"]), "words": raw(t["words"]), "tags": each(t["tags"], raw)}),
            "table": each(row["table"], lambda a: each(a, as_list)),
            "scores": as_map(None if row["scores"] is None else [(k.encode(), v) for k, v in row["scores"].items()]),
            "places": as_map(None if row["places"] is None else [
                (p["key"], p["value"] and {"name": raw(p["value"]["name"]), "aka": each(p["value"]["aka"], raw)}) for p in row["places"]]),
            "deep": row["deep"] and {"a": {"b": row["deep"]["a"]["b"] and {"c": raw(row["deep"]["a"]["b"]["c"])}}},
        }

    many = expected * 3
    for version in (1, 2):
        save("nesting-v%d" % version, columns, [[physical(row) for row in many[:7]], [physical(row) for row in many[7:]]], many,
             version=version, page_rows=2)


# Lists and maps as older writers stored them, with the deprecated levels.

def legacy():
    def annotated(name, child, kind=LIST):
        return Node(name, OPTIONAL, children=[child], converted=kind)

    columns = [
        Node("bare", REPEATED, INT32),
        Node("bare_group", REPEATED, children=[Node("n", REQUIRED, INT32), text("s")]),
        annotated("rule1", Node("element", REPEATED, INT32)),
        annotated("rule2", Node("element", REPEATED, children=[text("s", REQUIRED), Node("n", REQUIRED, INT32)])),
        annotated("rule3", Node("array", REPEATED, children=[Node("array", REPEATED, INT32)], converted=LIST)),
        annotated("rule4", Node("array", REPEATED, children=[text("s", REQUIRED)])),
        annotated("rule4b", Node("rule4b_tuple", REPEATED, children=[text("s", REQUIRED)])),
        annotated("rule5", Node("element", REPEATED, children=[text("s")])),
        annotated("bag", Node("bag", REPEATED, children=[Node("array_element", OPTIONAL, INT32)])),
        annotated("mkv", Node("map", REPEATED, children=[text("key", REQUIRED), Node("value", OPTIONAL, INT32)]), MAP_KEY_VALUE),
        annotated("misnamed", Node("map", REPEATED, children=[text("str", REQUIRED), Node("num", REQUIRED, INT32)], converted=MAP_KEY_VALUE), MAP),
        annotated("keys", Node("key_value", REPEATED, children=[text("key", REQUIRED)]), MAP),
    ]
    rows = [
        {"bare": [1, 2], "bare_group": [{"n": 1, "s": b"x"}, {"n": 2, "s": None}], "rule1": {"element": [3, 4]},
         "rule2": {"element": [{"s": b"a", "n": 5}]}, "rule3": {"array": [{"array": [1, 2]}, {"array": []}]},
         "rule4": {"array": [{"s": b"b"}, {"s": b"c"}]}, "rule4b": {"rule4b_tuple": [{"s": b"d"}]},
         "rule5": {"element": [{"s": b"e"}, {"s": None}]}, "bag": {"bag": [{"array_element": 6}, {"array_element": None}]},
         "mkv": {"map": [{"key": b"k", "value": 1}, {"key": b"l", "value": None}, {"key": b"k", "value": 3}]},
         "misnamed": {"map": [{"str": b"m", "num": 2}]}, "keys": {"key_value": [{"key": b"p"}, {"key": b"q"}]}},
        {"bare": [], "bare_group": [], "rule1": None, "rule2": {"element": []}, "rule3": {"array": []}, "rule4": None, "rule4b": {"rule4b_tuple": []},
         "rule5": None, "bag": {"bag": []}, "mkv": None, "misnamed": {"map": []}, "keys": None},
        {"bare": [7], "bare_group": [{"n": 8, "s": b""}], "rule1": {"element": []}, "rule2": None, "rule3": {"array": [{"array": []}]},
         "rule4": {"array": []}, "rule4b": None, "rule5": {"element": []}, "bag": None, "mkv": {"map": []}, "misnamed": None,
         "keys": {"key_value": []}},
    ]
    expected = [
        {"bare": [1, 2], "bare_group": [{"n": 1, "s": "x"}, {"n": 2, "s": None}], "rule1": [3, 4], "rule2": [{"s": "a", "n": 5}],
         "rule3": [[1, 2], []], "rule4": [{"s": "b"}, {"s": "c"}], "rule4b": [{"s": "d"}], "rule5": ["e", None], "bag": [6, None],
         "mkv": {"k": 3, "l": None}, "misnamed": {"m": 2}, "keys": ["p", "q"]},
        {"bare": [], "bare_group": [], "rule1": None, "rule2": [], "rule3": [], "rule4": None, "rule4b": [], "rule5": None, "bag": [],
         "mkv": None, "misnamed": {}, "keys": None},
        {"bare": [7], "bare_group": [{"n": 8, "s": ""}], "rule1": [], "rule2": None, "rule3": [[]], "rule4": [], "rule4b": None,
         "rule5": [], "bag": None, "mkv": {}, "misnamed": None, "keys": []},
    ]
    save("legacy", columns, [rows], expected, page_rows=2, crc=False)
    save("levels", columns, [rows * 5], expected * 5, page_rows=3, level_encoding=BIT_PACKED, crc=False)


# What values mean: the newer annotation and, where there is one, the older alone.

def logical():
    milli, micro, nano = ([(n, "struct", [])] for n in (1, 2, 3))

    def temporal(number, utc, unit):
        return [(number, "struct", [(1, "bool", utc), (2, "struct", unit)])]

    def integer(bits, signed):
        return [(10, "struct", [(1, "i8", bits), (2, "bool", signed)])]

    def decimal(scale, precision):
        return [(5, "struct", [(1, "i32", scale), (2, "i32", precision)])]

    empty = lambda number: [(number, "struct", [])]
    big = lambda n, size: n.to_bytes(size, "big", signed=True)
    # name, kind, length, older annotation, newer one, stored values, shown values
    table = [
        ("string", BYTES, None, UTF8, empty(1), ["é".encode(), b""], ["é", ""]),
        ("enum", BYTES, None, ENUM, empty(4), [b"RED", b"BLUE"], ["RED", "BLUE"]),
        ("json", BYTES, None, 19, empty(12), [b'{"a":1}', b"[]"], ['{"a":1}', "[]"]),
        ("bson", BYTES, None, 20, empty(13), [b"raw", b""], ["raw", ""]),
        ("uuid", FIXED, 16, None, empty(14), [bytes(range(16)), b"\xff" * 16],
         ["00010203-0405-0607-0809-0a0b0c0d0e0f", "ffffffff-ffff-ffff-ffff-ffffffffffff"]),
        ("float16", FIXED, 2, None, empty(15), [struct.pack("<e", 1.5), struct.pack("<e", -0.25)], [1.5, -0.25]),
        ("date", INT32, None, DATE, empty(6), [19782, -719529], ["2024-02-29", "-0001-12-31"]),
        ("date_far", INT32, None, DATE, empty(6), [2932897, 0], ["+10000-01-01", "1970-01-01"]),
        ("time_ms", INT32, None, 7, temporal(7, True, milli), [0, 86399999], ["00:00:00Z", "23:59:59.999Z"]),
        ("time_us", INT64, None, 8, temporal(7, True, micro), [1, 3600000000], ["00:00:00.000001Z", "01:00:00Z"]),
        ("time_ns_local", INT64, None, None, temporal(7, False, nano), [1, 10**9], ["00:00:00.000000001", "00:00:01"]),
        ("timestamp_ms", INT64, None, 9, temporal(8, True, milli), [1709210096789, -1], ["2024-02-29T12:34:56.789Z", "1969-12-31T23:59:59.999Z"]),
        ("timestamp_us", INT64, None, 10, temporal(8, True, micro), [0, 1], ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000001Z"]),
        ("timestamp_us_local", INT64, None, None, temporal(8, False, micro), [0, 10**6], ["1970-01-01T00:00:00", "1970-01-01T00:00:01"]),
        ("timestamp_ns", INT64, None, None, temporal(8, True, nano), [-(1 << 63), (1 << 63) - 1],
         ["1677-09-21T00:12:43.145224192Z", "2262-04-11T23:47:16.854775807Z"]),
        ("decimal32", INT32, None, DECIMAL, decimal(2, 9), [-12345, 5], ["-123.45", "0.05"]),
        ("decimal64", INT64, None, DECIMAL, decimal(0, 18), [10**17, -1], ["100000000000000000", "-1"]),
        ("decimal_fixed", FIXED, 16, DECIMAL, decimal(10, 38), [big(-1, 16), big(10**37, 16)],
         ["-0.0000000001", "1000000000000000000000000000.0000000000"]),
        ("decimal_bytes", BYTES, None, DECIMAL, decimal(3, 50), [big(-1000, 2), big(10**49, 21)], ["-1.000", "1" + "0" * 46 + ".000"]),
        ("int8", INT32, None, 15, integer(8, True), [-128, 127], [-128, 127]),
        ("int16", INT32, None, 16, integer(16, True), [-32768, 0], [-32768, 0]),
        ("uint8", INT32, None, 11, integer(8, False), [255, 0], [255, 0]),
        ("uint32", INT32, None, 13, integer(32, False), [-1, 1], [4294967295, 1]),
        ("int64", INT64, None, 18, integer(64, True), [-1, 1], [-1, 1]),
        ("uint64", INT64, None, 14, integer(64, False), [-1, 1], ["18446744073709551615", 1]),
        ("interval", FIXED, 12, 21, None, [struct.pack("<III", 1, 2, 3004), bytes(12)], ["P1M2DT3.004S", "P0M0DT0.000S"]),
        ("unknown_kind", BYTES, None, None, [(99, "struct", [])], [b"as it is", b""], ["as it is", ""]),
        ("not_utf8", BYTES, None, None, None, [b"a\xffb", b"\xc3"], ["a\ufffdb", "\ufffd"]),
    ]
    for name, use_new in (("logical", True), ("converted", False)):
        chosen = [entry for entry in table if use_new or entry[3] is not None]
        columns = []
        for column, kind, length, old, new, _, _ in chosen:
            places = {}
            if old == DECIMAL:
                fields = {number: v for number, _, v in new[0][2]}
                places = {"scale": fields[1], "precision": fields[2]}
            columns.append(Node(column, OPTIONAL, kind, length=length, converted=old, logical=new if use_new else None, **places))
        columns.append(Node("always_null", OPTIONAL, INT32, logical=[(11, "struct", [])] if use_new else None))
        rows = [dict([(c, stored[i]) for c, *_, stored, _ in chosen], always_null=None) for i in (0, 1)]
        expected = [dict([(c, seen[i]) for c, *_, seen in chosen], always_null=None) for i in (0, 1)]
        save(name, columns, [rows + [{c.name: None for c in columns}]], expected + [{c.name: None for c in columns}])


encodings()
codecs()
nesting()
legacy()
logical()
