"""What the exported files must answer, computed again in plain numpy from the weights in them and from nothing else.

    python3 training/reference.py --model DIR --prompts FILE --out FILE
    python3 training/reference.py --model DIR --random COUNT [--seed SEED] --out FILE     (for tests)

DIR is what training/export.py wrote; the prompts are a JSON array of arrays of token ids, `<bos>` included, or of objects
with `ids`, whose other fields are kept. Written is `[{ ids, output, logits }]`: the greedy answer of the int8 file, up to
24 tokens or its `;` (which is in it), and the first 8 logits of its first step. Runtimes add in different orders, so prompts
at which two tokens are all but equal are left out. Printed is how many answers and first tokens are the same with the
float32 file.
"""
import argparse
import json
import os

import numpy as np
import onnx
from onnx import numpy_helper

LONGEST_ANSWER = 24
LOGITS = 8
# Nearer than this, the likeliest two tokens may change places from one runtime to the next.
TIE = 2e-3


def main():
    arguments = parse_arguments()
    quantized = open_file(os.path.join(arguments.model, 'onnx/model_quantized.onnx'))
    full = open_file(os.path.join(arguments.model, 'onnx/model.onnx'))
    end = end_token(arguments.model)
    prompts = read_prompts(arguments, quantized.config)
    answers = [greedy(quantized, prompt['ids'], end) for prompt in prompts]
    print_agreement(answers, [greedy(full, prompt['ids'], end) for prompt in prompts])
    references = [
        {**prompt, 'output': answer['output'], 'logits': answer['logits']}
        for prompt, answer in zip(prompts, answers)
        if answer['margin'] >= TIE
    ]
    with open(arguments.out, 'w', encoding='utf-8') as file:
        rows = ',\n'.join(json.dumps(reference, separators=(',', ':')) for reference in references)
        file.write(f'[\n{rows}\n]\n')
    print(f'{len(references)} references written; {len(prompts) - len(references)} left out as too near a tie')


def parse_arguments():
    parser = argparse.ArgumentParser(description='Computes what the exported model must answer.')
    parser.add_argument('--model', required=True, help='folder that training/export.py wrote')
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument('--prompts', help='JSON array of arrays of token ids')
    source.add_argument('--random', type=int, metavar='COUNT', help='so many random prompts instead')
    parser.add_argument('--seed', type=int, default=0, help='seed of the random prompts')
    parser.add_argument('--out', required=True, help='JSON file to write')
    return parser.parse_args()


def end_token(folder):
    with open(os.path.join(folder, 'config.json'), encoding='utf-8') as file:
        return json.load(file)['eos_token_id']


def read_prompts(arguments, config):
    if arguments.prompts:
        with open(arguments.prompts, encoding='utf-8') as file:
            prompts = json.load(file)
    else:
        prompts = random_prompts(config, arguments.random, arguments.seed)
    prompts = [prompt if isinstance(prompt, dict) else {'ids': prompt} for prompt in prompts]
    for ids in (prompt['ids'] for prompt in prompts):
        if not ids or len(ids) + LONGEST_ANSWER > config['context'] or not all(0 <= token < config['vocabulary'] for token in ids):
            raise ValueError(f'a prompt of {len(ids)} tokens is empty, too long or has unknown tokens: {ids[:8]}')
    return prompts


def random_prompts(config, count, seed):
    """Prompts of one token, of a few and of some hundred, `<bos>` first."""
    random = np.random.RandomState(seed)
    lengths = [(1, 2, 3, 5, 12, 60, 250)[i % 7] for i in range(count)]
    return [[2, *random.randint(3, config['vocabulary'], length - 1).tolist()] for length in lengths]


def print_agreement(answers, others):
    same = sum(a['output'] == b['output'] for a, b in zip(answers, others))
    first = sum(a['output'][0] == b['output'][0] for a, b in zip(answers, others))
    apart = max(np.abs(a['first'] - b['first']).max() for a, b in zip(answers, others))
    print(f'int8 and float32: {same} of {len(answers)} answers and {first} first tokens the same, first logits at most {apart:.3f} apart')


