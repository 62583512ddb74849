"""Writes a trained model as the files that the browser loads: ONNX in float32 and int8, and what transformers.js asks for.

    python3 training/export.py --checkpoint FILE --vocabulary FILE --out DIR
    python3 training/export.py --random SEED --config JSON_OR_FILE --vocabulary FILE --out DIR     (for tests)

The graph is built node by node, so that the initializers are the weights and nothing else, under names that a reader
without ONNX Runtime can use: `embedding`, `blocks.{i}.norm1`, `.qkv`, `.taps`, `.out`, `.norm2`, `.up`, `.down`, `norm`.
Matrices are stored input x output (x @ W). In the int8 file a matrix NAME is int8 and has NAME.scale: one float for each
output column, for `embedding` one for each row. `metadata_props` holds the config as JSON under `reprise`.
The same weights give the same bytes.
"""
import argparse
import json
import os
import re

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION = 14, 8
CONFIG_KEYS = ['vocabulary', 'width', 'layers', 'heads', 'hidden', 'context', 'rotary', 'ropeBase', 'taps', 'epsilon']
SPECIAL = ['<pad>', '<unk>', '<bos>']
PAD, UNK, BOS = range(3)
END = ';'
# One match is one token, whether known or not; src/embedded/vocabulary.ts has the same pattern.
WORD = r'[a-z0-9]+:?|[^\sa-z0-9]'


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
    check_words(words, config)
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
    return tidy_config(saved['config']), tensors


def read_config(text):
    if not text.lstrip().startswith('{'):
        with open(text, encoding='utf-8') as file:
            text = file.read()
    return tidy_config(json.loads(text))


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


def scale_axis(name):
    """The axis that has one scale for each of its entries."""
    return 0 if name == 'embedding' else 1


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


# ---- the graph


class Graph:
    """Collects nodes. Every value that is no weight is named by its role, so that a viewer shows what the graph does."""

    def __init__(self):
        self.nodes = []
        self.names = set()

    def add(self, op, inputs, output, count=1, **attributes):
        """Adds a node; returns the name of its output, or the list of them."""
        outputs = [output] if count == 1 else [f'{output}.{i}' for i in range(count)]
        repeated = self.names.intersection(outputs)
        if repeated:
            raise ValueError(f'{repeated} twice in the graph')
        self.names.update(outputs)
        self.nodes.append(helper.make_node(op, inputs, outputs, name=f'{output}/{op}', **attributes))
        return outputs[0] if count == 1 else outputs

    def constant(self, value, dtype=np.int64):
        """A constant, made once for each value."""
        array = np.asarray(value, dtype)
        name = f'constant/{array.dtype}/{array.shape}/{array.tobytes().hex()[:48]}'
        if name not in self.names:
            self.names.add(name)
            tensor = numpy_helper.from_array(little_endian(array), name)
            self.nodes.append(helper.make_node('Constant', [], [name], name=f'{name}/Constant', value=tensor))
        return name

    def number(self, value):
        return self.constant(value, np.float32)

    def slice(self, data, start, end, axis, output):
        """`start` and `end` are numbers or names of int64 values of shape [1]."""
        ends = [at if isinstance(at, str) else self.constant([at]) for at in (start, end)]
        return self.add('Slice', [data, *ends, self.constant([axis])], output)


def build_model(config, tensors):
    graph = Graph()
    weights = dequantized(graph, tensors)
    shared = add_shared(graph, config)
    x = graph.add('Gather', [weights['embedding'], 'input_ids'], 'embedded')
    for i in range(config['layers']):
        x = add_block(graph, config, weights, shared, x, i)
    last = add_norm(graph, config, x, weights['norm'], 'final')
    transposed = graph.add('Transpose', [weights['embedding']], 'embedding/transposed', perm=[1, 0])
    graph.add('MatMul', [last, transposed], 'logits')
    initializers = [numpy_helper.from_array(little_endian(value), name) for name, value in tensors.items()]
    made = helper.make_graph(graph.nodes, 'reprise', model_inputs(config), model_outputs(config), initializers)
    model = helper.make_model(made, producer_name='reprise', opset_imports=[helper.make_opsetid('', OPSET)])
    model.ir_version = IR_VERSION
    helper.set_model_props(model, {'reprise': to_json(tidy_config(config)).decode()})
    onnx.checker.check_model(model, full_check=True)
    return model


