#!/usr/bin/env python3
"""Writes TileKernels.g.cs: the inner loops of QuantizedGemm, for each vector width and format.

The unpacked weights of a step must stay in registers, so they are spelled out as locals.
Run it in this folder after changing it: python3 generate-tilekernels.py
"""

PREFETCH = 2048  # bytes ahead: a single row of activations is bound by memory, and the processor alone does not look far enough

WIDTHS = [("Vector512", "Avx512BW", "Vector256", 16), ("Vector256", "Avx2", "Vector128", 8)]


def nibbles(v):
    lines = [f"                    {v}<byte> v{q} = {v}.Load(codes + {64 * q});" for q in range(4)]
    for q in range(4):
        lines.append(f"                    {v}<byte> w{q} = v{q} & low;")
        lines.append(f"                    {v}<byte> w{q + 4} = (v{q}.AsUInt16() >> 4).AsByte() & low;")
    return lines


def bytes_(v):
    lines = []
    for q in range(8):
        lines.append(f"                    {v}<byte> v{q} = {v}.Load(codes + {64 * q});")
        lines.append(f"                    {v}<byte> w{q} = v{q} & low;")
        lines.append(f"                    {v}<byte> u{q} = (v{q}.AsUInt16() >> 4).AsByte() & low;")
    return lines


def dot(v, isa, names, total, start):
    lines = [f"                        {v}<short> {total} = {start};"]
    for q, name in names:
        lines.append(f"                        {total} += {isa}.MultiplyAddAdjacent({name}, x{q});")
    return lines


def quads(v, first=0, last=8):
    return [f"                        {v}<sbyte> x{q} = {v}.Create(((int*)x)[{q}]).AsSByte();" for q in range(first, last)]


def body(v, isa, fmt):
    """The loop over columns, after the weights of a step are unpacked."""
    acc = "acc + c * TilePacking.Rows + lane"
    head = [
        "                    for (int c = 0; c < columns; c++, x++)",
        "                    {",
        f"                        {v}<float> y = {v}.Load({acc});",
    ]
    tail = [f"                        y.Store({acc});", "                    }"]
    plane = lambda p: [(q, f"{p}{q}") for q in range(8)]
    zero = f"{v}<short>.Zero"
    offset = f"{v}.Create(x->Offset).AsInt16()"
    single = f"{v}.ConvertToSingle"
    mid = quads(v)
    if fmt in ("Q4_0", "Q4_K"):
        mid += dot(v, isa, plane("w"), "pairs", offset if fmt == "Q4_0" else zero)
        mid.append(f"                        {v}<int> sum = {isa}.MultiplyAddAdjacent(pairs, one);")
    elif fmt in ("Q8_0", "Q5_K"):
        mid += dot(v, isa, plane("w"), "pairs", zero)
        mid += dot(v, isa, plane("u"), "highPairs", offset if fmt == "Q8_0" else zero)
        mid.append(f"                        {v}<int> sum = {isa}.MultiplyAddAdjacent(pairs, one) + {isa}.MultiplyAddAdjacent(highPairs, sixteen);")
    if fmt != "Q6_K":
        mid.append(f"                        y = {v}.FusedMultiplyAdd({single}(sum), scale * {v}.Create(x->Scale), y);")
        if fmt in ("Q4_K", "Q5_K"):
            mid.append(f"                        y = {v}.FusedMultiplyAdd(-min, {v}.Create(x->Sum), y);")
        return head + mid + tail
    for h, (first, last, scale, total) in enumerate([(0, 4, "scale", "FirstSum"), (4, 8, "lastScale", "LastSum")]):
        mid += dot(v, isa, [(q, f"w{q}") for q in range(first, last)], f"pairs{h}", zero)
        mid += dot(v, isa, [(q, f"u{q}") for q in range(first, last)], f"highPairs{h}", zero)
        mid.append(f"                        {v}<int> sum{h} = {isa}.MultiplyAddAdjacent(pairs{h}, one) + {isa}.MultiplyAddAdjacent(highPairs{h}, sixteen);")
        mid.append(f"                        y = {v}.FusedMultiplyAdd({single}(sum{h}), {scale} * {v}.Create(x->Scale), y);")
        mid.append(f"                        y = {v}.FusedMultiplyAdd({'min' if h == 0 else 'lastMin'}, {v}.Create(x->{total}), y);")
    return head + mid + tail


