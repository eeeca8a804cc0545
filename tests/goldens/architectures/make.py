"""Writes one file for each architecture: a tiny model with random weights as PyTorch computes it.

The models are written here from the published formulas, in Hugging Face's layout and with the keys of its config.json, and share no
code with the engine. Everything runs in float64 on weights that are bfloat16 and float16 numbers at once (so that a model stored
in either type has the same logits), except that rotary frequencies and angles are rounded to float32, as transformers keeps them.
PyTorch differentiates by itself.

Each file holds, as float32:
  <parameter>              the weights, under their names in a checkpoint
  grad.<parameter>         gradients of the mean cross-entropy over the labelled tokens
  sequences                [3]: lengths of the three sequences
  ids, targets, mask       [M]: the sequences one after another, the id asked for after each token, and whether it counts (1, 0)
  logits                   [M, vocabulary]
  loss                     [1]
and the text of config.json as metadata.

Run: /usr/bin/python3 tests/goldens/architectures/make.py
"""

import json
import math
import pathlib
import struct

import torch

HERE = pathlib.Path(__file__).parent
LENGTHS = [100, 1, 20]

SIZES = {
    "vocab_size": 40, "hidden_size": 32, "intermediate_size": 40, "num_hidden_layers": 2, "num_attention_heads": 4,
    "max_position_embeddings": 128, "hidden_act": "silu", "tie_word_embeddings": False, "bos_token_id": 1, "eos_token_id": 2,
}
LLAMA = {**SIZES, "architectures": ["LlamaForCausalLM"], "model_type": "llama"}
MISTRAL = {**SIZES, "architectures": ["MistralForCausalLM"], "model_type": "mistral"}
QWEN2 = {**SIZES, "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2"}
QWEN3 = {**SIZES, "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3"}

CONFIGS = {
    # As Llama 2: every query head has its own keys, and nothing is said about them.
    "llama2": {**LLAMA, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "rope_scaling": None, "attention_bias": False},
    # As Llama 3.1: of the four pairs one is kept, one blended, two are divided.
    "llama3": {
        **LLAMA, "num_key_value_heads": 2, "rms_norm_eps": 1e-5, "rope_theta": 500000.0, "eos_token_id": [2, 5, 7],
        "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 256, "rope_type": "llama3"},
    },
    "llama-linear": {**LLAMA, "num_key_value_heads": 1, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "rope_scaling": {"type": "linear", "factor": 2.5}},
    "llama-biases": {**LLAMA, "num_key_value_heads": 2, "attention_bias": True, "mlp_bias": True},
    # As SmolLM2, in the spelling of transformers 5.
    "smollm2": {
        **LLAMA, "hidden_size": 24, "num_attention_heads": 3, "num_key_value_heads": 1, "rms_norm_eps": 1e-5, "tie_word_embeddings": True,
        "dtype": "bfloat16", "rope_parameters": {"rope_theta": 100000, "rope_type": "default"},
    },
    # As Mistral 7B v0.1 with its window, and with heads as in Mistral Nemo, narrower than the model's width says.
    "mistral": {**MISTRAL, "num_key_value_heads": 2, "head_dim": 6, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "sliding_window": 11},
    # As Qwen2.5 with its recipe for long texts.
    "qwen2": {
        **QWEN2, "num_key_value_heads": 2, "rms_norm_eps": 1e-6, "rope_theta": 1000000.0, "use_sliding_window": False, "sliding_window": 16, "max_window_layers": 1,
        "rope_scaling": {"factor": 4.0, "original_max_position_embeddings": 32, "type": "yarn"},
    },
    "qwen2-sliding": {
        **QWEN2, "num_hidden_layers": 3, "num_key_value_heads": 2, "rms_norm_eps": 1e-6, "rope_theta": 1000000.0,
        "use_sliding_window": True, "sliding_window": 17, "max_window_layers": 1, "rope_scaling": None,
    },
    "qwen3": {
        **QWEN3, "num_key_value_heads": 2, "head_dim": 12, "rms_norm_eps": 1e-6, "rope_theta": 1000000.0, "rope_scaling": None, "attention_bias": False,
        "tie_word_embeddings": True, "use_sliding_window": False, "sliding_window": None, "max_window_layers": 2,
    },
}