def dequantized(graph, tensors):
    """The name under which the graph reads each weight as float32."""
    names = {}
    for name in tensors:
        if name.endswith('.scale'):
            continue
        names[name] = name
        if f'{name}.scale' in tensors:
            inputs = [name, f'{name}.scale']
            names[name] = graph.add('DequantizeLinear', inputs, f'{name}/float', axis=scale_axis(name))
    return names


def add_shared(graph, config):
    """What all blocks use: the cosines and sines of the positions, which keys are seen, and which values the taps may read."""
    mask, half = 'attention_mask', config['rotary'] // 2
    length = graph.slice(graph.add('Shape', ['input_ids'], 'ids/shape'), 1, 2, 0, 'length')  # [1], new tokens
    total = graph.slice(graph.add('Shape', [mask], 'mask/shape'), 1, 2, 0, 'total')  # [1], with those of the cache
    tail = graph.add('Neg', [length], 'tail')

    # A token's position is the number of real tokens before it.
    counted = graph.add('CumSum', [mask, graph.constant(1)], 'counted')
    position = graph.add('Max', [graph.add('Sub', [counted, graph.constant(1)], 'counted/before'), graph.constant(0)], 'position')
    position = graph.slice(position, tail, END_OF_AXIS, 1, 'position/new')
    position = graph.add('Cast', [position], 'position/float', to=TensorProto.FLOAT)
    position = graph.add('Unsqueeze', [position, graph.constant([1, 3])], 'position/column')  # [batch, 1, length, 1]
    frequencies = config['ropeBase'] ** (-np.arange(half, dtype=np.float64) / half)
    angle = graph.add('Mul', [position, graph.number(frequencies)], 'angle')  # [batch, 1, length, half]

    key = graph.add('Range', [graph.constant(0), graph.add('Squeeze', [total], 'total/number'), graph.constant(1)], 'key')
    query = graph.slice(key, tail, END_OF_AXIS, 0, 'query')
    query = graph.add('Unsqueeze', [query, graph.constant([1])], 'query/column')
    past = graph.add('LessOrEqual', [key, query], 'past')  # [length, total]
    real = graph.add('Cast', [mask], 'real', to=TensorProto.BOOL)
    real = graph.add('Unsqueeze', [real, graph.constant([1, 2])], 'real/row')  # [batch, 1, 1, total]
    seen = graph.add('And', [past, real], 'seen')

    reach = graph.add('Sub', [tail, graph.constant([config['taps']])], 'reach')
    kept = graph.slice(mask, reach, END_OF_AXIS, 1, 'kept')
    kept = graph.add('Cast', [kept], 'kept/float', to=TensorProto.FLOAT)
    return {
        'cos': graph.add('Cos', [angle], 'cos'),
        'sin': graph.add('Sin', [angle], 'sin'),
        'bias': graph.add('Where', [seen, graph.number(0), graph.number(-1e9)], 'bias'),  # [batch, 1, length, total]
        'tail': tail,
        'reach': reach,
        'kept': graph.add('Unsqueeze', [kept, graph.constant([1, 3])], 'kept/column'),
    }


END_OF_AXIS = np.iinfo(np.int64).max


