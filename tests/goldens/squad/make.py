"""Writes cases.jsonl: pairs of answers with their normal forms, exact match and F1 as SQuAD v1.1 defines them.

The definition, written down with Python's own `lower`, `string.punctuation`, `\\b` and `split`: lower case; punctuation removed; the words
a, an, the removed; white space made single spaces. F1 is that of the bags of words; without a common word it is 0.
"""
import json
import pathlib
import random
import re
import string
from collections import Counter
from fractions import Fraction


def normalise(text):
    kept = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", kept).split())


def f1(answer, expected):
    given, wanted = normalise(answer).split(), normalise(expected).split()
    common = sum((Counter(given) & Counter(wanted)).values())
    if common == 0:
        return 0.0
    precision, recall = Fraction(common, len(given)), Fraction(common, len(wanted))
    return float(2 * precision * recall / (precision + recall))


PIECES = ["the", "The", "a", "An", "an", "theatre", "a-b", "A.", "the-end", "don't", "U.S.", "river", "River", "RIVER", "1,000", "3.5%", "$5",
          "co-op", "_a_", "a_b", "caf\u00e9", "a\u0301", "\u0041\u030a", "\u0391\u03a3", "\u03a3", "\u0130stanbul", "stra\u00dfe", "\u00bda", "a\u00b2", "\u2018the\u2019", "the\u2014",
          "\u00a0", "\u001c", "\u2003", "\u200b", "a\u200bthe", "\u4e2d\u6587", "a\u4e2d", "\U0001d44e", "\U0001f600a", "\U0001f600", "", "...", "\t", "\n", "\r\n", "'s", "\"the\""]
PAIRS = [
    ("the river", "a River."), ("in the north", "the far north"), ("red red red", "red blue"), ("", ""), ("the", "a"), ("the", "river"),
    ("to be or not to be", "not to be"), ("12 May 1905", "May 12, 1905"), ("don't", "dont"), ("a\u0301", "\u0301"),
]


def main():
    rng = random.Random(5)
    pairs = list(PAIRS)
    while len(pairs) < 400:
        words = [rng.choice(PIECES) for _ in range(rng.randrange(0, 8))]
        others = [w for w in words if rng.random() < 0.6] + [rng.choice(PIECES) for _ in range(rng.randrange(0, 4))]
        rng.shuffle(others)
        pairs.append((rng.choice([" ", "  ", "-", ""]).join(words), " ".join(others)))
    lines = [json.dumps({
        "answer": a, "expected": b, "normal": normalise(a), "exact": normalise(a) == normalise(b), "f1": f1(a, b),
    }) for a, b in pairs]
    pathlib.Path(__file__).with_name("cases.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
