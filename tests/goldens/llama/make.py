"""Writes tied.safetensors and untied.safetensors: a tiny LlamaForCausalLM as PyTorch computes it.

The model is written here from the published formulas, in Hugging Face's layout (rotary halves, checkpoint names), and shares no
code with the engine. Everything runs in float64 on weights that are float32 numbers, so that what is stored is the true value
rounded once and the whole difference to the engine is the engine's own float32 rounding. PyTorch differentiates by itself and
its own AdamW and gradient clipping take the ten steps.

Each file holds, as float32 (ids and labels too, which are small integers):
  <parameter>              the weights, under their names in a checkpoint
  grad.<parameter>         gradients of the mean loss over the labelled tokens
  sequences                [3]: lengths of the three sequences
  ids, targets, mask       [M]: the sequences one after another, the id asked for after each token, and whether it counts (1, 0)
  logits                   [M, vocabulary]
  losses, norms            [10]: loss and gradient norm before each of ten AdamW steps
and the configuration of model and optimiser as metadata.

Run: /usr/bin/python3 tests/goldens/llama/make.py
"""

import json
import pathlib
import struct

import torch

HERE = pathlib.Path(__file__).parent

MODEL = {
    "vocab_size": 48, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
}
OPTIMISER = {
    "learning_rate": 1e-2, "warmup_steps": 3, "max_steps": 10, "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8,
    "weight_decay": 0.1, "max_gradient_norm": 0.5,
}
LENGTHS = [12, 1, 7]


def parameters(tied):
    """Names and shapes in the order of a checkpoint."""
    width, inner = MODEL["hidden_size"], MODEL["intermediate_size"]
    keys = width // MODEL["num_attention_heads"] * MODEL["num_key_value_heads"]
    yield "model.embed_tokens.weight", (MODEL["vocab_size"], width)
    for i in range(MODEL["num_hidden_layers"]):
        path = f"model.layers.{i}."
        yield path + "input_layernorm.weight", (width,)
        yield path + "self_attn.q_proj.weight", (width, width)
        yield path + "self_attn.k_proj.weight", (keys, width)
        yield path + "self_attn.v_proj.weight", (keys, width)
        yield path + "self_attn.o_proj.weight", (width, width)
        yield path + "post_attention_layernorm.weight", (width,)
        yield path + "mlp.gate_proj.weight", (inner, width)
        yield path + "mlp.up_proj.weight", (inner, width)
        yield path + "mlp.down_proj.weight", (width, inner)
    yield "model.norm.weight", (width,)
    if not tied:
        yield "lm_head.weight", (MODEL["vocab_size"], width)


def rms_norm(x, weight):
    return weight * x / torch.sqrt(x.pow(2).mean(-1, keepdim=True) + MODEL["rms_norm_eps"])


def rotary(x):
    """x [heads, T, D]: x cos + rotate_half(x) sin, where rotate_half makes (a, b) of the two halves to (-b, a)."""
    positions, width = torch.arange(x.shape[1]).double(), x.shape[2]
    frequencies = MODEL["rope_theta"] ** -(torch.arange(0, width, 2).double() / width)
    angles = torch.outer(positions, frequencies).repeat(1, 2)
    a, b = x.chunk(2, dim=-1)
    return x * angles.cos() + torch.cat([-b, a], dim=-1) * angles.sin()


def attention(x, w, path):
    length, heads, groups = x.shape[0], MODEL["num_attention_heads"], MODEL["num_key_value_heads"]

    def split(name, count):
        return (x @ w[path + name].T).view(length, count, -1).transpose(0, 1)

    q, k, v = rotary(split("q_proj.weight", heads)), rotary(split("k_proj.weight", groups)), split("v_proj.weight", groups)
    k, v = (t.repeat_interleave(heads // groups, dim=0) for t in (k, v))
    scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
    scores = scores.masked_fill(torch.ones(length, length).triu(1).bool(), float("-inf"))
    return (scores.softmax(-1) @ v).transpose(0, 1).reshape(length, -1) @ w[path + "o_proj.weight"].T


def logits(w, ids):
    x = w["model.embed_tokens.weight"][ids]
    for i in range(MODEL["num_hidden_layers"]):
        path = f"model.layers.{i}."
        x = x + attention(rms_norm(x, w[path + "input_layernorm.weight"]), w, path + "self_attn.")
        h = rms_norm(x, w[path + "post_attention_layernorm.weight"])
        inner = torch.nn.functional.silu(h @ w[path + "mlp.gate_proj.weight"].T) * (h @ w[path + "mlp.up_proj.weight"].T)
        x = x + inner @ w[path + "mlp.down_proj.weight"].T
    head = w.get("lm_head.weight", w["model.embed_tokens.weight"])
    return rms_norm(x, w["model.norm.weight"]) @ head.T


def learning_rate(step):
    """Linear warm-up, then linearly down: zero would be that of the step after the last."""
    peak, warmup, last = OPTIMISER["learning_rate"], OPTIMISER["warmup_steps"], OPTIMISER["max_steps"]
    return peak * step / warmup if step <= warmup else peak * (last - step + 1) / (last - warmup)


def make(tied):
    torch.manual_seed(7)
    w = {}
    for name, shape in parameters(tied):
        # Norms near 1; matrices large enough that attention is far from uniform. Rounded to float32 before use.
        values = 1 + 0.2 * torch.randn(shape) if len(shape) == 1 else 0.3 * torch.randn(shape)
        w[name] = values.float().double().requires_grad_()
    ids = [torch.randint(MODEL["vocab_size"], (n,)) for n in LENGTHS]
    targets = torch.randint(MODEL["vocab_size"], (sum(LENGTHS),))
    mask = (torch.rand(sum(LENGTHS)) < 0.7).double()

    def forward():
        rows = torch.cat([logits(w, sequence) for sequence in ids])
        losses = torch.nn.functional.cross_entropy(rows, targets, reduction="none")
        return rows, (losses * mask).sum() / mask.sum()

    rows, loss = forward()
    loss.backward()
    tensors = {name: p.detach().clone() for name, p in w.items()}
    tensors.update({"grad." + name: p.grad.clone() for name, p in w.items()})
    tensors.update({"sequences": torch.tensor(LENGTHS), "ids": torch.cat(ids), "targets": targets, "mask": mask, "logits": rows.detach()})

    matrices, vectors = [p for p in w.values() if p.dim() > 1], [p for p in w.values() if p.dim() == 1]
    optimiser = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": OPTIMISER["weight_decay"]}, {"params": vectors, "weight_decay": 0.0}],
        betas=(OPTIMISER["beta1"], OPTIMISER["beta2"]), eps=OPTIMISER["epsilon"])
    losses, norms = [], []
    for step in range(1, OPTIMISER["max_steps"] + 1):
        optimiser.zero_grad()
        _, loss = forward()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(w.values(), OPTIMISER["max_gradient_norm"]))
        losses.append(loss.detach())
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step)
        optimiser.step()
    tensors.update({"losses": torch.stack(losses), "norms": torch.stack(norms)})

    metadata = {name: str(value) for name, value in {**MODEL, "tie_word_embeddings": tied, **OPTIMISER}.items()}
    write(HERE / ("tied.safetensors" if tied else "untied.safetensors"), tensors, metadata)
    print("tied  " if tied else "untied", "losses", [round(x.item(), 6) for x in losses], "norms", [round(x.item(), 3) for x in norms])


def write(path, tensors, metadata):
    """The safetensors format by hand: 8 bytes of header length, the header as JSON, the values."""
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        raw = tensor.float().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


make(tied=True)
make(tied=False)
