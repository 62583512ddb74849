/**
 * Vectors by text in a database, written behind the caller's back. Whatever goes wrong with the database, reading finds less and
 * writing drops what it has; only what was to be forgotten is kept in mind until it is.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { RepriseError } from '../core/errors.ts'
import { checkVectors } from '../util/vectors.ts'
import { cacheConnection, nameOf, type VectorRow } from './cache-connection.ts'
import { applyChanges, makeRoom, readRows, type CacheChanges, type CacheKey } from './cache-rows.ts'

export interface VectorCacheOptions {
  embedder: { id: string; dimensions: number }
  database: string
  maxEntries: number
  /** How long a caller waits for the database (ms). */
  patience: number
  /** Milliseconds of a clock that does not run backwards. */
  now(): number
}

export interface VectorCache {
  /** What is known of these texts, by text; less where the database fails. Never rejects. */
  read(texts: readonly string[], signal: AbortSignal | undefined): Promise<Map<string, Float32Array<ArrayBuffer>>>
  /** Of a call that may come to keep vectors: what is forgotten before its end, it does not keep. */
  enter(): Visit
  /** Resolves once nothing of it is left in the database. Errors: `memory-blocked`; then it is tried again with the next write. */
  forget(texts: readonly string[] | null): Promise<void>
  /** Once all is written, or dropped. */
  idle(): Promise<void>
  /** Writes what is waiting, then closes the database. */
  close(): Promise<void>
}

export interface Visit {
  keep(vectors: ReadonlyMap<string, Float32Array<ArrayBuffer>>): void
  leave(): void
}

/** Rows in one transaction: others wait for it. */
const ROWS = 256

/** How much longer than a caller a write may wait, whom nobody waits for. */
const WRITE_PATIENCE = 10

/** How long nothing is written where making room did not help: browsers give back deleted bytes late. */
const FULL_MS = 30_000

export function vectorCache({ embedder, database, maxEntries, patience, now }: VectorCacheOptions): VectorCache {
  const keyOf = keysOf(embedder.id)
  const visits = new Set<{ forgotten: Set<string>; all: boolean }>()
  let waiting = noChanges()
  let writing = noChanges()
  let flushing: Promise<void> | undefined
  let fullUntil = 0

  const dropAll = (): void => {
    for (const visit of visits) visit.all = true
    for (const { put, touch } of [waiting, writing]) {
      put.clear()
      touch.clear()
    }
  }
  const connection = cacheConnection({ database, now, onDelete: dropAll })

  const write = async (changes: CacheChanges): Promise<void> => {
    const limit = patience * WRITE_PATIENCE
    const forgetting = { ...noChanges(), forgetAll: changes.forgetAll, forget: changes.forget }
    const allowed = now() < fullUntil ? forgetting : changes
    if (isEmpty(allowed)) return
    try {
      await connection.use((db) => applyChanges(db, allowed, maxEntries), limit)
    } catch (error) {
      if (nameOf(error) !== 'QuotaExceededError') throw error
      await connection.use((db) => makeRoom(db, forgetting), limit)
      await connection
        .use((db) => applyChanges(db, { ...noChanges(), put: changes.put }, maxEntries), limit)
        .catch(() => {
          fullUntil = now() + FULL_MS
        })
    }
  }

  const flushAll = async (): Promise<void> => {
    await Promise.resolve() // what comes in together is written together
    while (!isEmpty(waiting)) {
      writing = take(waiting)
      try {
        await write(writing)
      } catch {
        waiting = owed(writing, waiting)
        break
      } finally {
        writing = noChanges()
      }
    }
    flushing = undefined
  }
  /** Never rejects. */
  const flush = (): Promise<void> => (flushing ??= flushAll())

  const find = async (keys: readonly CacheKey[]): Promise<(Float32Array<ArrayBuffer> | undefined)[]> => {
    const { clock, rows } = await connection.use((db) => readRows(db, keys), patience)
    return rows.map((row, i) => {
      if (!isIntact(row, embedder)) return undefined
      const key = keys[i] as CacheKey
      // A stamp from ahead of the clock is damaged too.
      if (Math.abs(clock - row.used) > maxEntries / 4) waiting.touch.set(key.name, key)
      return row.vector
    })
  }

  return {
    async read(texts, signal) {
      const found = new Map<string, Float32Array<ArrayBuffer>>()
      const missing: { text: string; key: CacheKey }[] = []
      for (const text of texts) {
        const key = keyOf(text)
        const unwritten = (waiting.put.get(key.name) ?? writing.put.get(key.name))?.vector
        if (unwritten) found.set(text, unwritten)
        else missing.push({ text, key })
      }
      try {
        for (let from = 0; from < missing.length && !signal?.aborted; from += ROWS) {
          const part = missing.slice(from, from + ROWS)
          const vectors = await find(part.map(({ key }) => key))
          for (const [i, { text }] of part.entries()) if (vectors[i]) found.set(text, vectors[i])
        }
        if (!isEmpty(waiting)) void flush()
      } catch {
        // What was not found is embedded.
      }
      return found
    },
    enter() {
      const visit = { forgotten: new Set<string>(), all: false }
      visits.add(visit)
      return {
        keep(vectors) {
          if (visit.all) return
          for (const [text, vector] of Array.from(vectors).slice(-maxEntries)) {
            const key = keyOf(text)
            if (!visit.forgotten.has(key.name)) waiting.put.set(key.name, { key, vector })
          }
          void flush()
        },
        leave: () => visits.delete(visit),
      }
    },
    async forget(texts) {
      const keys = texts?.map(keyOf) ?? []
      if (texts === null) {
        dropAll()
        waiting.forgetAll = true
      }
      for (const { name, text } of keys) {
        for (const visit of visits) visit.forgotten.add(name)
        waiting.put.delete(name)
        waiting.touch.delete(name)
        waiting.forget.set(name, text)
      }
      while (flushing) await flushing
      await flush()
      if (texts === null ? waiting.forgetAll : keys.some(({ name }) => waiting.forget.has(name))) throw notForgotten(database)
    },
    idle: async () => {
      while (flushing) await flushing
    },
    async close() {
      await flush()
      connection.close()
    },
  }
}