class Model:
    def __init__(self, config):
        self.config = config
        self.kind = config["model_type"]
        self.heads = config["num_attention_heads"]
        self.groups = config.get("num_key_value_heads") or self.heads
        self.width = config.get("head_dim") or config["hidden_size"] // self.heads
        self.eps = config.get("rms_norm_eps", 1e-6)
        self.frequencies, self.magnitude = self.rotary_frequencies()
        self.w = {}
        for name, shape in self.parameters():
            # Norms near 1, biases and matrices large enough that all of them matter and attention is far from uniform.
            values = 1 + 0.2 * torch.randn(shape) if name.endswith("norm.weight") else 0.3 * torch.randn(shape)
            stored = values.bfloat16().half().float()
            assert torch.equal(stored.bfloat16().float(), stored)
            self.w[name] = stored.double().requires_grad_()

    def parameters(self):
        """Names and shapes in the order of a checkpoint."""
        c = self.config
        width, inner = c["hidden_size"], c["intermediate_size"]
        queries, keys = self.heads * self.width, self.groups * self.width
        qkv_bias = self.kind == "qwen2" or c.get("attention_bias", False)
        o_bias = self.kind != "qwen2" and c.get("attention_bias", False)

        def linear(path, outputs, inputs, bias):
            yield path + ".weight", (outputs, inputs)
            if bias:
                yield path + ".bias", (outputs,)

        yield "model.embed_tokens.weight", (c["vocab_size"], width)
        for i in range(c["num_hidden_layers"]):
            path = f"model.layers.{i}."
            yield path + "input_layernorm.weight", (width,)
            yield from linear(path + "self_attn.q_proj", queries, width, qkv_bias)
            yield from linear(path + "self_attn.k_proj", keys, width, qkv_bias)
            yield from linear(path + "self_attn.v_proj", keys, width, qkv_bias)
            yield from linear(path + "self_attn.o_proj", width, queries, o_bias)
            if self.kind == "qwen3":
                yield path + "self_attn.q_norm.weight", (self.width,)
                yield path + "self_attn.k_norm.weight", (self.width,)
            yield path + "post_attention_layernorm.weight", (width,)
            yield from linear(path + "mlp.gate_proj", inner, width, c.get("mlp_bias", False))
            yield from linear(path + "mlp.up_proj", inner, width, c.get("mlp_bias", False))
            yield from linear(path + "mlp.down_proj", width, inner, c.get("mlp_bias", False))
        yield "model.norm.weight", (width,)
        if not c["tie_word_embeddings"]:
            yield "lm_head.weight", (c["vocab_size"], width)

    def rotary_frequencies(self):
        """Angles between neighbouring positions, and what turned queries and keys are multiplied by."""
        scaling = self.config.get("rope_parameters") or self.config.get("rope_scaling") or {}
        theta = scaling.get("rope_theta") or self.config.get("rope_theta", 10000.0)
        exponents = torch.arange(0, self.width, 2).double() / self.width
        plain = theta ** -exponents
        kind = scaling.get("rope_type") or scaling.get("type") or "default"
        if kind == "default":
            return plain, 1.0
        factor = scaling["factor"]
        if kind == "linear":
            return plain / factor, 1.0
        original = scaling["original_max_position_embeddings"]
        if kind == "llama3":
            # Long waves are divided, short ones kept, those between blended by how often they fit into the original window.
            low, high, wave = scaling["low_freq_factor"], scaling["high_freq_factor"], 2 * math.pi / plain
            smooth = (original / wave - low) / (high - low)
            scaled = torch.where(wave > original / low, plain / factor, plain)
            between = (wave <= original / low) & (wave >= original / high)
            return torch.where(between, (1 - smooth) * plain / factor + smooth * plain, scaled), 1.0
        assert kind == "yarn"

        def pair(turns):
            return self.width * math.log(original / (turns * 2 * math.pi)) / (2 * math.log(theta))

        low, high = max(math.floor(pair(scaling.get("beta_fast", 32))), 0), min(math.ceil(pair(scaling.get("beta_slow", 1))), self.width - 1)
        ramp = ((torch.arange(self.width // 2).double() - low) / (high - low)).clamp(0, 1)
        return plain / factor * ramp + plain * (1 - ramp), scaling.get("attention_factor", 0.1 * math.log(factor) + 1)

    def window(self, layer):
        c = self.config
        if self.kind == "mistral":
            return c.get("sliding_window")
        return c["sliding_window"] if c.get("use_sliding_window") and layer >= c["max_window_layers"] else None

    def norm(self, x, name):
        return self.w[name] * x / torch.sqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)

    def linear(self, x, path):
        y = x @ self.w[path + ".weight"].T
        return y + self.w[path + ".bias"] if path + ".bias" in self.w else y

    def turn(self, x):
        """x [heads, T, D]: x cos + rotate_half(x) sin, where rotate_half makes (a, b) of the two halves to (-b, a)."""
        angles = torch.outer(torch.arange(x.shape[1]).float(), self.frequencies.float()).double().repeat(1, 2)
        a, b = x.chunk(2, dim=-1)
        return (x * angles.cos() + torch.cat([-b, a], dim=-1) * angles.sin()) * self.magnitude

    def attention(self, x, path, window):
        length = x.shape[0]

        def split(name, count):
            return self.linear(x, path + name).view(length, count, self.width).transpose(0, 1)

        q, k, v = split("q_proj", self.heads), split("k_proj", self.groups), split("v_proj", self.groups)
        if self.kind == "qwen3":
            q, k = self.norm(q, path + "q_norm.weight"), self.norm(k, path + "k_norm.weight")
        q, k = self.turn(q), self.turn(k)
        k, v = (t.repeat_interleave(self.heads // self.groups, dim=0) for t in (k, v))
        scores = q @ k.transpose(1, 2) / self.width ** 0.5
        distance = torch.arange(length)[:, None] - torch.arange(length)[None, :]
        hidden = (distance < 0) | (distance >= (window or length))
        scores = scores.masked_fill(hidden, float("-inf"))
        return self.linear((scores.softmax(-1) @ v).transpose(0, 1).reshape(length, -1), path + "o_proj")

    def logits(self, ids):
        x = self.w["model.embed_tokens.weight"][ids]
        for i in range(self.config["num_hidden_layers"]):
            path = f"model.layers.{i}."
            x = x + self.attention(self.norm(x, path + "input_layernorm.weight"), path + "self_attn.", self.window(i))
            h = self.norm(x, path + "post_attention_layernorm.weight")
            inner = torch.nn.functional.silu(self.linear(h, path + "mlp.gate_proj")) * self.linear(h, path + "mlp.up_proj")
            x = x + self.linear(inner, path + "mlp.down_proj")
        head = self.w.get("lm_head.weight", self.w["model.embed_tokens.weight"])
        return self.norm(x, "model.norm.weight") @ head.T


def make(name, config):
    torch.manual_seed(11)
    model = Model(config)
    ids = [torch.randint(config["vocab_size"], (n,)) for n in LENGTHS]
    targets = torch.randint(config["vocab_size"], (sum(LENGTHS),))
    mask = (torch.rand(sum(LENGTHS)) < 0.7).double()
    rows = torch.cat([model.logits(sequence) for sequence in ids])
    loss = (torch.nn.functional.cross_entropy(rows, targets, reduction="none") * mask).sum() / mask.sum()
    loss.backward()
    tensors = {path: p.detach() for path, p in model.w.items()}
    tensors.update({"grad." + path: p.grad for path, p in model.w.items()})
    tensors.update({
        "sequences": torch.tensor(LENGTHS), "ids": torch.cat(ids), "targets": targets, "mask": mask,
        "logits": rows.detach(), "loss": loss.detach().reshape(1),
    })
    write(HERE / f"{name}.safetensors", tensors, {"config": json.dumps(config)})
    print(f"{name:14} loss {loss.item():.6f}, largest logit {rows.abs().max().item():.2f}")


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


for name, config in CONFIGS.items():
    make(name, config)
