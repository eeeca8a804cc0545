#!/usr/bin/python3
"""The training step of Bonito.Benchmarks training in PyTorch (Debian's python3-torch), for comparison.

usage: train.py [7M|160M|160M-lora] [steps]
The same Llama shapes, optimiser and sizes; random tokens; the median tokens/s of the steps after the second. With -lora the
weights are frozen, and rank 16 adapters stand beside all linear layers but the head.
"""
import sys
import time

import torch
import torch.nn.functional as F

workload = sys.argv[1] if len(sys.argv) > 1 else "7M"
steps = int(sys.argv[2]) if len(sys.argv) > 2 else 8
shape, lora = workload.removesuffix("-lora"), workload.endswith("-lora")
# vocabulary, width, layers, heads, key/value heads, feed-forward width, tied embeddings; batch and length
vocabulary, width, layers, heads, groups, inner, tied, batch, length = {
    "7M": (8192, 256, 6, 4, 4, 672, True, 16, 256),
    "160M": (32000, 768, 12, 12, 4, 2048, False, 4, 256),
}[shape]
head_width, rank, alpha = width // heads, 16, 32
torch.manual_seed(1)


class Norm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(width), requires_grad=not lora)

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


class Linear(torch.nn.Module):
    def __init__(self, inputs, outputs, adapted=lora):
        super().__init__()
        self.weight = torch.nn.Parameter(0.02 * torch.randn(outputs, inputs), requires_grad=not lora)
        self.adapted = adapted
        if adapted:
            self.a = torch.nn.Parameter(torch.randn(rank, inputs) / inputs ** 0.5)
            self.b = torch.nn.Parameter(torch.zeros(outputs, rank))

    def forward(self, x):
        y = x @ self.weight.T
        return y + (x @ self.a.T) @ self.b.T * (alpha / rank) if self.adapted else y


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
        self.q, self.o = Linear(width, width), Linear(width, width)
        self.k, self.v = (Linear(width, groups * head_width) for _ in range(2))
        self.gate, self.up, self.down = Linear(width, inner), Linear(width, inner), Linear(inner, width)

    def forward(self, x):
        h = self.first(x)
        q, k, v = (p(h).view(batch, length, -1, head_width).transpose(1, 2) for p in (self.q, self.k, self.v))
        k, v = rotate(k).repeat_interleave(heads // groups, 1), v.repeat_interleave(heads // groups, 1)
        scores = rotate(q) @ k.transpose(-1, -2) / head_width ** 0.5 + mask
        x = x + self.o((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, width))
        h = self.second(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.embedding.weight.requires_grad_(not lora)
        torch.nn.init.normal_(self.embedding.weight, std=0.02)
        self.blocks = torch.nn.ModuleList(Block() for _ in range(layers))
        self.norm = Norm()
        self.head = None if tied else Linear(width, vocabulary, adapted=False)

    def forward(self, ids):
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return x @ self.embedding.weight.T if self.head is None else self.head(x)


model = Model()
trained = [p for p in model.parameters() if p.requires_grad]
optimiser = torch.optim.AdamW(trained, lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
rates = []
for step in range(steps):
    ids = torch.randint(0, vocabulary, (batch, length + 1))
    start = time.perf_counter()
    loss = F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimiser.step()
    if step >= 2:
        rates.append(batch * length / (time.perf_counter() - start))
rates.sort()
count = sum(p.numel() for p in model.parameters())
print(f"PyTorch {torch.__version__}, {workload}, {count / 1e6:.1f}M parameters, batch {batch} x {length}: {rates[len(rates) // 2]:.0f} tokens/s (median of {len(rates)})")
