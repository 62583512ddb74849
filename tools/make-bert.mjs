/**
 * Writes a BERT encoder with seeded random weights in the layout that transformers.js loads for feature-extraction:
 * config.json, tokenizer.json, tokenizer_config.json, onnx/model.onnx and, with --q8, onnx/model_quantized.onnx.
 *
 * usage: node tools/make-bert.mjs OUT_DIR [--tiny] [--q8] [--seed N]
 *
 * The default size is that of all-MiniLM-L6-v2 (6 layers, 384 wide, 12 heads, vocabulary 30,522; 90 MB): speed does not
 * depend on the values of weights, so its timings are honest. `--tiny` (2 layers, 32 wide) is for tests.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createGraph, TYPES } from './onnx-writer.mjs'

const POSITIONS = 512
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
const PRINTABLE = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))
const WORDS = [...SPECIAL, ...PRINTABLE, ...PRINTABLE.map((c) => `##${c}`)]

/** Writes all files into `folder`; the same seed gives the same bytes. */
export function makeBert(folder, options) {
  mkdirSync(join(folder, 'onnx'), { recursive: true })
  for (const [name, content] of Object.entries(bertFiles(options))) writeFileSync(join(folder, name), content)
}

/** The files as bytes by name. */
export function bertFiles({ tiny = false, q8 = false, seed = 1 } = {}) {
  const size = tiny ? { layers: 2, width: 32, heads: 4, vocabulary: WORDS.length } : { layers: 6, width: 384, heads: 12, vocabulary: 30522 }
  const texts = Object.entries(descriptions(size)).map(([name, content]) => [name, Buffer.from(JSON.stringify(content))])
  return {
    ...Object.fromEntries(texts),
    'onnx/model.onnx': encoder(size, { seed, q8: false }),
    ...(q8 && { 'onnx/model_quantized.onnx': encoder(size, { seed, q8: true }) }),
  }
}

function encoder({ layers, width, heads, vocabulary }, { seed, q8 }) {
  const graph = createGraph()
  const { node, tensor } = graph
  const random = uniform(seed)
  const constant = (value) => tensor(new Float32Array([value]), [])
  const shape = (dims) => tensor(new BigInt64Array(dims.map(BigInt)))
  const add = (a, b) => node('Add', [a, b])
  const multiply = (a, b) => node('Mul', [a, b])

  const table = (rows, ids) => {
    const values = random(rows * width, Math.sqrt(3))
    if (!q8) return node('Gather', [tensor(values, [rows, width]), ids])
    const { scale, quantized } = quantize(values)
    return node('DequantizeLinear', [node('Gather', [tensor(quantized, [rows, width]), ids]), constant(scale)])
  }
  const linear = (x, [from, to]) => {
    const values = random(from * to, 1 / Math.sqrt(from))
    const bias = tensor(random(to, 1 / Math.sqrt(from)))
    if (!q8) return add(node('MatMul', [x, tensor(values, [from, to])]), bias)
    const { scale, quantized } = quantize(values)
    const zero = tensor(new Int8Array([0]), [])
    const [input, inputScale, inputZero] = ['q', 'scale', 'zero'].map((name) => `${bias}_${name}`)
    node('DynamicQuantizeLinear', [x], {}, [input, inputScale, inputZero])
    const product = node('MatMulInteger', [input, tensor(quantized, [from, to]), inputZero, zero])
    return add(multiply(node('Cast', [product], { to: TYPES.float32 }), multiply(inputScale, constant(scale))), bias)
  }
  const ones = tensor(new Float32Array(width).fill(1))
  const zeros = tensor(new Float32Array(width))
  const norm = (x) => node('LayerNormalization', [x, ones, zeros], { axis: -1, epsilon: { float: 1e-12 } })
  const gelu = (x) => multiply(multiply(x, constant(0.5)), add(node('Erf', [multiply(x, constant(Math.SQRT1_2))]), constant(1)))
  const split = shape([0, 0, heads, width / heads])
  const merge = shape([0, 0, width])
  const part = (x, order) => node('Transpose', [node('Reshape', [linear(x, [width, width]), split])], { perm: order })

  const length = node('Gather', [node('Shape', ['input_ids']), tensor(new BigInt64Array([1n]), [])])
  const places = node('Range', [tensor(new BigInt64Array([0n]), []), length, tensor(new BigInt64Array([1n]), [])])
  const hidden = node('Sub', [constant(1), node('Cast', [node('Unsqueeze', ['attention_mask', shape([1, 2])])], { to: TYPES.float32 })])
  const mask = multiply(hidden, constant(-1e4))

  let x = norm(add(add(table(vocabulary, 'input_ids'), table(POSITIONS, places)), table(2, 'token_type_ids')))
  for (let i = 0; i < layers; i++) {
    const query = part(x, [0, 2, 1, 3])
    const key = part(x, [0, 2, 3, 1])
    const value = part(x, [0, 2, 1, 3])
    const scores = add(multiply(node('MatMul', [query, key]), constant(1 / Math.sqrt(width / heads))), mask)
    const mixed = node('MatMul', [node('Softmax', [scores], { axis: -1 }), value])
    const attended = node('Reshape', [node('Transpose', [mixed], { perm: [0, 2, 1, 3] }), merge])
    x = norm(add(x, linear(attended, [width, width])))
    x = norm(add(x, linear(gelu(linear(x, [width, 4 * width])), [4 * width, width])))
  }
  node('Identity', [x], {}, ['last_hidden_state'])
  const ids = ['input_ids', 'attention_mask', 'token_type_ids']
  return graph.toBytes({
    inputs: ids.map((name) => ({ name, type: TYPES.int64, dims: ['batch', 'tokens'] })),
    outputs: [{ name: 'last_hidden_state', type: TYPES.float32, dims: ['batch', 'tokens', width] }],
  })
}

