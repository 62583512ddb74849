/**
 * Where everything lies in the one array that the kernels work on: the weights, with matrices packed; the cache of keys and
 * values; and the intermediate results of one block of tokens.
 */
import { PANEL } from './kernels.ts'
import type { TransformerConfig } from './onnx-weights.ts'
import { damaged } from './protobuf.ts'

/** Tokens that are computed together: some milliseconds' work, after which an abort can come through. */
export const BLOCK = 64

/** Offsets, in numbers. */
export interface Layout {
  /** Of the whole array. */
  length: number
  headWidth: number
  /** `context` rounded up to whole panels. */
  positions: number
  layers: readonly Layer[]
  /** `[width × vocabulary]`: the embedding turned over, both to look up tokens and to compute logits. */
  embedding: number
  norm: number
  /** Per position the cosines and then the sines of its angles, `rotary` numbers. */
  angles: number
  activations: Activations
}

export interface Layer extends Record<LayerTensor, number> {
  /** Per head `[headWidth × positions]`, packed, so that attention scores are a product. */
  keys: number
  /** Per head `[positions × headWidth]`, packed. */
  values: number
}

/** One row per token of the block. */
export interface Activations {
  x: number
  normed: number
  qkv: number
  attended: number
  hidden: number
  scores: number
  logits: number
}

export type LayerTensor = 'norm1' | 'qkv' | 'taps' | 'out' | 'norm2' | 'up' | 'down'

/** Rows and columns of a block's tensors; one number for vectors. */
export function layerShapes({ width, hidden, taps }: TransformerConfig): Record<LayerTensor, readonly number[]> {
  return {
    norm1: [width],
    qkv: [width, 3 * width],
    taps: [taps, width],
    out: [width, width],
    norm2: [width],
    up: [width, hidden],
    down: [hidden, width],
  }
}

/** Errors: `model-unavailable` where the sizes do not fit together, do not suit the kernels or need too much memory. */
export function planLayout(config: TransformerConfig): Layout {
  const { vocabulary, width, layers, heads, hidden, context, rotary } = config
  const headWidth = width / heads
  if (headWidth % PANEL || hidden % PANEL) throw damaged(`its heads of ${headWidth} and hidden ${hidden} are no multiples of ${PANEL}`)
  if (rotary > headWidth) throw damaged(`it turns ${rotary} numbers of heads that have ${headWidth}`)
  const positions = wholePanels(context)
  let length = 0
  const reserve = (count: number): number => (length += wholePanels(count)) - wholePanels(count)
  const planLayer = (): Layer => {
    const shapes = Object.entries(layerShapes(config))
    const tensors = Object.fromEntries(shapes.map(([name, dims]) => [name, reserve(dims.reduce((a, b) => a * b))]))
    return { ...(tensors as Record<LayerTensor, number>), keys: reserve(positions * width), values: reserve(positions * width) }
  }
  const layout = {
    headWidth,
    positions,
    embedding: reserve(wholePanels(vocabulary) * width),
    norm: reserve(width),
    angles: reserve(context * rotary),
    layers: Array.from({ length: layers }, planLayer),
    activations: {
      x: reserve(BLOCK * width),
      normed: reserve(BLOCK * width),
      qkv: reserve(BLOCK * 3 * width),
      attended: reserve(BLOCK * width),
      hidden: reserve(BLOCK * hidden),
      scores: reserve(BLOCK * positions),
      logits: reserve(vocabulary),
    },
  }
  if (length > MAX_LENGTH) throw damaged(`it would take ${Math.ceil(length / 2 ** 18)} MiB of memory`)
  return { ...layout, length }
}

/** 1 GiB. */
const MAX_LENGTH = 2 ** 28

const wholePanels = (count: number): number => Math.ceil(count / PANEL) * PANEL
