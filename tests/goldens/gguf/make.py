"""Writes formats.gguf: blocks of each format, the floats that they stand for, and what some floats become as Q8_0 and Q4_0.

Container and formats are written here by hand with numpy, straight from their published description, so that reader and golden
share no code. For each format F there are the tensors F (random bytes, scales of all sizes and signs) and F.values (float32, bit for
bit what F stands for, with one rounding after each operation in the order of ggml's reference); for Q8_0 and Q4_0 also F.of_input
(the tensor input, quantised).
Run: /usr/bin/python3 tests/goldens/gguf/make.py
"""

import pathlib
import struct

import numpy as np

HERE = pathlib.Path(__file__).parent
ALIGNMENT = 32
F32, F16, Q4_0, Q8_0, Q4_K, Q5_K, Q6_K, BF16 = 0, 1, 2, 8, 12, 13, 14, 30

random = np.random.default_rng(26)
ROWS, COLUMNS = 3, 512


def halves(count, smallest=-20):
    """binary16 scales: ordinary ones of both signs, zero, subnormal ones."""
    scales = (random.standard_normal(count) * 2.0 ** random.integers(smallest, 4, count)).astype(np.float16)
    scales[:3] = [0, 2.0**-24, -(2.0**-15)]
    return scales


def f32(x):
    return np.asarray(x, dtype=np.float32)


def q8_0(blocks):
    d = halves(blocks)
    q = random.integers(-128, 128, (blocks, 32)).astype(np.int8)
    data = np.concatenate([d[:, None].view(np.uint8), q.view(np.uint8)], axis=1)
    return data, f32(d)[:, None] * f32(q)


def q4_0(blocks):
    d = halves(blocks)
    packed = random.integers(0, 256, (blocks, 16)).astype(np.uint8)
    q = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.int32) - 8
    return np.concatenate([d[:, None].view(np.uint8), packed], axis=1), f32(d)[:, None] * f32(q)


def six_bit_factors(packed):
    """(scale factors, minimum factors), 8 each, of the 12 bytes of Q4_K and Q5_K."""
    p = packed.astype(np.int32)
    scale, minimum = np.zeros((2, len(p), 8), dtype=np.int32)
    for j in range(4):
        scale[:, j] = p[:, j] & 63
        minimum[:, j] = p[:, j + 4] & 63
        scale[:, j + 4] = (p[:, j + 8] & 15) | ((p[:, j] >> 6) << 4)
        minimum[:, j + 4] = (p[:, j + 8] >> 4) | ((p[:, j + 4] >> 6) << 4)
    return f32(scale), f32(minimum)


def q45_k(blocks, high):
    d, dmin = halves(blocks), halves(blocks)
    factors = random.integers(0, 256, (blocks, 12)).astype(np.uint8)
    qh = random.integers(0, 256, (blocks, 32)).astype(np.uint8)
    qs = random.integers(0, 256, (blocks, 4, 32)).astype(np.uint8)
    q = np.stack([qs & 15, qs >> 4], axis=2).reshape(blocks, 8, 32).astype(np.int32)
    if high:
        for s in range(8):
            q[:, s] += 16 * ((qh >> s) & 1)
    scale, minimum = six_bit_factors(factors)
    scale, minimum = f32(d)[:, None] * scale, f32(dmin)[:, None] * minimum
    values = scale[:, :, None] * f32(q) - minimum[:, :, None]
    parts = [d[:, None].view(np.uint8), dmin[:, None].view(np.uint8), factors, *([qh] if high else []), qs.reshape(blocks, 128)]
    return np.concatenate(parts, axis=1), values.reshape(blocks, 256)


