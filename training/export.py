"""Writes a trained model as the files that the browser loads: ONNX in float32 and int8, and what transformers.js asks for.

    python3 training/export.py --checkpoint FILE --vocabulary FILE --out DIR
    python3 training/export.py --random SEED --config JSON_OR_FILE --vocabulary FILE --out DIR     (for tests)

The initializers of the ONNX files are the weights and nothing else, under names that a reader without ONNX Runtime can use: `embedding`, `blocks.{i}.norm1`, `.qkv`, `.taps`, `.out`, `.norm2`, `.up`, `.down`, `norm`.
Matrices are stored input x output (x @ W). In the int8 file a matrix NAME is int8 and has NAME.scale: one float for each
output column, for `embedding` one for each row. `metadata_props` holds the config as JSON under `reprise`.
The same weights give the same bytes.
"""
import argparse
import json
import os

import numpy as np

from onnx_graph import build_model, scale_axis, serialize
from transformers_files import check_words, transformers_files

CONFIG_KEYS = ['vocabulary', 'width', 'layers', 'heads', 'hidden', 'context', 'rotary', 'ropeBase', 'taps', 'epsilon']


def main():
    arguments = parse_arguments()
    if arguments.checkpoint:
        config, tensors = read_checkpoint(arguments.checkpoint)
    else:
        config = read_config(arguments.config)
        tensors = random_tensors(config, arguments.random)
    with open(arguments.vocabulary, encoding='utf-8') as file:
        words = json.load(file)
    for name, size in export(config, tensors, words, arguments.out).items():
        print(f'{size:>9,}  {name}')


def parse_arguments():
    parser = argparse.ArgumentParser(description='Writes the files of the embedded model.')
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument('--checkpoint', help='a checkpoint of training/train.py; its averaged weights are preferred')
    source.add_argument('--random', type=int, metavar='SEED', help='random weights instead, for tests')
    parser.add_argument('--config', help='with --random: the config as JSON or a file that holds it')
    parser.add_argument('--vocabulary', required=True, help='JSON array of all words in the order of their ids')
    parser.add_argument('--out', required=True, help='folder to write into')
    arguments = parser.parse_args()
    if arguments.random is not None and not arguments.config:
        parser.error('--random needs --config')
    return arguments


def export(config, tensors, words, out):
    """Writes all files into the folder `out`; returns their sizes in bytes by name."""
    config = tidy_config(config)
    check_words(words, config['vocabulary'])
    check_tensors(tensors, config)
    quantized = quantize(tensors)
    files = {
        'onnx/model.onnx': serialize(build_model(config, tensors)),
        'onnx/model_quantized.onnx': serialize(build_model(config, quantized)),
        **{name: to_json(value) for name, value in transformers_files(config, words).items()},
    }
    for name, data in files.items():
        path = os.path.join(out, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(data)
    return {name: len(data) for name, data in files.items()}


# ---- where the weights come from


def read_checkpoint(path):
    """The config and the weights of a checkpoint: their moving average where it has one. Names are the file's already."""
    import torch  # only here: everything else works without

    saved = torch.load(path, map_location='cpu')
    weights = saved.get('ema') or saved['weights']
    tensors = {name: value.detach().float().contiguous().numpy() for name, value in weights.items()}
    return saved['config'], tensors


def read_config(text):
    if not text.lstrip().startswith('{'):
        with open(text, encoding='utf-8') as file:
            text = file.read()
    return json.loads(text)


def tidy_config(config):
    """The config with its keys in one order, so that the same config has the same bytes."""
    missing = [key for key in CONFIG_KEYS if key not in config]
    if missing:
        raise ValueError(f'the config lacks {", ".join(missing)}')
    return {key: config[key] for key in CONFIG_KEYS}


def tensor_shapes(config):
    """Every weight's shape by its name in the file."""
    width, hidden = config['width'], config['hidden']
    shapes = {'embedding': (config['vocabulary'], width)}
    for i in range(config['layers']):
        shapes.update({
            f'blocks.{i}.norm1': (width,),
            f'blocks.{i}.qkv': (width, 3 * width),
            f'blocks.{i}.taps': (config['taps'], width),
            f'blocks.{i}.out': (width, width),
            f'blocks.{i}.norm2': (width,),
            f'blocks.{i}.up': (width, hidden),
            f'blocks.{i}.down': (hidden, width),
        })
    return {**shapes, 'norm': (width,)}


def random_tensors(config, seed):
    """Weights of a size at which every part of the graph moves the logits and no answer is the same word for ever."""
    random = np.random.RandomState(seed)
    tensors = {}
    for name, shape in tensor_shapes(config).items():
        kind = name.split('.')[-1]
        if kind in ('norm1', 'norm2', 'norm'):
            values = 1 + 0.2 * random.standard_normal(shape)
        elif kind == 'embedding':
            values = 0.4 * random.standard_normal(shape)
        elif kind == 'taps':
            values = 0.4 * random.standard_normal(shape)
        else:
            values = 1.2 * random.standard_normal(shape) / np.sqrt(shape[0])
        tensors[name] = values.astype(np.float32)
    return tensors


def check_tensors(tensors, config):
    shapes = tensor_shapes(config)
    if set(tensors) != set(shapes):
        raise ValueError(f'weights do not fit the config: {sorted(set(tensors) ^ set(shapes))}')
    for name, shape in shapes.items():
        if tensors[name].shape != shape or tensors[name].dtype != np.float32:
            raise ValueError(f'{name} is {tensors[name].dtype} {tensors[name].shape}; expected float32 {shape}')
        if not np.isfinite(tensors[name]).all():
            raise ValueError(f'{name} holds a number that is not finite')
    if config['width'] % config['heads'] or config['rotary'] % 2 or config['rotary'] > config['width'] // config['heads']:
        raise ValueError('width must be a multiple of heads, and rotary even and at most the width of a head')


# ---- int8


def is_matrix(name):
    return name.split('.')[-1] in ('embedding', 'qkv', 'out', 'up', 'down')


def quantize(tensors):
    """Matrices as int8 with their scales (symmetric, nearest); the rest as it is."""
    quantized = {}
    for name, weight in tensors.items():
        if not is_matrix(name):
            quantized[name] = weight
            continue
        scale = np.abs(weight).max(axis=1 - scale_axis(name), keepdims=True) / np.float32(127)
        scale[scale == 0] = 1
        quantized[name] = np.clip(np.rint(weight / scale), -127, 127).astype(np.int8)
        quantized[f'{name}.scale'] = scale.reshape(-1).astype(np.float32)
    return quantized


def to_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(',', ':')).encode()


if __name__ == '__main__':
    main()
