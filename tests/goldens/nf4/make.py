"""Writes nf4.safetensors: matrices, their NF4 codes with doubly quantised scales, the values that those stand for, and the maps.

Written from the published definition (Dettmers et al., "QLoRA", 2023, section 3 and appendix E, and the constants and layout of
bitsandbytes' files), with numpy in float32, one rounding after each operation; the maps are compared with PyTorch's.
The tensors of each matrix NAME have the names and types of a bitsandbytes checkpoint; NAME.source and NAME.values (float32) are what went
in and what comes out.
Run: /usr/bin/python3 tests/goldens/nf4/make.py
"""

import json
import pathlib
import struct
from decimal import Decimal

import numpy as np
import torch

HERE = pathlib.Path(__file__).parent
BLOCK, SCALE_BLOCK = 64, 256
F = np.float32

LEVELS = F([-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
            -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
            0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0])


def literal(text):
    """A decimal as a C compiler reads it with the suffix f: rounded once, while by way of float64 two of the bounds become a neighbour."""
    near = F(text)
    return min((np.nextafter(near, F(-9)), near, np.nextafter(near, F(9))), key=lambda f: abs(Decimal(float(f)) - Decimal(text)))


# A value above a bound takes the level above it.
BOUNDS = F([literal(text) for text in """
    -0.8480964004993439 -0.6106329262256622 -0.4599952697753906 -0.33967943489551544 -0.23460740596055984
    -0.13791173323988914 -0.045525018125772476 0.03979014977812767 0.1202552504837513 0.2035212516784668
    0.2920137718319893 0.3893125355243683 0.5016634166240692 0.6427869200706482 0.8614784181118011""".split()])


def dynamic_map(signed):
    """The 8-bit dynamic map: seven decades, each with twice as many equal steps as the one below, and 0 and 1; rounded once."""
    values = [0.0, 1.0]
    for decade, unit in enumerate([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0]):
        steps = 2 ** (decade if signed else decade + 1)
        middles = [(0.1 + 0.9 * (step + 0.5) / steps) * unit for step in range(steps)]
        values += middles
        if signed:
            values += [-m for m in middles]
    assert len(values) == 256
    return F(sorted(values))


def torch_map(signed):
    """As bitsandbytes makes it. The last bits of PyTorch's linspace depend on the processor, so files carry the map."""
    values = [0.0, 1.0]
    for decade in range(7):
        edges = torch.linspace(0.1, 1, 2 ** (decade if signed else decade + 1) + 1)
        middles = ((10 ** (decade - 6)) * ((edges[:-1] + edges[1:]) / 2)).tolist()
        values += middles + ([-m for m in middles] if signed else [])
    return F(sorted(values))


def nearest(levels, x):
    """Code of the nearest level; halfway, the lower."""
    return np.searchsorted((levels[:-1] + levels[1:]) * F(0.5), x, side="left").astype(np.uint8)


def blocks_of(x, length):
    padded = np.zeros((len(x) + length - 1) // length * length, dtype=F)
    padded[: len(x)] = x
    return padded.reshape(-1, length)


def scaled(blocks, largest):
    with np.errstate(divide="ignore", over="ignore"):
        inverse = F(1) / largest
    return np.where(np.isfinite(inverse), blocks.T * np.where(np.isfinite(inverse), inverse, F(0)), F(0)).T.astype(F)


SIGNED, UNSIGNED = dynamic_map(True), dynamic_map(False)
for signed, ours in [(True, SIGNED), (False, UNSIGNED)]:
    assert np.all(np.abs(torch_map(signed) - ours) <= 2 * np.spacing(np.abs(ours)))


def matrix(name, source):
    flat = source.reshape(-1)
    blocks = blocks_of(flat, BLOCK)
    scales = np.abs(blocks).max(axis=1)
    codes = np.searchsorted(BOUNDS, scaled(blocks, scales), side="left").astype(np.uint8).reshape(-1)
    packed = (codes[0::2] << 4 | codes[1::2])[: (len(flat) + 1) // 2]

    # The mean of all scales, in float64 and in order; rounded once.
    mean = F(np.add.reduce(scales.astype(np.float64)) / len(scales))
    centred = blocks_of(scales - mean, SCALE_BLOCK)
    maxima = np.abs(centred).max(axis=1)
    scale_codes = nearest(SIGNED, scaled(centred, maxima)).reshape(-1)[: len(scales)]

    decoded = (SIGNED[scale_codes] * np.repeat(maxima, SCALE_BLOCK)[: len(scales)]).astype(F) + mean
    values = (LEVELS[codes].reshape(-1, BLOCK).T * decoded).T.reshape(-1)[: len(flat)].astype(F)
    state = {"quant_type": "nf4", "blocksize": BLOCK, "dtype": "float32", "shape": list(source.shape),
             "nested_blocksize": SCALE_BLOCK, "nested_dtype": "float32", "nested_offset": float(mean)}
    return {
        f"{name}.source": source,
        f"{name}.values": values.reshape(source.shape),
        f"{name}.weight": packed[:, None],
        f"{name}.weight.absmax": scale_codes,
        f"{name}.weight.quant_map": LEVELS,
        f"{name}.weight.nested_absmax": maxima,
        f"{name}.weight.nested_quant_map": SIGNED,
        f"{name}.weight.quant_state.bitsandbytes__nf4": np.frombuffer(json.dumps(state).encode(), dtype=np.uint8),
    }


def write(path, tensors):
    header, data = {}, b""
    for key, value in tensors.items():
        raw = np.ascontiguousarray(value).tobytes()
        header[key] = {"dtype": "U8" if value.dtype == np.uint8 else "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


random = np.random.default_rng(14)
usual = F(random.standard_normal((96, 192)) * 0.02)
# Every bound itself and its neighbours, blocks of zeros, tiny and huge ones, and blocks that go on in the next row, the last one not full.
odd = F(random.standard_normal((37, 83)) * np.exp(random.standard_normal((37, 1)) * 3))
odd.reshape(-1)[:46] = np.concatenate([[1], BOUNDS, np.nextafter(BOUNDS, F(2)), np.nextafter(BOUNDS, F(-2))])
odd.reshape(-1)[:64] = np.clip(odd.reshape(-1)[:64], -1, 1)
odd.reshape(-1)[128:256] = 0
odd.reshape(-1)[256:320] *= F(1e-30)
odd.reshape(-1)[320:384] = F(1e-39)
write(HERE / "nf4.safetensors", {**matrix("usual", usual), **matrix("odd", odd), "dynamic_signed": SIGNED, "dynamic_unsigned": UNSIGNED})
assert np.all(np.abs(BOUNDS - (LEVELS[:-1] + LEVELS[1:]) * F(0.5)) <= np.spacing(np.abs(BOUNDS)))
