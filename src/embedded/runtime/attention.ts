/**
 * Attention with a cache. Keys and values are kept in the kernels' packed form, so that scores and their weighted sums are
 * products like any other. Besides, each value gets those shortly before it through the value taps, weighted number by
 * number, which spares a small model a layer for seeing its neighbours.
 */
import type { Model, Rows } from './forward.ts'
import { PANEL } from './kernels.ts'
import type { Layer } from './layout.ts'

/** Computes queries, keys and values of `count` normalised rows, and puts keys and values into the cache from position `start` on. */
export function extendCache(model: Model, layer: Layer, { start, count }: { start: number; count: number }): void {
  const { config, layout, kernels } = model
  const { width } = config
  const { normed, qkv } = layout.activations
  kernels.multiply({
    rows: count,
    inner: width,
    columns: 3 * width,
    mode: 'store',
    a: { at: normed, stride: width },
    b: { at: layer.qkv, stride: width * PANEL },
    out: { at: qkv, stride: 3 * width },
  })
  for (let row = 0; row < count; row++) {
    const at = qkv + row * 3 * width
    rotate(model, at, start + row)
    rotate(model, at + width, start + row)
    storeKey(model, layer, { at: at + width, position: start + row })
    storeValue(model, layer, { at: at + 2 * width, position: start + row })
  }
}

/** Adds to `x` what the rows from `from` on attend to. */
export function attend(model: Model, layer: Layer, { start, from, count }: Rows & { start: number }): void {
  const { config, layout, kernels } = model
  const { width, heads } = config
  const { qkv, scores, attended, x } = layout.activations
  const { headWidth, positions } = layout
  const rows = count - from
  const visible = start + count
  const columns = Math.ceil(visible / PANEL) * PANEL
  for (let first = 0; first < heads * headWidth; first += headWidth) {
    kernels.multiply({
      rows,
      inner: headWidth,
      columns,
      mode: 'store',
      a: { at: qkv + from * 3 * width + first, stride: 3 * width },
      b: { at: layer.keys + first * positions, stride: headWidth * PANEL },
      out: { at: scores, stride: columns },
    })
    kernels.softmax({ rows, first: start + from + 1, columns, at: scores, scale: 1 / Math.sqrt(headWidth) })
    kernels.multiply({
      rows,
      inner: visible,
      columns: headWidth,
      mode: 'store',
      a: { at: scores, stride: columns },
      b: { at: layer.values + first * positions, stride: positions * PANEL },
      out: { at: attended + from * width + first, stride: width },
    })
  }
  for (let row = from; row < count; row++) addTaps(model, layer, { at: attended + row * width, position: start + row })
  kernels.multiply({
    rows,
    inner: width,
    columns: width,
    mode: 'add',
    a: { at: attended + from * width, stride: width },
    b: { at: layer.out, stride: width * PANEL },
    out: { at: x + from * width, stride: width },
  })
}

/** One row of `width` numbers, and the position of its token. */
interface Row {
  at: number
  position: number
}

/** Rotary positions (https://arxiv.org/abs/2104.09864) on the first `rotary` numbers of each head. */
function rotate({ config, layout, kernels: { numbers } }: Model, at: number, position: number): void {
  const half = config.rotary / 2
  const angles = layout.angles + position * config.rotary
  for (let head = at; head < at + config.width; head += layout.headWidth)
    for (let i = 0; i < half; i++) {
      const a = numbers[head + i] ?? 0
      const b = numbers[head + half + i] ?? 0
      const cosine = numbers[angles + i] ?? 0
      const sine = numbers[angles + half + i] ?? 0
      numbers[head + i] = a * cosine - b * sine
      numbers[head + half + i] = b * cosine + a * sine
    }
}

function storeKey({ config, layout, kernels: { numbers } }: Model, layer: Layer, { at, position }: Row): void {
  const { headWidth, positions } = layout
  const inPanel = Math.floor(position / PANEL) * headWidth * PANEL + (position % PANEL)
  for (let first = 0; first < config.width; first += headWidth) {
    const to = layer.keys + first * positions + inPanel
    for (let i = 0; i < headWidth; i++) numbers[to + i * PANEL] = numbers[at + first + i] ?? 0
  }
}

function storeValue({ config, layout, kernels: { numbers } }: Model, layer: Layer, { at, position }: Row): void {
  for (let column = 0; column < config.width; column += PANEL) {
    const to = layer.values + column * layout.positions + position * PANEL
    for (let i = 0; i < PANEL; i++) numbers[to + i] = numbers[at + column + i] ?? 0
  }
}

function addTaps({ config, layout, kernels: { numbers } }: Model, layer: Layer, { at, position }: Row): void {
  const { width, taps } = config
  for (let back = 1; back <= Math.min(taps, position); back++) {
    const weights = layer.taps + (back - 1) * width
    for (let column = 0; column < width; column += PANEL) {
      const from = layer.values + column * layout.positions + (position - back) * PANEL
      for (let i = column; i < column + PANEL; i++)
        numbers[at + i] = (numbers[at + i] ?? 0) + (numbers[weights + i] ?? 0) * (numbers[from + i - column] ?? 0)
    }
  }
}
