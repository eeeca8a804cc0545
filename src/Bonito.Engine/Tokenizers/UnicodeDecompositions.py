"""Writes UnicodeDecompositions.txt from the Unicode character database of Python's standard library."""
import pathlib
import unicodedata

lines = [f"# Unicode {unicodedata.unidata_version}: combining classes and decompositions, written by UnicodeDecompositions.py.",
         "# code point, then: class c | = composes from | < decomposes only | ~ compatible with"]
for value in range(0x110000):
    character = chr(value)
    if 0xD800 <= value < 0xE000 or 0xAC00 <= value <= 0xD7A3:
        continue
    if unicodedata.combining(character):
        lines.append(f"{value:X} class {unicodedata.combining(character):X}")
    decomposition = unicodedata.decomposition(character)
    if not decomposition:
        continue
    parts = [part for part in decomposition.split() if not part.startswith("<")]
    if decomposition.startswith("<"):
        kind = "~"
    else:
        text = "".join(chr(int(part, 16)) for part in parts)
        kind = "=" if len(parts) == 2 and unicodedata.normalize("NFC", text) == character else "<"
    lines.append(" ".join([f"{value:X}", kind, *(part.lstrip("0") for part in parts)]))
pathlib.Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")