function keysOf(embedder: string): (text: string) => CacheKey {
  const ending = sha256(utf8ToBytes(embedder)).subarray(0, 16)
  return (text) => {
    const hash = Uint8Array.from(sha256(utf8ToBytes(text)))
    return { name: bytesToHex(hash), text: hash, row: Uint8Array.from([...hash, ...ending]) }
  }
}

function noChanges(): CacheChanges {
  return { forgetAll: false, forget: new Map(), touch: new Map(), put: new Map() }
}

/** What is left to do where a write failed: vectors are dropped, what is to be forgotten is not. */
function owed(failed: CacheChanges, waiting: CacheChanges): CacheChanges {
  return {
    ...noChanges(),
    forgetAll: failed.forgetAll || waiting.forgetAll,
    forget: new Map([...failed.forget, ...waiting.forget]),
  }
}

function isEmpty({ forgetAll, forget, touch, put }: CacheChanges): boolean {
  return !forgetAll && forget.size + touch.size + put.size === 0
}

/** Takes a transaction's worth out of `changes`. */
function take(changes: CacheChanges): CacheChanges {
  const taken = { ...noChanges(), forgetAll: changes.forgetAll }
  changes.forgetAll = false
  move(changes.forget, taken.forget)
  move(changes.touch, taken.touch)
  move(changes.put, taken.put)
  return taken
}

function move<V>(from: Map<string, V>, to: Map<string, V>): void {
  for (const [name, value] of from) {
    if (to.size === ROWS) break
    to.set(name, value)
    from.delete(name)
  }
}

/** Whether a row is one of ours, with a vector that this embedder could have made. */
function isIntact(row: unknown, { id, dimensions }: VectorCacheOptions['embedder']): row is VectorRow {
  if (typeof row !== 'object' || row === null) return false
  const { vector, used } = row as Partial<VectorRow>
  try {
    checkVectors([vector], { id, count: 1, dimensions })
    return Number.isSafeInteger(used)
  } catch {
    return false
  }
}

function notForgotten(database: string): RepriseError {
  return new RepriseError(
    'memory-blocked',
    `The database "${database}" could not be reached, so that it still holds the vectors of deleted texts. They are deleted as soon as it can be. Reload the page; clear() of any memory deletes all of them.`,
  )
}
