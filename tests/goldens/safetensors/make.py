"""Writes all-types.safetensors and all-types.expected.json with PyTorch's values and conversions.

The bytes are laid out here by hand, so that reader and golden share no code.
Run: /usr/bin/python3 tests/goldens/safetensors/make.py
"""

import json
import pathlib
import struct

import torch

HERE = pathlib.Path(__file__).parent

torch.manual_seed(20)
inf, nan = float("inf"), float("nan")
# Zeros, ordinary numbers, ties of both formats, the ends of F16's ranges (normal, subnormal, overflow), infinities, NaN.
special = torch.tensor([
    0.0, -0.0, 1.0, -2.5, 3.1415927, 1 + 2**-11, 1 + 3 * 2**-11, 1 + 2**-8, 1 + 3 * 2**-8,
    65504.0, 65519.996, 2.0**-14, 2.0**-24, -(2.0**-25), 3 * 2.0**-25, 1e-7, 1e-30, inf, -inf, nan,
])
scales = 10.0 ** torch.linspace(-8, 4, 108)
values = torch.cat([special, torch.randn(108) * scales]).reshape(8, 16)

tensors = {
    "encoder.weight": ("F32", values),
    "encoder.half": ("F16", values.half()),
    "encoder.brain": ("BF16", values.bfloat16()),
    "größe.scalar": ("F32", torch.tensor(0.125)),
    "empty": ("BF16", torch.zeros(0, 4).bfloat16()),
    "position_ids": ("I64", torch.arange(5)),
}


def stored_bytes(tensor):
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.view(torch.int16)
    return tensor.contiguous().numpy().tobytes()


header, data = {"__metadata__": {"format": "pt", "made_by": "PyTorch " + torch.__version__}}, b""
for name, (dtype, tensor) in tensors.items():
    raw = stored_bytes(tensor)
    header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header, ensure_ascii=False).encode("utf-8")
text += b" " * (-len(text) % 8)
(HERE / "all-types.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)

# Every weight's float32 value as bits: what a reader must produce.
expected = {
    name: ["%08x" % (bits & 0xFFFFFFFF) for bits in tensor.float().reshape(-1).view(torch.int32).tolist()]
    for name, (dtype, tensor) in tensors.items() if dtype != "I64"
}
(HERE / "all-types.expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
