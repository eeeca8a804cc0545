// Writes javascript.stream.arrow, javascript.file.arrow and the rows in them with Apache Arrow's own library for
// JavaScript (npm install apache-arrow@21), so that the reader is also held against files that another program laid out.
// Run with Node 20 or later from this folder.

import { writeFileSync } from "node:fs";
import {
    Bool, DateDay, Dictionary, Field, Float32, Int16, Int32, Int64, List,
    Struct, Table, TimestampMillisecond, Uint8, Utf8, vectorFromArray, tableToIPC,
} from "apache-arrow";

const day = 86_400_000;
const texts = ["first", null, "naïve 😀", "", "a longer text, of more than twelve bytes"];
const columns = {
    text: [vectorFromArray(texts, new Utf8()), texts],
    label: [vectorFromArray([0, 1, null, 1, 0], new Uint8()), [0, 1, null, 1, 0]],
    id: [vectorFromArray([1n, -2n, 3n, null, 2n ** 53n + 1n], new Int64()), [1, -2, 3, null, "9007199254740993"]],
    score: [vectorFromArray([0.5, -1.25, null, 3, 1e10], new Float32()), ["0.5", "-1.25", null, "3.0", "10000000000.0"]],
    flag: [vectorFromArray([true, false, null, false, true], new Bool()), [true, false, null, false, true]],
    colour: [
        vectorFromArray(["red", "green", "red", null, "blue"], new Dictionary(new Utf8(), new Int16())),
        ["red", "green", "red", null, "blue"],
    ],
    words: [
        vectorFromArray([["a", "b"], [], null, ["c", null], ["d"]], new List(new Field("item", new Utf8(), true))),
        [["a", "b"], [], null, ["c", null], ["d"]],
    ],
    answer: [
        vectorFromArray(
            [{ text: "blue", start: 3 }, { text: null, start: 1 }, null, { text: "", start: 0 }, { text: "x", start: -1 }],
            new Struct([new Field("text", new Utf8(), true), new Field("start", new Int32(), true)])),
        [{ text: "blue", start: 3 }, { text: null, start: 1 }, null, { text: "", start: 0 }, { text: "x", start: -1 }],
    ],
    date: [
        vectorFromArray([new Date(0), new Date(19_000 * day), null, new Date(-day), new Date(day)], new DateDay()),
        ["1970-01-01", "2022-01-08", null, "1969-12-31", "1970-01-02"],
    ],
    time: [
        vectorFromArray([new Date(1_700_000_000_123), null, new Date(0), new Date(1000), new Date(-1)], new TimestampMillisecond()),
        ["2023-11-14T22:13:20.123", null, "1970-01-01T00:00:00", "1970-01-01T00:00:01", "1969-12-31T23:59:59.999"],
    ],
};

const names = Object.keys(columns);
const table = new Table(Object.fromEntries(names.map(name => [name, columns[name][0]])));
writeFileSync("javascript.stream.arrow", tableToIPC(table, "stream"));
writeFileSync("javascript.file.arrow", tableToIPC(table, "file"));

// Floats and what is beyond 53 bits are written as JSON by hand.
const bare = new Set(["score", "id"]);
const show = (name, value) => bare.has(name) && typeof value === "string" ? value : JSON.stringify(value);
const rows = texts.map((_, i) => `{${names.map(name => `${JSON.stringify(name)}: ${show(name, columns[name][1][i])}`).join(", ")}}`);
writeFileSync("javascript.jsonl", rows.join("\n") + "\n");