/** Symmetric int8 for a whole tensor. */
function quantize(values) {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  const scale = most / 127
  return { scale, quantized: Int8Array.from(values, (value) => Math.round(value / scale)) }
}

/** Numbers in ±bound from a seeded generator (mulberry32, public domain). */
function uniform(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return (count, bound) => Float32Array.from({ length: count }, () => (2 * next() - 1) * bound)
}

function descriptions({ layers, width, heads, vocabulary }) {
  const words = [...WORDS, ...Array.from({ length: vocabulary - WORDS.length }, (_, i) => `[unused${i}]`)]
  const token = (name) => ({ SpecialToken: { id: name, type_id: 0 } })
  const named = Object.fromEntries(['pad', 'unk', 'cls', 'sep', 'mask'].map((name, i) => [`${name}_token`, SPECIAL[i]]))
  return {
    'config.json': {
      model_type: 'bert',
      architectures: ['BertModel'],
      hidden_size: width,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      intermediate_size: 4 * width,
      vocab_size: vocabulary,
      max_position_embeddings: POSITIONS,
    },
    'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', do_lower_case: true, model_max_length: POSITIONS, ...named },
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: SPECIAL.map((content, id) => ({
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
      normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: {
        type: 'TemplateProcessing',
        single: [token('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, token('[SEP]')],
        pair: [],
        special_tokens: Object.fromEntries(
          ['[CLS]', '[SEP]'].map((name) => [name, { id: name, ids: [SPECIAL.indexOf(name)], tokens: [name] }]),
        ),
      },
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(words.map((word, id) => [word, id])),
      },
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { tiny: { type: 'boolean' }, q8: { type: 'boolean' }, seed: { type: 'string', default: '1' } },
  })
  if (positionals.length !== 1) {
    console.error('usage: node tools/make-bert.mjs OUT_DIR [--tiny] [--q8] [--seed N]')
    process.exit(1)
  }
  makeBert(positionals[0], { tiny: values.tiny, q8: values.q8, seed: Number(values.seed) })
}