def add_block(graph, config, weights, shared, x, i):
    weight = lambda kind: weights[f'blocks.{i}.{kind}']
    name = lambda what: f'block{i}/{what}'
    heads, width = config['heads'], config['width']
    head_width = width // heads

    h = add_norm(graph, config, x, weight('norm1'), name('norm1'))
    qkv = graph.add('MatMul', [h, weight('qkv')], name('qkv'))
    qkv = graph.add('Reshape', [qkv, graph.constant([0, 0, 3 * heads, head_width])], name('qkv/heads'))
    qkv = graph.add('Transpose', [qkv], name('qkv/turned'), perm=[0, 2, 1, 3])  # [batch, 3 * heads, length, head width]
    qk, v = graph.add('Split', [qkv, graph.constant([2 * heads, heads])], name('split'), count=2, axis=1)
    q, k = graph.add('Split', [add_rotation(graph, config, shared, qk, name)], name('rotated/split'), count=2, axis=1)
    k = graph.add('Concat', [f'past_key_values.{i}.key', k], f'present.{i}.key', axis=2)
    v = graph.add('Concat', [f'past_key_values.{i}.value', v], f'present.{i}.value', axis=2)

    q = graph.add('Mul', [q, graph.number(1 / np.sqrt(head_width))], name('q/scaled'))
    score = graph.add('MatMul', [q, graph.add('Transpose', [k], name('k/turned'), perm=[0, 1, 3, 2])], name('score'))
    score = graph.add('Softmax', [graph.add('Add', [score, shared['bias']], name('score/seen'))], name('share'), axis=-1)
    y = graph.add('MatMul', [score, v], name('attended'))
    y = add_taps(graph, config, shared, y, v, weight('taps'), name)
    y = graph.add('Transpose', [y], name('y/turned'), perm=[0, 2, 1, 3])
    y = graph.add('Reshape', [y, graph.constant([0, 0, width])], name('y/joined'))
    x = graph.add('Add', [x, graph.add('MatMul', [y, weight('out')], name('out'))], name('x/attended'))

    h = add_norm(graph, config, x, weight('norm2'), name('norm2'))
    h = graph.add('Relu', [graph.add('MatMul', [h, weight('up')], name('up'))], name('relu'))
    h = graph.add('MatMul', [graph.add('Mul', [h, h], name('relu/squared')), weight('down')], name('down'))
    return graph.add('Add', [x, h], name('x'))


def add_norm(graph, config, x, weight, name):
    """x / sqrt(mean(x^2) + epsilon) * weight, in the nodes that ONNX Runtime joins into one."""
    square = graph.add('Pow', [x, graph.number(2)], f'{name}/square')
    mean = graph.add('ReduceMean', [square], f'{name}/mean', axes=[-1], keepdims=1)
    root = graph.add('Sqrt', [graph.add('Add', [mean, graph.number(config['epsilon'])], f'{name}/shifted')], f'{name}/root')
    return graph.add('Mul', [graph.add('Div', [x, root], f'{name}/divided'), weight], name)


def add_rotation(graph, config, shared, qk, name):
    """Turns the pairs (i, i + half) of each head by the token's angle."""
    half = config['rotary'] // 2
    rest = config['width'] // config['heads'] - config['rotary']
    sizes = [half, half, rest] if rest else [half, half]
    parts = graph.add('Split', [qk, graph.constant(sizes)], name('pairs'), count=len(sizes), axis=3)
    a, b = parts[:2]
    times = lambda left, right, what: graph.add('Mul', [left, shared[right]], name(what))
    first = graph.add('Sub', [times(a, 'cos', 'a*cos'), times(b, 'sin', 'b*sin')], name('first'))
    second = graph.add('Add', [times(b, 'cos', 'b*cos'), times(a, 'sin', 'a*sin')], name('second'))
    return graph.add('Concat', [first, second, *parts[2:]], name('rotated'), axis=3)


