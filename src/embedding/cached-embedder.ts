/**
 * Any embedder, asked only once per text. The texts of one decision overlap with those of the one before, and
 * parallel episodes ask for the same texts at the same time.
 */
import * as z from 'zod/mini'
import type { Embedder } from '../core/embedder.ts'
import { RepriseError } from '../core/errors.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { parse } from '../util/validate.ts'
import { clip } from './clip.ts'
import { embedChecked } from './embed-checked.ts'
import type { ForgetfulEmbedder } from './stored-embedder.ts'

const optionsSchema = z.strictObject({
  maxEntries: z.exactOptional(z.int().check(z.gte(1))),
  maxCharacters: z.exactOptional(z.int().check(z.gte(16))),
})

export interface CachedEmbedderOptions {
  /** Texts remembered; the one unused for longest goes first (default 4096; 384 numbers each are 1.5 kB). */
  maxEntries?: number
  /** Texts are cut to this many UTF-16 code units before they are embedded (default 8192). */
  maxCharacters?: number
}

/** One call of the inner embedder, for all who wait for any of its texts. */
interface Batch {
  vectors: Promise<Map<string, Float32Array>>
  waiting: number
  controller: AbortController
  /** Texts that were forgotten while they were under way. */
  unwanted: Set<string>
}

/**
 * The same vectors with fewer calls: what is missing goes to `embedder` as one batch, each text once, and texts
 * already under way are waited for. Aborting a call ends the batch only when nobody else waits for it. Failures are
 * not remembered. Each caller gets vectors of its own. `forget` reaches `embedder` too, where it remembers texts.
 * Errors: those of `embedder`; `embedder-failed` where it threw something else, or returned vectors of the wrong number,
 * length or norm; `invalid-options`.
 */
export function cachedEmbedder(embedder: Embedder | ForgetfulEmbedder, options: CachedEmbedderOptions = {}): ForgetfulEmbedder {
  const { maxEntries = 4096, maxCharacters = 8192 } = parse(optionsSchema, options, 'cachedEmbedder options')
  const known = new Map<string, Float32Array>()
  const underWay = new Map<string, Batch>()

  const remember = (text: string, vector: Float32Array): void => {
    known.delete(text)
    known.set(text, vector)
    for (const oldest of known.keys()) {
      if (known.size <= maxEntries) break
      known.delete(oldest)
    }
  }

  const start = (texts: string[]): Batch => {
    const controller = new AbortController()
    const unwanted = new Set<string>()
    const detach = (): void => {
      for (const text of texts) if (underWay.get(text) === batch) underWay.delete(text)
    }
    const vectors = embedChecked(embedder, texts, controller.signal)
      .then((found) => {
        for (const [text, vector] of found) if (!unwanted.has(text)) remember(text, vector)
        return found
      })
      .finally(detach)
    const batch: Batch = { vectors, waiting: 0, controller, unwanted }
    // Nobody may join a batch that is being given up.
    controller.signal.addEventListener('abort', detach, { once: true })
    for (const text of texts) underWay.set(text, batch)
    return batch
  }

  const embed: Embedder['embed'] = async (texts, { signal } = {}) => {
    throwIfAborted(signal)
    const wanted = prepare(texts, maxCharacters)
    const found = new Map<string, Float32Array>()
    const batches = new Set<Batch>()
    const missing = new Set<string>()
    for (const text of wanted) {
      const vector = known.get(text)
      const batch = underWay.get(text)
      if (vector) {
        found.set(text, vector)
        remember(text, vector)
      } else if (batch) batches.add(batch)
      else missing.add(text)
    }
    if (missing.size > 0) batches.add(start([...missing]))
    await Promise.all(Array.from(batches, (batch) => join(batch, signal)))
    for (const batch of batches) for (const [text, vector] of await batch.vectors) found.set(text, vector)
    return wanted.map((text) => (found.get(text) as Float32Array).slice())
  }

  const forget: ForgetfulEmbedder['forget'] = async (texts) => {
    const cut = texts && prepare(texts, maxCharacters)
    for (const text of cut ?? [...known.keys(), ...underWay.keys()]) {
      known.delete(text)
      underWay.get(text)?.unwanted.add(text)
      underWay.delete(text)
    }
    if ('forget' in embedder) await embedder.forget(cut)
  }

  const { id, dimensions } = embedder
  return {
    id,
    dimensions,
    embed,
    forget,
    ...(embedder.link && { link: () => (embedder.link as NonNullable<Embedder['link']>)() }),
    close: () => {
      known.clear()
      embedder.close?.()
    },
  }
}

function prepare(texts: readonly string[], maxCharacters: number): string[] {
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string'))
    throw new RepriseError('invalid-options', 'embed and forget take a list of texts.')
  return texts.map((text: string) => clip(text, maxCharacters))
}

/** Waits for a batch until the signal fires; the last to leave ends it. */
async function join(batch: Batch, signal: AbortSignal | undefined): Promise<void> {
  batch.waiting++
  try {
    await abortable(batch.vectors, signal)
  } catch (error) {
    if (batch.waiting === 1 && signal?.aborted) batch.controller.abort()
    throw error
  } finally {
    batch.waiting--
  }
}