def q6_k(blocks):
    d = halves(blocks)
    ql = random.integers(0, 256, (blocks, 128)).astype(np.uint8)
    qh = random.integers(0, 256, (blocks, 64)).astype(np.uint8)
    factors = random.integers(-128, 128, (blocks, 16)).astype(np.int8)
    q = np.zeros((blocks, 256), dtype=np.int32)
    for half in range(2):
        low, high = ql[:, half * 64:half * 64 + 64].astype(np.int32), qh[:, half * 32:half * 32 + 32].astype(np.int32)
        for l in range(32):
            at = half * 128 + l
            q[:, at] = (low[:, l] & 15) | ((high[:, l] & 3) << 4)
            q[:, at + 32] = (low[:, l + 32] & 15) | (((high[:, l] >> 2) & 3) << 4)
            q[:, at + 64] = (low[:, l] >> 4) | (((high[:, l] >> 4) & 3) << 4)
            q[:, at + 96] = (low[:, l + 32] >> 4) | (((high[:, l] >> 6) & 3) << 4)
    scale = f32(d)[:, None] * f32(factors)
    values = np.repeat(scale, 16, axis=1) * f32(q - 32)
    return np.concatenate([ql, qh, factors.view(np.uint8), d[:, None].view(np.uint8)], axis=1), values


def half_away(x):
    return np.copysign(np.floor(np.abs(x).astype(np.float64) + 0.5), x)


def inverse(d):
    return np.divide(np.float32(1), d, out=np.zeros_like(d), where=d != 0)


def to_q8_0(x):
    x = x.reshape(-1, 32)
    d = np.abs(x).max(axis=1) / np.float32(127)
    q = half_away(x * inverse(d)[:, None]).astype(np.int8)
    return np.concatenate([d.astype(np.float16)[:, None].view(np.uint8), q.view(np.uint8)], axis=1)


def to_q4_0(x):
    x = x.reshape(-1, 32)
    extreme = x[np.arange(len(x)), np.abs(x).argmax(axis=1)]
    d = extreme / np.float32(-8)
    q = np.minimum(15, np.trunc(x * inverse(d)[:, None] + np.float32(8.5)).astype(np.int32)).astype(np.uint8)
    return np.concatenate([d.astype(np.float16)[:, None].view(np.uint8), q[:, :16] | (q[:, 16:] << 4)], axis=1)


tensors = []


def add(name, kind, data, shape=(ROWS, COLUMNS)):
    tensors.append((name, kind, shape, np.ascontiguousarray(data).tobytes()))


total = ROWS * COLUMNS
for name, kind, (data, values) in [
    ("Q8_0", Q8_0, q8_0(total // 32)),
    ("Q4_0", Q4_0, q4_0(total // 32)),
    ("Q4_K", Q4_K, q45_k(total // 256, high=False)),
    ("Q5_K", Q5_K, q45_k(total // 256, high=True)),
    ("Q6_K", Q6_K, q6_k(total // 256)),
]:
    assert values.dtype == np.float32
    add(name, kind, data)
    add(name + ".values", F32, values)

plain = f32(random.standard_normal(total) * 10.0 ** random.uniform(-6, 3, total))
add("F16", F16, plain.astype(np.float16))
add("F16.values", F32, f32(plain.astype(np.float16)))
bits = plain.view(np.uint32) >> 16
add("BF16", BF16, bits.astype(np.uint16))
add("BF16.values", F32, (bits << 16).astype(np.uint32).view(np.float32))

# Block maxima of either sign, a block of zeros, one of equal values, ties of the rounding.
given = f32(random.standard_normal((ROWS, COLUMNS)) * 0.05)
given[0, :32] = 0
given[0, 32:64] = 0.25
given[0, 64:96] = (np.arange(32) - 16) / 2 + 0.25
given[1, 5] = -3
add("input", F32, given)
add("Q8_0.of_input", Q8_0, to_q8_0(given))
add("Q4_0.of_input", Q4_0, to_q4_0(given))


def text(s):
    return struct.pack("<Q", len(s.encode())) + s.encode()


def padded(data):
    return data + bytes(-len(data) % ALIGNMENT)


infos, values = b"", b""
for name, kind, shape, data in tensors:
    infos += text(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", n) for n in reversed(shape)) + struct.pack("<IQ", kind, len(values))
    values += padded(data)
header = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), 1) + text("general.architecture") + struct.pack("<I", 8) + text("formats")
(HERE / "formats.gguf").write_bytes(padded(header + infos) + values)
