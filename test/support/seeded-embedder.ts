/** An embedder whose vectors depend on the text alone, and whose similarities spread widely: half of each is its first word's. */
import type { Embedder } from '../../src/core/embedder.ts'
import { randomUnitVector, seededRandom } from './random.ts'

export interface SeededEmbedder extends Embedder {
  /** Batches it was asked for. */
  readonly calls: string[][]
}

export function seededEmbedder(dimensions = 16, id = `seeded-${dimensions}`): SeededEmbedder {
  const calls: string[][] = []
  return {
    id,
    dimensions,
    calls,
    async embed(texts) {
      calls.push(texts.slice())
      return texts.map((text) => vectorOf(text, dimensions))
    },
  }
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const own = randomUnitVector(seededRandom(hash(text)), dimensions)
  const shared = randomUnitVector(seededRandom(hash(text.split(' ')[0] ?? '') + 1), dimensions)
  const sum = own.map((value, i) => value + (shared[i] as number))
  const length = Math.hypot(...sum)
  return sum.map((value) => value / length)
}

function hash(text: string): number {
  let value = 2166136261
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619)
  return value >>> 0
}
