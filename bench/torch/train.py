#!/usr/bin/python3
"""The training step of Bonito.Benchmarks training in PyTorch (Debian's python3-torch), for comparison.

usage: train.py [vocabulary width layers batch length steps]
The same Llama shape, optimiser and sizes; random tokens; the median tokens/s of the steps after the second.
"""
import sys
import time

import torch
import torch.nn.functional as F

numbers = [int(a) for a in sys.argv[1:]] + [8192, 256, 6, 16, 256, 12][len(sys.argv) - 1:]
vocabulary, width, layers, batch, length, steps = numbers
heads, head_width, inner = width // 64, 64, width * 8 // 3 // 16 * 16
torch.manual_seed(1)


class Norm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


def linear(inputs, outputs):
    layer = torch.nn.Linear(inputs, outputs, bias=False)
    torch.nn.init.normal_(layer.weight, std=0.02)
    return layer


angles = torch.outer(torch.arange(length).float(), 10000 ** (-torch.arange(0, head_width, 2).float() / head_width))
cosine, sine = torch.cat((angles, angles), -1).cos(), torch.cat((angles, angles), -1).sin()
mask = torch.full((length, length), float("-inf")).triu(1)


def rotate(x):
    half = torch.cat((-x[..., head_width // 2:], x[..., :head_width // 2]), -1)
    return x * cosine + half * sine


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Norm(), Norm()
        self.q, self.k, self.v, self.o = (linear(width, width) for _ in range(4))
        self.gate, self.up, self.down = linear(width, inner), linear(width, inner), linear(inner, width)

    def forward(self, x):
        h = self.first(x)
        q, k, v = (p(h).view(batch, length, heads, head_width).transpose(1, 2) for p in (self.q, self.k, self.v))
        scores = rotate(q) @ rotate(k).transpose(-1, -2) / head_width ** 0.5 + mask
        x = x + self.o((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, width))
        h = self.second(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, width)
        torch.nn.init.normal_(self.embedding.weight, std=0.02)
        self.blocks = torch.nn.ModuleList(Block() for _ in range(layers))
        self.norm = Norm()

    def forward(self, ids):
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.embedding.weight.T


model = Model()
optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
rates = []
for step in range(steps):
    ids = torch.randint(0, vocabulary, (batch, length + 1))
    start = time.perf_counter()
    loss = F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    if step >= 2:
        rates.append(batch * length / (time.perf_counter() - start))
rates.sort()
count = sum(p.numel() for p in model.parameters())
print(f"PyTorch {torch.__version__}, {count / 1e6:.1f}M parameters, batch {batch} x {length}: {rates[len(rates) // 2]:.0f} tokens/s (median of {len(rates)})")
