/** The model's definition in naive loops over doubles, without cache, blocks or packing: what the runtime must agree with. */
import type { TransformerConfig } from '../../../src/embedded/runtime/onnx-weights.ts'

export interface Matrix {
  dims: number[]
  data: ArrayLike<number>
}

/** Logits after each of `tokens`. */
export function referenceLogits(config: TransformerConfig, weights: Record<string, Matrix>, tokens: readonly number[]): number[][] {
  const { width, layers, taps, epsilon } = config
  const tensor = (name: string): ArrayLike<number> => weights[name]?.data ?? []
  const vector = (name: string): number[] => Array.from(tensor(name))
  const rows = (name: string): number[][] => {
    const { dims, data } = weights[name] ?? { dims: [], data: [] }
    const [, columns = 0] = dims
    return Array.from({ length: data.length / columns || 0 }, (_, r) =>
      Array.from({ length: columns }, (__, c) => data[r * columns + c] ?? 0),
    )
  }
  const rms = (x: number[], weight: number[]): number[] => {
    const mean = x.reduce((sum, value) => sum + value * value, 0) / x.length
    return x.map((value, i) => (value / Math.sqrt(mean + epsilon)) * at(weight, i))
  }
  const embedding = rows('embedding')
  let x = tokens.map((token) => [...(embedding[token] ?? [])])
  for (let layer = 0; layer < layers; layer++) {
    const name = (part: string): string => `blocks.${layer}.${part}`
    const norm1 = vector(name('norm1'))
    const project = rows(name('qkv'))
    const qkv = x.map((row) => times(rms(row, norm1), project))
    const queries = qkv.map((row, position) => rotate(config, row.slice(0, width), position))
    const keys = qkv.map((row, position) => rotate(config, row.slice(width, 2 * width), position))
    const values = qkv.map((row) => row.slice(2 * width))
    const tap = rows(name('taps'))
    const attended = queries.map((query, t) =>
      attend(config, { query, keys: keys.slice(0, t + 1), values }).map((sum, i) => {
        let all = sum
        for (let j = 1; j <= Math.min(taps, t); j++) all += at(tap[j - 1], i) * at(values[t - j], i)
        return all
      }),
    )
    const [out, up, down] = [rows(name('out')), rows(name('up')), rows(name('down'))]
    x = x.map((row, t) => add(row, times(attended[t] ?? [], out)))
    const norm2 = vector(name('norm2'))
    x = x.map((row) => {
      const hidden = times(rms(row, norm2), up).map((value) => Math.max(value, 0) ** 2)
      return add(row, times(hidden, down))
    })
  }
  const norm = vector('norm')
  return x.map((row) => {
    const last = rms(row, norm)
    return embedding.map((word) => word.reduce((sum, value, i) => sum + value * at(last, i), 0))
  })
}

const at = (values: ArrayLike<number> | undefined, i: number): number => values?.[i] ?? 0
const add = (a: number[], b: number[]): number[] => a.map((value, i) => value + at(b, i))
const times = (x: number[], matrix: number[][]): number[] =>
  (matrix[0] ?? []).map((_, c) => x.reduce((sum, value, r) => sum + value * at(matrix[r], c), 0))

function rotate({ heads, rotary, ropeBase }: TransformerConfig, row: number[], position: number): number[] {
  const headWidth = row.length / heads
  const half = rotary / 2
  return row.map((value, i) => {
    const place = i % headWidth
    if (place >= rotary) return value
    const angle = position * ropeBase ** (-(place % half) / half)
    return place < half
      ? value * Math.cos(angle) - at(row, i + half) * Math.sin(angle)
      : value * Math.cos(angle) + at(row, i - half) * Math.sin(angle)
  })
}

function attend(
  { heads }: TransformerConfig,
  { query, keys, values }: { query: number[]; keys: number[][]; values: number[][] },
): number[] {
  const headWidth = query.length / heads
  return query.map((_, i) => {
    const first = i - (i % headWidth)
    const scores = keys.map((key) => {
      let sum = 0
      for (let d = first; d < first + headWidth; d++) sum += at(query, d) * at(key, d)
      return sum / Math.sqrt(headWidth)
    })
    const highest = Math.max(...scores)
    const weights = scores.map((score) => Math.exp(score - highest))
    const total = weights.reduce((a, b) => a + b)
    return weights.reduce((sum, weight, t) => sum + (weight / total) * at(values[t], i), 0)
  })
}