def add_taps(graph, config, shared, y, v, taps, name):
    """Adds tap_j * v of the token j before, for j = 1 .. taps; before the first token there is nothing."""
    heads, count = config['heads'], config['taps']
    near = graph.slice(v, shared['reach'], END_OF_AXIS, 2, name('near'))  # the new tokens and up to `taps` before
    near = graph.add('Mul', [near, shared['kept']], name('near/kept'))
    near = graph.add('Pad', [near, graph.constant([0, 0, count, 0, 0, 0, 0, 0])], name('near/padded'))
    shape = graph.constant([count, heads, 1, config['width'] // heads])
    each = graph.add('Split', [graph.add('Reshape', [taps, shape], name('taps'))], name('tap'), count=count, axis=0)
    for j, tap in enumerate([each] if count == 1 else each, start=1):
        start = graph.add('Sub', [shared['tail'], graph.constant([j])], name(f'before{j}/start'))
        before = graph.slice(near, start, -j, 2, name(f'before{j}'))
        y = graph.add('Add', [y, graph.add('Mul', [before, tap], name(f'tapped{j}'))], name(f'y{j}'))
    return y


def model_inputs(config):
    return [
        helper.make_tensor_value_info('input_ids', TensorProto.INT64, ['batch_size', 'sequence_length']),
        helper.make_tensor_value_info('attention_mask', TensorProto.INT64, ['batch_size', 'total_sequence_length']),
        *cache_values(config, 'past_key_values', 'past_sequence_length'),
    ]


def model_outputs(config):
    # transformers.js makes the empty cache from these names: batch_size is the batch's, every other one is 0.
    shape = ['batch_size', 'sequence_length', config['vocabulary']]
    return [
        helper.make_tensor_value_info('logits', TensorProto.FLOAT, shape),
        *cache_values(config, 'present', 'total_sequence_length'),
    ]


def cache_values(config, prefix, length):
    shape = ['batch_size', config['heads'], length, config['width'] // config['heads']]
    names = [f'{prefix}.{i}.{kind}' for i in range(config['layers']) for kind in ('key', 'value')]
    return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in names]


# ---- the files beside it


def check_words(words, config):
    if len(words) != config['vocabulary'] or len(set(words)) != len(words):
        raise ValueError(f'{len(set(words))} different words of {len(words)}; the config says {config["vocabulary"]}')
    if words[: len(SPECIAL)] != SPECIAL or END not in words:
        raise ValueError(f'the vocabulary must start with {SPECIAL} and hold {END!r}')
    broken = [word for word in words[len(SPECIAL) :] if not re.fullmatch(WORD, word)]
    if broken:
        raise ValueError(f'the tokenizer would never make {broken[:10]}')


def transformers_files(config, words):
    end = words.index(END)
    special = dict(special=True, single_word=False, lstrip=False, rstrip=False, normalized=False)
    first = {'SpecialToken': {'id': '<bos>', 'type_id': 0}}
    sequence = lambda name: {'Sequence': {'id': name, 'type_id': 0}}
    return {
        'config.json': {
            'model_type': 'gpt2',
            'architectures': ['GPT2LMHeadModel'],
            'vocab_size': config['vocabulary'],
            'n_embd': config['width'],
            'n_head': config['heads'],
            'n_layer': config['layers'],
            'n_positions': config['context'],
            'n_ctx': config['context'],
            'bos_token_id': BOS,
            'eos_token_id': end,
            'pad_token_id': PAD,
            'is_encoder_decoder': False,
            'transformers.js_config': {'dtype': 'q8'},
        },
        'generation_config.json': {
            'bos_token_id': BOS,
            'eos_token_id': end,
            'pad_token_id': PAD,
            'max_length': config['context'],
            'do_sample': False,
        },
        'tokenizer.json': {
            'version': '1.0',
            'truncation': None,
            'padding': None,
            'added_tokens': [{'id': i, 'content': content, **special} for i, content in enumerate(SPECIAL)],
            'normalizer': {'type': 'Lowercase'},
            'pre_tokenizer': {'type': 'Split', 'pattern': {'Regex': WORD}, 'behavior': 'Removed', 'invert': True},
            'post_processor': {
                'type': 'TemplateProcessing',
                'single': [first, sequence('A')],
                'pair': [sequence('A'), sequence('B')],
                'special_tokens': {'<bos>': {'id': '<bos>', 'ids': [BOS], 'tokens': ['<bos>']}},
            },
            'decoder': {'type': 'WordPiece', 'prefix': '##', 'cleanup': False},
            'model': {
                'type': 'WordPiece',
                'unk_token': '<unk>',
                'continuing_subword_prefix': '##',
                'max_input_chars_per_word': 40,
                'vocab': {word: i for i, word in enumerate(words)},
            },
        },
        'tokenizer_config.json': {
            'tokenizer_class': 'PreTrainedTokenizerFast',
            'bos_token': '<bos>',
            'eos_token': END,
            'unk_token': '<unk>',
            'pad_token': '<pad>',
            'add_bos_token': True,
            'model_max_length': config['context'],
            'clean_up_tokenization_spaces': False,
        },
    }


def to_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(',', ':')).encode()


def serialize(model):
    return model.SerializeToString(deterministic=True)


def little_endian(array):
    """ONNX's raw data is little-endian whatever the machine is."""
    return np.ascontiguousarray(array.astype(array.dtype.newbyteorder('<'), copy=False)) if array.ndim else array


if __name__ == '__main__':
    main()
