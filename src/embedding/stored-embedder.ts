/**
 * Any embedder, asked only once per text across episodes, sessions and tabs: vectors are kept in a database of their own, which
 * all memories of the origin share.
 */
import { deleteDB } from 'idb'
import * as z from 'zod/mini'
import type { Embedder } from '../core/embedder.ts'
import { RepriseError } from '../core/errors.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { callable, parse } from '../util/validate.ts'
import { within } from './cache-connection.ts'
import { embedChecked } from './embed-checked.ts'
import { vectorCache } from './vector-cache.ts'

/** An embedder that remembers texts, and can be told not to. */
export interface ForgetfulEmbedder extends Embedder {
  /**
   * Removes what is remembered of these texts, for every embedder; `null` for all texts. Calls under way in this thread do not
   * bring it back. Errors: `memory-blocked` where the database of embeddings cannot be reached.
   */
  forget(texts: readonly string[] | null): Promise<void>
}

export interface StoredEmbedder extends ForgetfulEmbedder {
  /** Resolves once all that was embedded so far is written, or dropped. */
  idle(): Promise<void>
}

export interface StoredEmbedderOptions {
  /** Vectors kept, of all embedders together; those unused for longest go first (default 50,000; 384 numbers are 1.5 kB, 2.3 kB on disk). */
  maxEntries?: number
  /** Name of the database (default `reprise-embeddings`). */
  database?: string
  /** How long a call waits for the database before it goes on without it (ms, default 3000). */
  patience?: number
  /** Milliseconds of a clock that does not run backwards (default `performance.now`). */
  now?: () => number
}

const DATABASE = 'reprise-embeddings'
const PATIENCE_MS = 3000

const optionsSchema = z.strictObject({
  maxEntries: z.exactOptional(z.int().check(z.gte(1))),
  database: z.exactOptional(z.string().check(z.minLength(1))),
  patience: z.exactOptional(z.int().check(z.gte(1))),
  now: z.exactOptional(callable),
})

/**
 * The same vectors, bit for bit, with fewer calls: what is neither stored nor waiting to be goes to `embedder` as one batch, each
 * text once. Two calls at the same time may both ask for a text; put `cachedEmbedder` around this one, which lets them share.
 * Vectors are written after the answer. A database that is missing, full, blocked, damaged or of a newer version costs nothing
 * but the saving: the call goes to `embedder`, and the database is tried again later. Where the browser has no room left, the
 * oldest vectors make some. Without IndexedDB (Node) all calls go to `embedder`.
 *
 * Privacy: of texts only SHA-256 hashes are stored. But a short text can be guessed and recognised by its hash, and a vector
 * tells something of what its text was about: treat the database as what it was made from. What a memory deletes is to be
 * deleted here too, with `forget`; texts of queries stay until they are the oldest, or `deleteEmbeddingCache` is called.
 *
 * Errors: those of `embedder`; `embedder-failed` where it threw something else, or returned vectors of the wrong number, length
 * or norm, and after `close`; `invalid-options`; `aborted`.
 */
export function storedEmbedder(embedder: Embedder, options: StoredEmbedderOptions = {}): StoredEmbedder {
  parse(optionsSchema, options, 'storedEmbedder options')
  const { id, dimensions } = embedder
  const { maxEntries = 50_000, database = DATABASE, patience = PATIENCE_MS, now = () => performance.now() } = options
  const cache = vectorCache({ embedder: { id, dimensions }, database, maxEntries, patience, now })
  let closed = false

  const checkOpen = (): void => {
    if (closed) throw new RepriseError('embedder-failed', `The embedder ${id} was closed. Make a new one.`)
  }

  const embed: Embedder['embed'] = async (texts, { signal } = {}) => {
    throwIfAborted(signal)
    checkOpen()
    const wanted = wellFormed(texts)
    if (wanted.length === 0) return []
    if (!hasIndexedDB()) return copies(wanted, await embedChecked(embedder, wanted, signal))
    const visit = cache.enter()
    try {
      const unique = [...new Set(wanted)]
      const found = await abortable(cache.read(unique, signal), signal)
      const missing = unique.filter((text) => !found.has(text))
      if (missing.length > 0) {
        checkOpen()
        const vectors = await embedChecked(embedder, missing, signal)
        visit.keep(vectors)
        for (const [text, vector] of vectors) found.set(text, vector)
      }
      return copies(wanted, found)
    } finally {
      visit.leave()
    }
  }

  return {
    id,
    dimensions,
    embed,
    async forget(texts) {
      checkOpen()
      if (hasIndexedDB()) await cache.forget(texts && wellFormed(texts))
    },
    idle: () => cache.idle(),
    ...(embedder.link && { link: () => (embedder.link as NonNullable<Embedder['link']>)() }),
    close() {
      if (closed) return
      closed = true
      void cache.close()
      embedder.close?.()
    },
  }
}

/**
 * Deletes the database of embeddings; it is made again when something is embedded.
 * Errors: `memory-blocked` where it cannot be deleted, or is not within some seconds (then it is as soon as nothing holds it).
 */
export async function deleteEmbeddingCache(options: Pick<StoredEmbedderOptions, 'database' | 'patience'> = {}): Promise<void> {
  const { database = DATABASE, patience = PATIENCE_MS } = options
  if (!hasIndexedDB()) return
  try {
    await within(deleteDB(database), patience)
  } catch (cause) {
    const message = `The database "${database}" could not be deleted: another tab holds it, or the browser refuses. Close other tabs of this page and try again.`
    throw new RepriseError('memory-blocked', message, { cause })
  }
}

/** As hashes see it: halves of characters would all be the same. */
function wellFormed(texts: readonly string[]): string[] {
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string'))
    throw new RepriseError('invalid-options', 'embed and forget take a list of texts.')
  return texts.map((text: string) => text.toWellFormed())
}

/** Each caller gets vectors of its own. */
function copies(texts: readonly string[], vectors: ReadonlyMap<string, Float32Array>): Float32Array[] {
  return texts.map((text) => (vectors.get(text) as Float32Array).slice())
}

/** Asking is refused in some sandboxes. */
function hasIndexedDB(): boolean {
  try {
    return Boolean(globalThis.indexedDB)
  } catch {
    return false
  }
}
