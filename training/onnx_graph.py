"""The model as an ONNX graph, built node by node, so that its initializers are the weights and nothing else, under our names.

A weight NAME that comes with NAME.scale is int8 and is unpacked in the graph; the rest is float32. Position, mask and taps
follow the attention mask, so that prompts of a batch may be filled up on their left.
"""
import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION = 14, 8
END_OF_AXIS = np.iinfo(np.int64).max


def build_model(config, tensors):
    """The ModelProto for weights by name; the inputs, outputs and axes are those that transformers.js looks for."""
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
    helper.set_model_props(model, {'reprise': json.dumps(config, separators=(',', ':'))})
    onnx.checker.check_model(model, full_check=True)
    return model


def serialize(model):
    """The same bytes for the same model."""
    return model.SerializeToString(deterministic=True)


def scale_axis(name):
    """The axis of a matrix that has one scale for each of its entries."""
    return 0 if name == 'embedding' else 1


class Graph:
    """Collects nodes. Every value that is no weight is named by its role, so that a viewer shows what the graph does."""

    def __init__(self):
        self.nodes = []
        self.names = set()
        self.constants = {}

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
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.constants:
            self.constants[key] = f'constant{len(self.constants)}'
            self.add('Constant', [], self.constants[key], value=numpy_helper.from_array(little_endian(array)))
        return self.constants[key]

    def number(self, value):
        return self.constant(value, np.float32)

    def slice(self, data, start, end, axis, output):
        """`start` and `end` are numbers or names of int64 values of shape [1]."""
        ends = [at if isinstance(at, str) else self.constant([at]) for at in (start, end)]
        return self.add('Slice', [data, *ends, self.constant([axis])], output)


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


def little_endian(array):
    """ONNX's raw data is little-endian whatever the machine is."""
    return np.ascontiguousarray(array.astype(array.dtype.newbyteorder('<'), copy=False)) if array.ndim else array
