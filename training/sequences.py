"""Training sequences: the generator's binary stream, probe files, and batches made of them.

Per sequence: uint16 n, n uint16 token ids, n uint8 weights, little-endian. A weight is that of
predicting its token from those before it; a first token cannot be predicted and counts as 0.
"""
import fcntl
import shlex
import subprocess
from dataclasses import dataclass

import numpy as np
import torch

SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ of Linux, not in Python's fcntl before 3.10


@dataclass
class Batch:
    """Sequences behind one another, and the places whose next token is trained."""
    tokens: torch.Tensor   # int64 [tokens]
    offsets: torch.Tensor  # int32 [sequences + 1]
    places: torch.Tensor   # int64, index of the token before each target
    targets: torch.Tensor  # int64, the token to predict at each place
    weights: torch.Tensor  # float32, at each place
    owners: torch.Tensor   # int64, the sequence of each place

    def to(self, device):
        return self if device == "cpu" else Batch(*[value.to(device) for value in vars(self).values()])


class Generator:
    """A generator process; `taken` counts the sequences read from it, from the start of its seed."""

    def __init__(self, command, seed, skip, config):
        self.command = [*shlex.split(command), "--seed", str(seed), "--skip", str(skip)]
        self.taken, self.config = skip, config
        # A session of its own: Ctrl-C must reach the trainer, not break a batch off.
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, bufsize=1 << 20, start_new_session=True)
        try:
            fcntl.fcntl(self.process.stdout, SET_PIPE_SIZE, 1 << 20)
        except OSError:
            pass  # a smaller pipe only means less prepared ahead

    def batch(self, tokens):
        """Whole sequences until there are at least `tokens`; none is split or carried over."""
        sequences, total = [], 0
        while total < tokens:
            sequence = read_sequence(self.process.stdout)
            if sequence is None:
                raise EOFError(f"the generator ended after {self.taken} sequences (exit code {self.process.wait()}): {self.command}")
            sequences.append(sequence)
            self.taken += 1
            total += len(sequence[0])
        return pack(sequences, self.config)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def read_sequence(stream):
    """(ids, weights) of the next sequence, or None at the end of the stream."""
    head = stream.read(2)
    if not head:
        return None
    count = int.from_bytes(head, "little")
    body = stream.read(3 * count) if len(head) == 2 else b""
    if not body or len(body) < 3 * count:
        raise EOFError(f"the stream ended inside a sequence of {count} tokens")
    return np.frombuffer(body, "<u2", count), np.frombuffer(body, np.uint8, count, 2 * count)


def write_sequence(stream, ids, weights):
    stream.write(len(ids).to_bytes(2, "little") + np.asarray(ids, "<u2").tobytes() + np.asarray(weights, np.uint8).tobytes())


def read_file(path):
    with open(path, "rb") as stream:
        return list(iter(lambda: read_sequence(stream), None))


def pack(sequences, config):
    lengths = np.array([len(ids) for ids, _ in sequences])
    tokens = np.concatenate([ids for ids, _ in sequences]).astype(np.int64)
    if lengths.max() > config["context"] or tokens.max() >= config["vocabulary"]:
        raise ValueError(f"a sequence of {lengths.max()} tokens or a token id of {tokens.max()} does not fit "
                         f"a context of {config['context']} and a vocabulary of {config['vocabulary']}")
    offsets = np.concatenate([[0], lengths.cumsum()])
    weights = np.concatenate([weights for _, weights in sequences]).astype(np.float32)
    weights[offsets[:-1]] = 0
    targets = weights.nonzero()[0]
    owners = np.repeat(np.arange(len(sequences)), lengths)[targets]
    parts = [tokens, offsets.astype(np.int32), targets - 1, tokens[targets], weights[targets], owners]
    return Batch(*map(torch.from_numpy, parts))


def batches(sequences, tokens, config):
    """A finite list of sequences as batches of about `tokens`."""
    group, total = [], 0
    for sequence in sequences:
        group.append(sequence)
        total += len(sequence[0])
        if total >= tokens:
            yield pack(group, config)
            group, total = [], 0
    if group:
        yield pack(group, config)
