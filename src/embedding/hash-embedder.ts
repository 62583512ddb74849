/**
 * An embedder without a download: feature hashing over words and character n-grams (Weinberger et al. 2009,
 * arXiv 0902.2206). It knows nothing of meaning, but texts that share words or parts of words come out near each
 * other, in every script. It runs anywhere in well under a millisecond a text.
 */
import * as z from 'zod/mini'
import type { Embedder, EmbedderLink } from '../core/embedder.ts'
import { throwIfAborted } from '../util/abort.ts'
import { parse } from '../util/validate.ts'

/** Part of the id: raised whenever the vectors change. */
const VERSION = 1

/** Texts between two chances for the thread to do something else. */
const TEXTS_PER_TURN = 128

const optionsSchema = z.strictObject({ dimensions: z.exactOptional(z.int().check(z.gte(16), z.lte(8192))) })

/** What `hashEmbedder` takes. */
export interface HashEmbedderOptions {
  /** Numbers per vector, 16 to 8192 (default 384). */
  dimensions?: number
}

/**
 * Vectors from words and character n-grams: each a `Float32Array` of `dimensions` numbers and unit length. Deterministic, synchronous inside, linear in the length of the text
 * up to 8,192 characters; what comes after is not looked at. A text with nothing printable gets one fixed vector.
 * Errors: `invalid-options`, `aborted`.
 * @example
 * const memory = await openMemory({ name: 'support', embedder: hashEmbedder() })
 */
export function hashEmbedder(options: HashEmbedderOptions = {}): Embedder {
  const { dimensions = 384 } = parse(optionsSchema, options, 'hashEmbedder options')
  return {
    id: `hash/${VERSION}-${dimensions}`,
    dimensions,
    async embed(texts, { signal } = {}) {
      throwIfAborted(signal)
      // A page that has a memory never gets here: its worker hashes for it.
      const { hashText } = await import('./hash-text.ts')
      const vectors: Float32Array[] = []
      for (const text of texts) {
        if (vectors.length % TEXTS_PER_TURN === TEXTS_PER_TURN - 1) await new Promise((resolve) => setTimeout(resolve))
        throwIfAborted(signal)
        vectors.push(hashText(text, dimensions))
      }
      return vectors
    },
    link: (): EmbedderLink => ({ kind: 'hash', dimensions }),
  }
}
