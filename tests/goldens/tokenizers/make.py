"""Goldens of the tokenizers, made by programs that are not ours.

words.json: how the expressions of GPT-2, Llama 3 and Qwen2 cut texts, by the module `regex`; SmolLM cuts out the digits
first. pieces.model, pieces.json: a small SentencePiece BPE model, trained here on text of our own, and its ids.
normalization.json: the normalisation forms by `unicodedata`. Debian: python3-regex, python3-sentencepiece.
"""
import json
import pathlib
import random
import unicodedata

import regex
import sentencepiece

HERE = pathlib.Path(__file__).parent
CONTRACTIONS = "'s|'t|'re|'ve|'m|'ll|'d"
GPT2 = CONTRACTIONS + r"| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = ("(?i:" + CONTRACTIONS + r")|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")

TEXT = """
The harbour master counted the crates twice, and the tuna sold before noon. She'll sign at 7:30, I'm told.
Der Hafenmeister zählte die Kisten; die Fischer kamen spät am Abend zurück. We've weighed 1,204 crates again.
Ο λιμενάρχης κοιμάται. Рыбаки вернулись поздно вечером. The crane's motor fails   again and again, they'd say.
"""
PIECES = ["'s", "'LL", "'RE", "'\u017f", "'t", "'d", "I'M", "it's", "don't", "  ", "   ", " ", "\n", "\n\n", "\r\n", "\t", " \n ",
          " the", "crate", "1", "23", "456", "7890", "\u00bd", "\u2167", "\u0664", "\U0001d7d9", "\U00010300", "\U0001f41f", "\u3042\u3044",
          "e\u0301", "\u0301", "\u00e9", "\u00a0", "\u3000", "\u2028", "\u0085", "!", "...", "=====", "'", "''", "$", " $9", "\u0915\u094d\u0937", "\x00", "\x1c", "\ufffd"]


def texts(count):
    draw = random.Random(20)
    cases = ["".join(draw.choice(PIECES) for _ in range(draw.randint(1, 12))) for _ in range(count)]
    return PIECES + [line for line in TEXT.split("\n") if line] + cases


def words(expression, text):
    cut = regex.findall(expression, text)
    assert "".join(cut) == text
    return cut


def digits_apart(text):
    return [word for part in regex.findall(r"\p{N}|\P{N}+", text) for word in words(GPT2, part)]


def write(name, content):
    (HERE / name).write_text(json.dumps(content, ensure_ascii=True, indent=0) + "\n")


write("words.json", [
    {"text": text, "gpt2": words(GPT2, text), "llama3": words(LLAMA3, text), "qwen2": words(QWEN2, text), "smollm": digits_apart(text)}
    for text in texts(400)])

corpus = HERE / "corpus.txt"
corpus.write_text(TEXT * 3)
sentencepiece.SentencePieceTrainer.train(
    input=str(corpus), model_prefix=str(HERE / "pieces"), vocab_size=520, model_type="bpe", byte_fallback=True,
    normalization_rule_name="identity", remove_extra_whitespaces=False, allow_whitespace_only_pieces=True,
    user_defined_symbols=["<|crate|>"], split_digits=True, num_threads=1, minloglevel=2)
corpus.unlink()
(HERE / "pieces.vocab").unlink()
model = sentencepiece.SentencePieceProcessor(model_file=str(HERE / "pieces.model"))
# U+0000 ends a text for SentencePiece.
write("pieces.json", [{"text": text, "ids": model.encode(text)} for text in texts(200) if "\x00" not in text])

draw = random.Random(21)
RANGES = [(0x20, 0x17F), (0x1E00, 0x1FFF), (0x300, 0x36F), (0x900, 0xDFF), (0x1100, 0x11FF), (0xAC00, 0xAD00), (0xF900, 0xFFEF), (0x2000, 0x214F),
          (0x3000, 0x33FF), (0x1D100, 0x1D1FF), (0x1D400, 0x1D7FF), (0x11080, 0x110C0), (0x5B0, 0x6FF)]
assigned = [[chr(c) for c in range(first, last + 1) if unicodedata.category(chr(c)) != "Cn"] for first, last in RANGES]
cases = ["".join(draw.choice(draw.choice(assigned)) for _ in range(draw.randint(1, 8))) for _ in range(600)]
cases += ["".join(draw.choice(assigned[2] + ["a", "e", "o", "\u1100", "\u1161", "\u11a8"]) for _ in range(10)) for _ in range(100)]
write("normalization.json", [[text] + [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")] for text in cases])
