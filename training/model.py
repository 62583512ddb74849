"""The embedded model: a causal transformer over packed sequences.

Per block: rms norm, attention with rotary positions and value taps, rms norm, squared ReLU. The
output shares the embedding. Matrices are stored input x output (x @ W) and parameters bear the names
of the exported file: `embedding`, `blocks.{i}.qkv`, ... `norm`. Everything works on the flat matrix
[tokens, width] of sequences laid behind one another; only attention knows their borders.
"""
import math

import torch
import torch.nn as nn

from attention import attend, rope_tables

DEFAULTS = {"width": 128, "layers": 4, "heads": 4, "hidden": 512, "context": 1536,
            "rotary": 16, "ropeBase": 10000, "taps": 3, "epsilon": 1e-5}


def complete(config):
    """The config with defaults filled in; names what is unknown or missing."""
    unknown = set(config) - set(DEFAULTS) - {"vocabulary"}
    if unknown or "vocabulary" not in config:
        raise ValueError(f"the config has unknown names {sorted(unknown)}" if unknown else "the config lacks 'vocabulary'")
    merged = {**DEFAULTS, **config}
    if merged["width"] % merged["heads"] or merged["rotary"] % 2 or merged["rotary"] > merged["width"] // merged["heads"]:
        raise ValueError("width must be a multiple of heads, rotary even and no wider than a head")
    return merged


class Model(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = complete(config)
        vocabulary, width = self.config["vocabulary"], self.config["width"]
        self.embedding = nn.Parameter(0.02 * torch.randn(vocabulary, width))
        self.blocks = nn.ModuleList([Block(self.config) for _ in range(self.config["layers"])])
        self.norm = nn.Parameter(torch.ones(width))
        self.rope = rope_tables(self.config)

    def to(self, device):
        self.rope = tuple(table.to(device) for table in self.rope)
        return super().to(device)

    def hidden(self, tokens, offsets):
        """[tokens, width] after the last norm, from token ids and offsets (int32) of sequences."""
        x = nn.functional.embedding(tokens, self.embedding)
        for block in self.blocks:
            x = block(x, self.rope, offsets)
        return rms(x, self.norm, self.config["epsilon"])

    def logits(self, hidden):
        return hidden @ self.embedding.t()

    def forward(self, batch):
        """Logits at the places before each trained token only: [len(batch.targets), vocabulary]."""
        return self.logits(self.hidden(batch.tokens, batch.offsets).index_select(0, batch.places))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        width, hidden = config["width"], config["hidden"]
        self.norm1 = nn.Parameter(torch.ones(width))
        self.qkv = matrix(width, 3 * width)
        self.taps = nn.Parameter(0.4 * torch.randn(config["taps"], width))
        self.out = matrix(width, width, 0.3)
        self.norm2 = nn.Parameter(torch.ones(width))
        self.up = matrix(width, hidden)
        self.down = matrix(hidden, width, 0.3)

    def forward(self, x, rope, offsets):
        epsilon = self.config["epsilon"]
        qkv = rms(x, self.norm1, epsilon) @ self.qkv
        x = x + attend(qkv, self.taps, rope, offsets, self.config) @ self.out
        return x + torch.relu(rms(x, self.norm2, epsilon) @ self.up).square() @ self.down


def matrix(inputs, outputs, gain=1.0):
    return nn.Parameter(torch.randn(inputs, outputs) * gain / math.sqrt(inputs))


def rms(x, weight, epsilon):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + epsilon) * weight
