/**
 * The connection to the database of embeddings: opened when first wanted, given up for a while when it does not answer, opened
 * again when the browser or another tab closed it. A cache that cannot be had must delay nobody.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

export interface CacheSchema extends DBSchema {
  /** By SHA-256 of the text, followed by 16 bytes that stand for the embedder. */
  vectors: { key: Uint8Array<ArrayBuffer>; value: VectorRow; indexes: { used: number } }
  /** One row, under `state`. */
  state: { key: string; value: CacheState }
}

export interface VectorRow {
  vector: Float32Array<ArrayBuffer>
  /** What the clock said when it was last used, or a little before. */
  used: number
}

export interface CacheState {
  /** Rows of `vectors`. */
  count: number
  /** Vectors ever stored. */
  clock: number
}

export type CacheDatabase = IDBPDatabase<CacheSchema>

export interface CacheConnection {
  /**
   * Does `work`, once more on a new connection where the first turned out to be closed. Rejects where there is no database for
   * now, where it does not answer within `patience` (ms), or as `work` does.
   */
  use<T>(work: (db: CacheDatabase) => Promise<T>, patience: number): Promise<T>
  close(): void
}

export interface CacheConnectionOptions {
  database: string
  /** Milliseconds of a clock that does not run backwards. */
  now(): number
  /** Somebody is deleting the database. */
  onDelete(): void
}

/** How long a database that failed is left alone. */
const REST_MS = 30_000

/** Of the tables' layout. */
const VERSION = 1

export function cacheConnection({ database, now, onDelete }: CacheConnectionOptions): CacheConnection {
  let opening: Promise<CacheDatabase> | undefined
  let current: CacheDatabase | undefined
  let restUntil = 0
  let closed = false

  const drop = (db: CacheDatabase | undefined): void => {
    db?.close()
    if (db !== current) return
    current = undefined
    opening = undefined
  }

  const open = (): Promise<CacheDatabase> => {
    const attempt = openCache(database, (deleted) => {
      drop(current)
      if (deleted) onDelete()
    })
    attempt.then(
      (db) => {
        current = db
        restUntil = 0
        if (closed) drop(db)
      },
      () => {
        opening = undefined
        restUntil = now() + REST_MS
      },
    )
    return attempt
  }

  const connected = (patience: number): Promise<CacheDatabase> => {
    if (closed || now() < restUntil) return Promise.reject(new Error('The database of embeddings is left alone for now.'))
    opening ??= open()
    return within(opening, patience).catch((error: unknown) => {
      // Another attempt would only queue behind this one; when this one comes through after all, it ends the rest.
      if (error instanceof NoAnswer) restUntil = Infinity
      throw error
    })
  }

  const attempt = async <T>(work: (db: CacheDatabase) => Promise<T>, patience: number): Promise<T | typeof GONE> => {
    const db = await connected(patience)
    try {
      return await within(work(db), patience)
    } catch (error) {
      if (error instanceof NoAnswer) restUntil = now() + REST_MS
      else if (db !== current || nameOf(error) === 'InvalidStateError') {
        drop(db)
        return GONE
      }
      throw error
    }
  }

  return {
    async use(work, patience) {
      for (let left = 2; left > 0; left--) {
        const result = await attempt(work, patience)
        if (result !== GONE) return result
      }
      throw new Error('The database of embeddings was closed twice.')
    },
    close() {
      closed = true
      drop(current)
    },
  }
}

const GONE = Symbol('the connection was closed')

class NoAnswer extends Error {}

/** Settles as `work` does, or rejects after so many milliseconds. */
export function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`The database of embeddings did not answer within ${ms} ms.`)), ms)
  })
  return Promise.race([work, expired]).finally(() => clearTimeout(timer))
}

export function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : ''
}

/** Asynchronous, since `indexedDB.open` may throw at once. */
async function openCache(database: string, onClosed: (deleted: boolean) => void): Promise<CacheDatabase> {
  return openDB<CacheSchema>(database, VERSION, {
    upgrade: (db) => {
      db.createObjectStore('vectors').createIndex('used', 'used')
      db.createObjectStore('state')
    },
    blocking: (_, newVersion) => onClosed(newVersion === null),
    terminated: () => onClosed(false),
  })
}
