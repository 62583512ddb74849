/** Random models in the ONNX layout that the exporter writes: only the parts that the runtime reads, and some that it must skip. */
import type { TransformerConfig } from '../../../src/embedded/runtime/onnx-weights.ts'
import type { Matrix } from './reference.ts'

export const CONFIG: TransformerConfig = {
  vocabulary: 37,
  width: 32,
  layers: 2,
  heads: 2,
  hidden: 40,
  context: 150,
  rotary: 8,
  ropeBase: 10_000,
  taps: 3,
  epsilon: 1e-5,
}

export type Weights = Record<string, Matrix & { data: Float32Array | Int8Array }>

/** Float32 weights under the exporter's names, of a size that keeps activations near 1. */
export function randomWeights(config: TransformerConfig, seed = 1): Weights {
  const next = uniform(seed)
  const { vocabulary, width, hidden, taps } = config
  const tensor = (dims: number[], bound: number, around = 0): Weights[string] => ({
    dims,
    data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => around + bound * (2 * next() - 1)),
  })
  const weights: Weights = { embedding: tensor([vocabulary, width], 1), norm: tensor([width], 0.3, 1) }
  for (let i = 0; i < config.layers; i++) {
    const matrix = (rows: number, columns: number): Weights[string] => tensor([rows, columns], Math.sqrt(3 / rows))
    weights[`blocks.${i}.norm1`] = tensor([width], 0.3, 1)
    weights[`blocks.${i}.qkv`] = matrix(width, 3 * width)
    weights[`blocks.${i}.taps`] = tensor([taps, width], 0.5)
    weights[`blocks.${i}.out`] = matrix(width, width)
    weights[`blocks.${i}.norm2`] = tensor([width], 0.3, 1)
    weights[`blocks.${i}.up`] = matrix(width, hidden)
    weights[`blocks.${i}.down`] = matrix(hidden, width)
  }
  return weights
}

/** Matrices as int8 with a scale per row of the embedding and per column of the others. */
export function quantise(weights: Weights): Weights {
  return Object.fromEntries(
    Object.entries(weights).flatMap(([name, tensor]) =>
      /embedding|qkv|out|up|down/.test(name) ? quantised(name, tensor) : [[name, tensor]],
    ),
  )
}

/** What int8 weights stand for. */
export function dequantise(weights: Weights): Record<string, Matrix> {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { dims, data }]) => {
      const scales = weights[`${name}.scale`]?.data
      const columns = dims.at(-1) ?? 1
      const scaleOf = (i: number): number => scales?.[name === 'embedding' ? Math.floor(i / columns) : i % columns] ?? 1
      return [name, { dims, data: Array.from(data, (value, i) => value * scaleOf(i)) }]
    }),
  )
}

/** The file. */
export function weightsFile(config: unknown, weights: Weights): Uint8Array<ArrayBuffer> {
  const tensors = Object.entries(weights).map(([name, { dims, data }]) => {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    return bytes(5, [
      ...dims.map((dim) => integer(1, dim)),
      integer(2, data instanceof Float32Array ? 1 : 3),
      text(8, name),
      bytes(9, [raw]),
    ])
  })
  const constant = bytes(5, [integer(1, 1), integer(2, 7), text(8, 'one'), bytes(9, [new Uint8Array(8)])])
  const graph = bytes(7, [text(2, 'graph'), bytes(1, [text(4, 'Identity')]), ...tensors, constant])
  const metadata = bytes(14, [text(1, 'reprise'), text(2, JSON.stringify(config))])
  return join([integer(1, 8), text(2, 'test'), graph, bytes(8, [integer(2, 17)]), bytes(14, [text(1, 'other'), text(2, 'x')]), metadata])
}

export const bytes = (field: number, parts: Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const content = join(parts)
  return join([varint(field * 8 + 2), varint(content.length), content])
}
export const integer = (field: number, value: number): Uint8Array<ArrayBuffer> => join([varint(field * 8), varint(value)])
export const text = (field: number, value: string): Uint8Array<ArrayBuffer> => bytes(field, [new TextEncoder().encode(value)])

export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

function varint(value: number): Uint8Array {
  const out: number[] = []
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) | 128)
  return Uint8Array.from([...out, value])
}

function quantised(name: string, { dims, data }: Weights[string]): [string, Weights[string]][] {
  const [rows = 0, columns = 0] = dims
  const groups = name === 'embedding' ? rows : columns
  const groupOf = (i: number): number => (name === 'embedding' ? Math.floor(i / columns) : i % columns)
  const scales = new Float32Array(groups)
  data.forEach((value, i) => (scales[groupOf(i)] = Math.max(scales[groupOf(i)] ?? 0, Math.abs(value) / 127)))
  const rounded = Int8Array.from(data, (value, i) => Math.round(value / (scales[groupOf(i)] ?? 1)))
  return [
    [name, { dims, data: rounded }],
    [`${name}.scale`, { dims: [groups], data: scales }],
  ]
}

/** mulberry32 (public domain). */
function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
