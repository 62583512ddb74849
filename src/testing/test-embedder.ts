/** An embedder without meaning: equal texts get equal vectors, other texts get unrelated ones. */
import type { Embedder } from '../core/embedder.ts'
import { throwIfAborted } from '../util/abort.ts'
import { normalize } from '../util/vectors.ts'

/** An embedder that keeps what it was asked. */
export interface TestEmbedder extends Embedder {
  /** Every text that was embedded, in order. */
  readonly texts: readonly string[]
}

/**
 * Unit vectors (`Float32Array` of `dimensions`, 32 by default) drawn from a generator seeded by the text: the same on every machine, ready at once.
 * For tests that need vectors but no sense; `hashEmbedder` knows similar words.
 *
 * @example
 * const [a, b] = await testEmbedder({ dimensions: 16 }).embed(['same', 'same']) // equal
 */
export function testEmbedder({ dimensions = 32, id = `test/${dimensions}` }: { dimensions?: number; id?: string } = {}): TestEmbedder {
  const texts: string[] = []
  return {
    id,
    dimensions,
    texts,
    async embed(batch, { signal } = {}) {
      throwIfAborted(signal)
      texts.push(...batch)
      return batch.map((text) => vectorOf(text, dimensions))
    },
  }
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const random = mulberry32(fnv1a(text))
  return normalize(Float32Array.from({ length: dimensions }, () => random() - 0.5))
}

/** FNV-1a over UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Mulberry32: a small generator of numbers from 0 to 1. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
