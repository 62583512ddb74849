"""Run: python3 -m unittest discover -s training (with a Python that has torch, onnx and numpy)"""
import json
import os
import sys
import tempfile
import unittest

import numpy as np
import onnx
import torch

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import export
import reference
from model import Model

CONFIG = {
    'vocabulary': 80, 'width': 48, 'layers': 2, 'heads': 3, 'hidden': 64, 'context': 96,
    'rotary': 16, 'ropeBase': 10000, 'taps': 3, 'epsilon': 1e-5,
}
WORDS = ['<pad>', '<unk>', '<bos>', 'goal:', ';', ','] + [f'x{i}' for i in range(64)] + [f'word{i}' for i in range(10)]
NAMES = ['onnx/model.onnx', 'onnx/model_quantized.onnx', 'config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json']


def written(seed=1, config=CONFIG):
    """The files of a random model by name, and its weights."""
    tensors = export.random_tensors(config, seed)
    with tempfile.TemporaryDirectory() as out:
        export.export(config, tensors, WORDS, out)
        contents = {}
        for name in NAMES:
            with open(os.path.join(out, name), 'rb') as file:
                contents[name] = file.read()
        opened = {name: reference.open_file(os.path.join(out, name)) for name in NAMES[:2]}
    return contents, opened, tensors


