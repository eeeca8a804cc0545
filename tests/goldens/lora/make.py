"""Writes three adapters in PEFT's layout and what PyTorch computes with them beside a tiny LlamaForCausalLM.

Model and adapter are written here from the published formulas and share no code with the engine: beside a frozen weight W stand
A [r, inputs] and B [outputs, r], and the layer computes x W^T + s (x A^T) B^T with s = alpha / r, or alpha / sqrt(r) for rsLoRA.
Everything runs in float64 on weights that are float32 numbers, and PyTorch differentiates by itself.

  all/      every linear layer but the head, untied embeddings
  rslora/   queries and values alone, tied embeddings, scale alpha / sqrt(r)
  chosen/   some layers of the second block, by a regular expression; the adapter in BF16

Each folder is an adapter as PEFT's save_pretrained leaves it (adapter_config.json with its keys, adapter_model.safetensors with its
names, in its order), and golden.safetensors beside it holds, as float32:
  <parameter>              the weights of the model, under their names in a checkpoint
  grad.<tensor>            gradients of the mean loss over the labelled tokens by A and B, under their names in the adapter
  sequences, ids, targets, mask, logits, loss
and the configuration of the model as metadata.

Run: /usr/bin/python3 tests/goldens/lora/make.py
"""

import json
import pathlib
import re
import struct

import torch

HERE = pathlib.Path(__file__).parent

MODEL = {
    "vocab_size": 48, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
}
LENGTHS = [12, 1, 7]

ADAPTERS = {
    "all": {
        "tied": False, "dtype": "F32", "r": 4, "lora_alpha": 8, "use_rslora": False,
        "target_modules": ["up_proj", "q_proj", "down_proj", "gate_proj", "o_proj", "v_proj", "k_proj"],
    },
    "rslora": {"tied": True, "dtype": "F32", "r": 5, "lora_alpha": 3, "use_rslora": True, "target_modules": ["v_proj", "q_proj"]},
    "chosen": {
        "tied": False, "dtype": "BF16", "r": 3, "lora_alpha": 7, "use_rslora": False,
        "target_modules": r".*layers\.1\.(self_attn\.(q|k)_proj|mlp\.down_proj)",
    },
}

# What PEFT writes besides, with the values of an adapter that uses none of it.
OTHERS = {
    "alpha_pattern": {}, "auto_mapping": None, "base_model_name_or_path": "tiny", "bias": "none", "corda_config": None, "eva_config": None,
    "exclude_modules": None, "fan_in_fan_out": False, "inference_mode": True, "init_lora_weights": True, "layer_replication": None,
    "layers_pattern": None, "layers_to_transform": None, "loftq_config": {}, "lora_bias": False, "lora_dropout": 0.0,
    "megatron_config": None, "megatron_core": "megatron.core", "modules_to_save": None, "peft_type": "LORA", "qalora_group_size": 16,
    "rank_pattern": {}, "revision": None, "target_parameters": None, "task_type": "CAUSAL_LM", "trainable_token_indices": None,
    "use_dora": False, "use_qalora": False,
}


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


def is_target(targets, module):
    """A string is a regular expression for the whole path; a list holds paths or ends of paths."""
    if isinstance(targets, str):
        return re.fullmatch(targets, module) is not None
    return any(module == target or module.endswith("." + target) for target in targets)