def kernel(v, isa, half, lanes, fmt):
    k = fmt.endswith("_K")
    width = 4 * lanes  # bytes of a vector
    lines = [
        "    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]",
        f"    static void {v}{fmt}(byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc)",
        "    {",
        f"        {v}<byte> low = {v}.Create((byte)15);",
        f"        {v}<short> one = {v}.Create((short)1);",
    ]
    if fmt in ("Q8_0", "Q5_K", "Q6_K"):
        lines.append(f"        {v}<short> sixteen = {v}.Create((short)16);")
    lines += [
        f"        for (int lane = 0; lane < TilePacking.Rows; lane += {lanes})",
        "        {",
        "            byte* at = tile;",
        "            ActivationBlock* x = activations;",
        "            for (int b = 0; b < blocks; b++)",
        "            {",
    ]
    if k:
        lines.append(f"                {v}<float> d = MicroKernel.{v}F16((ushort*)at + lane);")
        if fmt != "Q6_K":
            lines.append(f"                {v}<float> dmin = MicroKernel.{v}F16((ushort*)at + TilePacking.Rows + lane);")
        lines.append(f"                at += {'2' if fmt == 'Q6_K' else '4'} * TilePacking.Rows;")
        lines += ["                for (int s = 0; s < 8; s++)", "                {"]
        if fmt == "Q6_K":
            lines += [
                f"                    {v}<float> scale = d * {v}Bytes((sbyte*)at + lane), lastScale = d * {v}Bytes((sbyte*)at + TilePacking.Rows + lane);",
                f"                    {v}<float> min = scale * {v}.Create(-32f), lastMin = lastScale * {v}.Create(-32f);",
            ]
        else:
            lines.append(f"                    {v}<float> scale = d * {v}Bytes((sbyte*)at + lane), min = dmin * {v}Bytes((sbyte*)at + TilePacking.Rows + lane);")
    else:
        lines += ["                {", f"                    {v}<float> scale = MicroKernel.{v}F16((ushort*)at + lane);"]
    lines.append("                    byte* codes = at + 2 * TilePacking.Rows + 4 * lane;")
    # Each vector takes what is its own: lines of 64 bytes hold 16 rows.
    for line in range((5 if fmt.startswith("Q4") else 9)):
        lines.append(f"                    Sse.Prefetch0(at + {PREFETCH + 64 * line});")
    lines += nibbles(v) if fmt.startswith("Q4") else bytes_(v)
    lines += body(v, isa, fmt)
    step = "TilePacking.Rows * TilePacking.Step" + (" / 2" if fmt.startswith("Q4") else "")
    lines += [f"                    at += 2 * TilePacking.Rows + {step};", "                }", "            }", "        }", "    }"]
    return lines


FORMATS = ("Q8_0", "Q4_0", "Q4_K", "Q5_K", "Q6_K")

out = [
    "// <auto-generated>Written by generate-tilekernels.py; change that and run it again.</auto-generated>",
    "#nullable enable",
    "using System.Runtime.CompilerServices;",
    "using System.Runtime.Intrinsics;",
    "using System.Runtime.Intrinsics.X86;",
    "",
    "namespace Bonito.Engine.Kernels;",
    "",
    "public sealed unsafe partial class TileKernel",
    "{",
]
parts = []
for v, isa, half, lanes in WIDTHS:
    for fmt in FORMATS:
        parts.append("\n".join(kernel(v, isa, half, lanes, fmt)))
out.append("\n\n".join(parts))
out.append("}")
open("TileKernels.g.cs", "w", newline="\n").write("\n".join(out) + "\n")