class ExportTest(unittest.TestCase):
    def test_the_same_weights_give_the_same_bytes_and_other_weights_do_not(self):
        contents = written(1)[0]
        self.assertEqual(contents, written(1)[0])
        self.assertNotEqual(contents['onnx/model.onnx'], written(2)[0]['onnx/model.onnx'])

    def test_the_initializers_are_the_weights_and_nothing_else(self):
        contents, _, tensors = written()
        full = onnx.load_from_string(contents['onnx/model.onnx'])
        self.assertEqual({t.name: tuple(t.dims) for t in full.graph.initializer}, export.tensor_shapes(CONFIG))
        int8 = onnx.load_from_string(contents['onnx/model_quantized.onnx'])
        scales = {f'{name}.scale' for name in tensors if export.is_matrix(name)}
        self.assertEqual({t.name for t in int8.graph.initializer}, set(tensors) | scales)
        for tensor in int8.graph.initializer:
            expected = onnx.TensorProto.INT8 if f'{tensor.name}.scale' in scales else onnx.TensorProto.FLOAT
            self.assertEqual(tensor.data_type, expected, tensor.name)
            self.assertTrue(tensor.raw_data, tensor.name)
        self.assertEqual(json.loads(int8.metadata_props[0].value), CONFIG)

    def test_the_cache_has_the_axes_that_transformers_js_looks_for(self):
        graph = onnx.load_from_string(written()[0]['onnx/model_quantized.onnx']).graph
        shapes = {
            value.name: [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
            for value in [*graph.input, *graph.output]
        }
        self.assertEqual(shapes['past_key_values.1.value'], ['batch_size', 3, 'past_sequence_length', 16])
        self.assertEqual(shapes['present.1.key'], ['batch_size', 3, 'total_sequence_length', 16])
        self.assertEqual(shapes['attention_mask'], ['batch_size', 'total_sequence_length'])
        self.assertEqual(shapes['logits'], ['batch_size', 'sequence_length', 80])

    def test_int8_is_at_most_half_a_step_off(self):
        _, opened, tensors = written()
        for name, restored in opened['onnx/model_quantized.onnx'].tensors.items():
            off = np.abs(restored - tensors[name])
            if not export.is_matrix(name):
                self.assertEqual(off.max(), 0, name)
                continue
            step = np.abs(tensors[name]).max(axis=1 - export.scale_axis(name), keepdims=True) / 127
            self.assertTrue((off <= 0.501 * step).all(), name)

    def test_a_column_of_zeros_stays_zero(self):
        tensors = export.random_tensors(CONFIG, 1)
        tensors['blocks.0.up'][:, 5] = 0
        quantized = export.quantize(tensors)
        self.assertFalse(quantized['blocks.0.up'][:, 5].any())
        self.assertEqual(quantized['blocks.0.up.scale'][5], 1)

    def test_weights_and_words_that_do_not_fit_are_refused(self):
        tensors = export.random_tensors(CONFIG, 1)
        refused = [
            (tensors, WORDS[:-1]),
            (tensors, [*WORDS[:-1], 'two  words']),
            (tensors, [*WORDS[:-1], 'Upper']),
            (tensors, [*WORDS[:-1], 'x0']),
            ({**tensors, 'more': tensors['norm']}, WORDS),
            ({**tensors, 'norm': tensors['norm'][:-1]}, WORDS),
            ({**tensors, 'norm': tensors['norm'] * np.float32(np.nan)}, WORDS),
        ]
        with tempfile.TemporaryDirectory() as out:
            for weights, words in refused:
                self.assertRaises(ValueError, export.export, CONFIG, weights, words, out)
            self.assertEqual(os.listdir(out), [])


class CheckpointTest(unittest.TestCase):
    def test_the_moving_average_is_exported_where_there_is_one(self):
        weights, ema = (export.random_tensors(CONFIG, seed) for seed in (1, 2))
        as_torch = lambda tensors: {name: torch.from_numpy(value) for name, value in tensors.items()}
        for saved, expected in [
            ({'config': CONFIG, 'weights': as_torch(weights), 'ema': as_torch(ema)}, ema),
            ({'config': CONFIG, 'weights': as_torch(weights)}, weights),
        ]:
            with tempfile.NamedTemporaryFile() as file:
                torch.save(saved, file.name)
                config, tensors = export.read_checkpoint(file.name)
            self.assertEqual(config, CONFIG)
            self.assertTrue(all((tensors[name] == expected[name]).all() for name in expected))

    def test_the_trained_model_and_its_file_give_the_same_logits(self):
        torch.manual_seed(0)
        for config in [CONFIG, {**CONFIG, 'width': 64, 'heads': 2, 'hidden': 96, 'taps': 2, 'layers': 3}]:
            model = Model(config)
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter.add_(0.1 * torch.randn_like(parameter))
            with tempfile.TemporaryDirectory() as out:
                path = os.path.join(out, 'checkpoint.pt')
                torch.save({'config': config, 'weights': model.state_dict()}, path)
                export.export(*export.read_checkpoint(path), WORDS, out)
                opened = reference.open_file(os.path.join(out, 'onnx/model.onnx'))
            prompts = reference.random_prompts(config, 6, 1)
            tokens = torch.tensor([token for prompt in prompts for token in prompt])
            offsets = torch.tensor(np.cumsum([0, *map(len, prompts)]), dtype=torch.int32)
            with torch.no_grad():
                trained = model.logits(model.hidden(tokens, offsets)).numpy()
            exported = np.concatenate([reference.forward(opened, prompt)[0] for prompt in prompts])
            self.assertGreater(np.abs(exported).max(), 1)
            np.testing.assert_allclose(exported, trained, atol=1e-4)


class ReferenceTest(unittest.TestCase):
    def test_tokens_one_by_one_give_what_they_give_at_once(self):
        weights = written()[1]['onnx/model_quantized.onnx']
        ids = reference.random_prompts(CONFIG, 6, 3)[5]
        at_once, _ = reference.forward(weights, ids)
        cache, rows = None, []
        for token in ids:
            values, cache = reference.forward(weights, [token], cache)
            rows.append(values[0])
        np.testing.assert_allclose(np.array(rows), at_once, atol=1e-4)

    def test_every_part_of_the_model_moves_the_logits(self):
        weights = written()[1]['onnx/model.onnx']
        before, _ = reference.forward(weights, [2, 9, 8, 7])
        for name, values in weights.tensors.items():
            changed = reference.Weights(CONFIG, {**weights.tensors, name: values * np.float32(1.1)})
            after, _ = reference.forward(changed, [2, 9, 8, 7])
            self.assertGreater(np.abs(after - before).max(), 1e-3, name)

    def test_an_answer_ends_at_its_end_token_or_after_24(self):
        weights = written()[1]['onnx/model.onnx']
        free = reference.greedy(weights, [2, 9], end=-1)
        self.assertEqual(len(free['output']), 24)
        ended = reference.greedy(weights, [2, 9], end=free['output'][3])
        self.assertEqual(ended['output'], free['output'][: free['output'].index(free['output'][3]) + 1])


if __name__ == '__main__':
    unittest.main()
