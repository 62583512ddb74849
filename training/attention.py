"""Causal attention with rotary positions and value taps over packed sequences.

`attend(qkv, taps, rope, offsets, config)` takes qkv [tokens, 3 * width] and offsets (int32, sequence
s owns tokens offsets[s] .. offsets[s + 1]) and gives y [tokens, width]. On the CPU it runs the C
kernel beside this file, compiled at the first use into `.cache`; without a compiler, and on
a GPU, it runs as plain torch operations (`attend_plain`), which the tests hold against each other.
"""
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

HERE = Path(__file__).resolve().parent
FLAGS = ["-O3", "-march=native", "-mtune=native", "-ffast-math", "-shared", "-fPIC", "-lm"]
libraries = {}


def attend(qkv, taps, rope, offsets, config):
    head = config["width"] // config["heads"]
    if qkv.device.type == "cpu" and kernel(head) is not None:
        return Fused.apply(qkv, taps, rope[0], rope[1], offsets, config["heads"], config["rotary"])
    return attend_plain(qkv, taps, rope, offsets, config)


def rope_tables(config, device="cpu"):
    """Cosines and sines [context, rotary / 2] of position * ropeBase^(-i / (rotary / 2))."""
    half = config["rotary"] // 2
    speeds = float(config["ropeBase"]) ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.arange(config["context"], dtype=torch.float64)[:, None] * speeds
    return angles.cos().float().to(device), angles.sin().float().to(device)


def attend_plain(qkv, taps, rope, offsets, config):
    """The same as padded batches: right padding is never seen by a causal query."""
    heads, width, count = config["heads"], config["width"], taps.shape[0]
    lengths = (offsets[1:] - offsets[:-1]).long()
    longest = int(lengths.max())
    steps = torch.arange(longest, device=qkv.device)
    inside = steps[None, :] < lengths[:, None]
    padded = qkv.new_zeros(len(lengths), longest, 3 * width).masked_scatter(inside[:, :, None], qkv)
    q, k, v = padded.view(len(lengths), longest, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
    q, k = turn(q, rope, longest), turn(k, rope, longest)
    y = causal(q, k, v)
    before = F.pad(v, (0, 0, count, 0))
    for j in range(1, count + 1):
        y = y + before[:, :, count - j : count - j + longest] * taps[j - 1].view(heads, 1, -1)
    return y.transpose(1, 2).reshape(len(lengths), longest, width)[inside]


def turn(x, rope, length):
    half = rope[0].shape[1]
    cosine, sine = rope[0][:length], rope[1][:length]
    a, b, rest = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
    return torch.cat([a * cosine - b * sine, b * cosine + a * sine, rest], -1)


def causal(q, k, v):
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    later = torch.full((q.shape[2], q.shape[2]), float("-inf"), device=q.device).triu(1)
    return torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5 + later, -1) @ v


class Fused(torch.autograd.Function):
    @staticmethod
    def forward(ctx, qkv, taps, cosine, sine, offsets, heads, rotary):
        tokens, width = qkv.shape[0], qkv.shape[1] // 3
        qkv, taps = qkv.contiguous(), taps.contiguous()
        y, logs = qkv.new_empty(tokens, width), qkv.new_empty(heads, tokens)
        ctx.sizes = [len(offsets) - 1, heads, rotary, taps.shape[0]]
        ctx.head = width // heads
        call(kernel(ctx.head).attention_forward, qkv, taps, cosine, sine, offsets, *ctx.sizes, y, logs)
        ctx.save_for_backward(qkv, taps, cosine, sine, offsets, logs)
        return y

    @staticmethod
    def backward(ctx, dy):
        *inputs, logs = ctx.saved_tensors
        dqkv, dtaps = torch.empty_like(inputs[0]), torch.zeros_like(inputs[1])
        call(kernel(ctx.head).attention_backward, *inputs, *ctx.sizes, logs, dy.contiguous(), dqkv, dtaps)
        return dqkv, dtaps, None, None, None, None, None


def call(function, *arguments):
    """Tensors go as addresses (contiguous, float32 or int32), numbers as C longs."""
    function(*[ctypes.c_void_p(a.data_ptr()) if torch.is_tensor(a) else ctypes.c_long(a) for a in arguments])


def kernel(head):
    """The compiled library for this head width, or None (said once) where it cannot be had."""
    if head not in libraries:
        try:
            libraries[head] = ctypes.CDLL(str(compiled(head)))
        except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
            print(f"attention runs as plain torch operations, about ten times slower: {error}", file=sys.stderr, flush=True)
            libraries[head] = None
    return libraries[head]


def compiled(head):
    compiler = next((c for c in ("gcc", "cc") if shutil.which(c)), None)
    if compiler is None or head % 16:
        raise RuntimeError("no C compiler was found" if compiler is None else f"a head of {head} is no multiple of 16")
    source = (HERE / "attention.c").read_bytes()
    key = hashlib.sha256(source + repr((FLAGS, head, processor())).encode()).hexdigest()[:16]
    target = HERE / ".cache" / f"attention-{key}.so"
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        partial = target.with_suffix(f".{os.getpid()}.partial")
        subprocess.run([compiler, f"-DHEAD={head}", str(HERE / "attention.c"), "-o", str(partial), *FLAGS], check=True)
        partial.rename(target)
    return target


def processor():
    """What -march=native depends on, so that a cache moved to another machine is not used there."""
    try:
        return next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith(("flags", "Features")))
    except (OSError, StopIteration):
        return ""
