/**
 * The model's arithmetic for one block of tokens. Nearly all time goes into the kernels' products; what is cheap beside
 * them (normalisation, looking up tokens) is done here.
 */
import { attend, extendCache } from './attention.ts'
import { PANEL, type Kernels } from './kernels.ts'
import type { Layout } from './layout.ts'
import type { TransformerConfig } from './onnx-weights.ts'

export interface Model {
  config: TransformerConfig
  layout: Layout
  kernels: Kernels
}

export interface Block {
  /** At most `BLOCK`. */
  tokens: readonly number[]
  /** Position of the first of them; the cache holds all before it. */
  start: number
  /** Whether the logits after the last token are wanted. */
  last: boolean
}

/** Rows of the activations: from `from` up to `count`, the rows that there are. */
export interface Rows {
  from: number
  count: number
}

/** Extends the cache by a block of tokens, and returns the logits after them where they are wanted. */
export function forward(model: Model, { tokens, start, last }: Block): Float32Array<ArrayBuffer> | undefined {
  const { config, layout, kernels } = model
  const count = tokens.length
  lookUp(model, tokens)
  for (const [i, layer] of layout.layers.entries()) {
    // The topmost layer's output is needed for the last token only; of the others its cache.
    const from = i < layout.layers.length - 1 ? 0 : last ? count - 1 : count
    normalise(model, layer.norm1, { from: 0, count })
    extendCache(model, layer, { start, count })
    if (from === count) continue
    attend(model, layer, { start, from, count })
    normalise(model, layer.norm2, { from, count })
    feedForward(model, layer, { from, count })
  }
  if (!last) return undefined
  normalise(model, layout.norm, { from: count - 1, count })
  const { normed, logits } = layout.activations
  kernels.multiply({
    rows: 1,
    inner: config.width,
    columns: Math.ceil(config.vocabulary / PANEL) * PANEL,
    mode: 'store',
    a: { at: normed + (count - 1) * config.width, stride: 0 },
    b: { at: layout.embedding, stride: config.width * PANEL },
    out: { at: logits, stride: 0 },
  })
  return kernels.numbers.slice(logits, logits + config.vocabulary)
}

function lookUp({ config: { width }, layout, kernels: { numbers } }: Model, tokens: readonly number[]): void {
  let to = layout.activations.x
  for (const token of tokens) {
    const column = layout.embedding + Math.floor(token / PANEL) * width * PANEL + (token % PANEL)
    for (let i = 0; i < width; i++) numbers[to++] = numbers[column + i * PANEL] ?? 0
  }
}

/** Root mean square normalisation (https://arxiv.org/abs/1910.07467) of `x` into `normed`. */
function normalise({ config: { width, epsilon }, layout, kernels: { numbers } }: Model, weight: number, { from, count }: Rows): void {
  const { x, normed } = layout.activations
  for (let row = from * width; row < count * width; row += width) {
    let squares = 0
    for (let i = 0; i < width; i++) squares += (numbers[x + row + i] ?? 0) ** 2
    const factor = 1 / Math.sqrt(squares / width + epsilon)
    for (let i = 0; i < width; i++) numbers[normed + row + i] = (numbers[x + row + i] ?? 0) * factor * (numbers[weight + i] ?? 0)
  }
}

/** Adds to `x` what two matrices with a squared ReLU (https://arxiv.org/abs/2109.08668) between them make of `normed`. */
function feedForward({ config, layout, kernels }: Model, layer: Layout['layers'][number], { from, count }: Rows): void {
  const { width, hidden } = config
  const { x, normed, hidden: middle } = layout.activations
  const rows = count - from
  kernels.multiply({
    rows,
    inner: width,
    columns: hidden,
    mode: 'squared-relu',
    a: { at: normed + from * width, stride: width },
    b: { at: layer.up, stride: width * PANEL },
    out: { at: middle, stride: hidden },
  })
  kernels.multiply({
    rows,
    inner: hidden,
    columns: width,
    mode: 'add',
    a: { at: middle, stride: hidden },
    b: { at: layer.down, stride: hidden * PANEL },
    out: { at: x + from * width, stride: width },
  })
}