# ---- the model, from its file


class Weights:
    """The config and the float32 weights of a file, by name."""

    def __init__(self, config, tensors):
        self.config = config
        self.tensors = tensors

    def block(self, i, kind):
        return self.tensors[f'blocks.{i}.{kind}']


def open_file(path):
    model = onnx.load(path)
    config = json.loads({entry.key: entry.value for entry in model.metadata_props}['reprise'])
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    tensors = {}
    for name, values in stored.items():
        if name.endswith('.scale'):
            continue
        scale = stored.get(f'{name}.scale')
        if scale is not None:
            values = values.astype(np.float32) * (scale[:, None] if name == 'embedding' else scale[None, :])
        tensors[name] = values.astype(np.float32)
    return Weights(config, tensors)


def greedy(weights, ids, end):
    """`output`: the tokens of the likeliest answer; `margin`: by how much the likeliest token led where it led least."""
    values, cache = forward(weights, ids)
    first = values[-1]
    output, margin, logits = [], np.inf, first
    while True:
        second, best = np.sort(logits)[-2:]
        margin = min(margin, float(best - second))
        output.append(int(logits.argmax()))
        if output[-1] == end or len(output) == LONGEST_ANSWER:
            rounded = [round(float(value), 4) for value in first[:LOGITS]]
            return {'output': output, 'margin': margin, 'first': first, 'logits': rounded}
        values, cache = forward(weights, output[-1:], cache)
        logits = values[-1]


def forward(weights, ids, cache=None):
    """Logits after each of `ids` [length, vocabulary], and the keys and values of all tokens so far by block."""
    config, embedding = weights.config, weights.tensors['embedding']
    past = 0 if cache is None else len(cache[0][0])
    positions = np.arange(past, past + len(ids))
    x = embedding[np.asarray(ids)]
    kept = []
    for i in range(config['layers']):
        change, keys, values = attend(weights, i, x, positions, cache[i] if cache else None)
        x = x + change
        hidden = np.maximum(normalize(x, weights.block(i, 'norm2'), config) @ weights.block(i, 'up'), 0)
        x = x + (hidden * hidden) @ weights.block(i, 'down')
        kept.append((keys, values))
    return normalize(x, weights.tensors['norm'], config) @ embedding.T, kept


def attend(weights, i, x, positions, past):
    """Attention and taps of one block; also its keys and values [tokens, heads, head width], those of the past first."""
    config = weights.config
    width, heads = config['width'], config['heads']
    qkv = normalize(x, weights.block(i, 'norm1'), config) @ weights.block(i, 'qkv')
    q, k, v = (qkv[:, part * width : (part + 1) * width].reshape(len(x), heads, -1) for part in range(3))
    q, k = rotate(q, positions, config), rotate(k, positions, config)
    if past:
        k, v = np.concatenate([past[0], k]), np.concatenate([past[1], v])
    score = np.einsum('qhd,khd->hqk', q, k) / np.float32(np.sqrt(width // heads))
    score = np.where(np.arange(len(k))[None, :] <= positions[:, None], score, np.float32(-np.inf))
    share = np.exp(score - score.max(axis=-1, keepdims=True))
    share /= share.sum(axis=-1, keepdims=True)
    y = np.einsum('hqk,khd->qhd', share, v).reshape(len(x), width)
    flat = v.reshape(len(v), width)
    for j, tap in enumerate(weights.block(i, 'taps'), start=1):
        for row, position in enumerate(positions):
            if position >= j:
                y[row] += tap * flat[position - j]
    return y @ weights.block(i, 'out'), k, v


def normalize(x, weight, config):
    return x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + np.float32(config['epsilon'])) * weight


def rotate(x, positions, config):
    half = config['rotary'] // 2
    angle = positions[:, None] * config['ropeBase'] ** (-np.arange(half) / half)
    cos, sin = (part.astype(np.float32)[:, None, :] for part in (np.cos(angle), np.sin(angle)))
    a, b, rest = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
    return np.concatenate([a * cos - b * sin, b * cos + a * sin, rest], axis=-1)


if __name__ == '__main__':
    main()