class Model:
    def __init__(self, weights, adapter, config):
        self.weights, self.adapter = weights, adapter
        self.scale = config["lora_alpha"] / (config["r"] ** 0.5 if config["use_rslora"] else config["r"])

    def linear(self, x, module):
        y = x @ self.weights[module + ".weight"].T
        a = self.adapter.get(f"base_model.model.{module}.lora_A.weight")
        if a is not None:
            y = y + self.scale * (x @ a.T) @ self.adapter[f"base_model.model.{module}.lora_B.weight"].T
        return y

    def norm(self, x, name):
        return self.weights[name] * x / torch.sqrt(x.pow(2).mean(-1, keepdim=True) + MODEL["rms_norm_eps"])

    def attention(self, x, path):
        length, heads, groups = x.shape[0], MODEL["num_attention_heads"], MODEL["num_key_value_heads"]

        def split(name, count):
            return self.linear(x, path + name).view(length, count, -1).transpose(0, 1)

        q, k, v = rotary(split("q_proj", heads)), rotary(split("k_proj", groups)), split("v_proj", groups)
        k, v = (t.repeat_interleave(heads // groups, dim=0) for t in (k, v))
        scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
        scores = scores.masked_fill(torch.ones(length, length).triu(1).bool(), float("-inf"))
        return self.linear((scores.softmax(-1) @ v).transpose(0, 1).reshape(length, -1), path + "o_proj")

    def logits(self, ids):
        x = self.weights["model.embed_tokens.weight"][ids]
        for i in range(MODEL["num_hidden_layers"]):
            path = f"model.layers.{i}."
            x = x + self.attention(self.norm(x, path + "input_layernorm.weight"), path + "self_attn.")
            h = self.norm(x, path + "post_attention_layernorm.weight")
            inner = torch.nn.functional.silu(self.linear(h, path + "mlp.gate_proj")) * self.linear(h, path + "mlp.up_proj")
            x = x + self.linear(inner, path + "mlp.down_proj")
        head = self.weights.get("lm_head.weight", self.weights["model.embed_tokens.weight"])
        return self.norm(x, "model.norm.weight") @ head.T


def rotary(x):
    """x [heads, T, D]: x cos + rotate_half(x) sin, where rotate_half makes (a, b) of the two halves to (-b, a)."""
    positions, width = torch.arange(x.shape[1]).double(), x.shape[2]
    frequencies = MODEL["rope_theta"] ** -(torch.arange(0, width, 2).double() / width)
    angles = torch.outer(positions, frequencies).repeat(1, 2)
    a, b = x.chunk(2, dim=-1)
    return x * angles.cos() + torch.cat([-b, a], dim=-1) * angles.sin()


def make(name, config):
    torch.manual_seed(11)
    stored = torch.bfloat16 if config["dtype"] == "BF16" else torch.float32
    weights, adapter = {}, {}
    for path, shape in parameters(config["tied"]):
        # Norms near 1; matrices large enough that attention is far from uniform. Rounded to float32 before use.
        weights[path] = (1 + 0.2 * torch.randn(shape) if len(shape) == 1 else 0.3 * torch.randn(shape)).float().double()
    for path, shape in parameters(config["tied"]):
        module = path[: -len(".weight")]
        # As in PEFT: linear layers only, and "all-linear" or not, lists here name no embedding and no head.
        if len(shape) == 2 and is_target(config["target_modules"], module):
            for half, size in (("lora_A", (config["r"], shape[1])), ("lora_B", (shape[0], config["r"]))):
                adapter[f"base_model.model.{module}.{half}.weight"] = (0.3 * torch.randn(size)).to(stored).double().requires_grad_()
    ids = [torch.randint(MODEL["vocab_size"], (n,)) for n in LENGTHS]
    targets = torch.randint(MODEL["vocab_size"], (sum(LENGTHS),))
    mask = (torch.rand(sum(LENGTHS)) < 0.7).double()

    model = Model(weights, adapter, config)
    rows = torch.cat([model.logits(sequence) for sequence in ids])
    loss = (torch.nn.functional.cross_entropy(rows, targets, reduction="none") * mask).sum() / mask.sum()
    loss.backward()

    folder = HERE / name
    folder.mkdir(exist_ok=True)
    keys = {key: value for key, value in config.items() if key not in ("tied", "dtype")}
    (folder / "adapter_config.json").write_text(json.dumps({**OTHERS, **keys}, indent=2, sort_keys=True), encoding="utf-8")
    write(folder / "adapter_model.safetensors", {key: adapter[key].detach() for key in sorted(adapter)}, {"format": "pt"}, config["dtype"])
    golden = dict(weights)
    golden.update({"grad." + key: value.grad for key, value in adapter.items()})
    golden.update({"sequences": torch.tensor(LENGTHS), "ids": torch.cat(ids), "targets": targets, "mask": mask, "logits": rows.detach(), "loss": loss.detach().view(1)})
    write(folder / "golden.safetensors", golden, {key: str(value) for key, value in {**MODEL, "tie_word_embeddings": config["tied"]}.items()}, "F32")
    print(name, "tensors", len(adapter), "loss", round(loss.item(), 6))


def write(path, tensors, metadata, dtype):
    """The safetensors format by hand: 8 bytes of header length, the header as JSON, the values."""
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        raw = tensor.float().contiguous().numpy().tobytes()
        if dtype == "BF16":
            # The upper halves of numbers that are BF16 already.
            raw = b"".join(raw[i + 2 : i + 4] for i in range(0, len(raw), 4))
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


for name, config in ADAPTERS.items():
    make(name, config)
