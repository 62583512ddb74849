/** Looks into the database of embeddings, and does to it what must not be done. */
import { openDB, type IDBPDatabase } from 'idb'
import { afterEach } from 'vitest'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { storedEmbedder, type StoredEmbedder, type StoredEmbedderOptions } from '../../src/embedding/stored-embedder.ts'
import { recorded, type RecordedEmbedder } from './recorded-embedder.ts'

export const HASH = hashEmbedder({ dimensions: 64 })

const endings: (() => void)[] = []
afterEach(() => {
  for (const end of endings.splice(0).toReversed()) end()
})

/** At the end of the test. */
export function later(end: () => void): void {
  endings.push(end)
}

/** A database that no other test uses. */
export function freshName(): string {
  const name = `test-embeddings-${crypto.randomUUID()}`
  later(() => void indexedDB.deleteDatabase(name))
  return name
}

/** A handle, and the embedder behind it. It waits long, since a busy machine is no failure. */
export function open(
  options: StoredEmbedderOptions,
  inner: RecordedEmbedder = recorded(HASH),
): StoredEmbedder & { asked: RecordedEmbedder } {
  const stored = storedEmbedder(inner, { patience: 30_000, ...options })
  later(() => stored.close?.())
  return { ...stored, asked: inner }
}

/** Lends the database as it is. */
export async function within<T>(database: string, work: (db: IDBPDatabase) => Promise<T>): Promise<T> {
  const db = await openDB(database)
  try {
    return await work(db)
  } finally {
    db.close()
  }
}

export interface Dump {
  keys: IDBValidKey[]
  rows: unknown[]
  state: unknown
}

export function dump(database: string): Promise<Dump> {
  return within(database, async (db) => {
    const transaction = db.transaction(['vectors', 'state'])
    const vectors = transaction.objectStore('vectors')
    const [keys, rows, state] = await Promise.all([vectors.getAllKeys(), vectors.getAll(), transaction.objectStore('state').get('state')])
    return { keys, rows, state: state as unknown }
  })
}

/** Puts `change(row)` in the place of every row. */
export function damage(database: string, change: (row: { vector: Float32Array; used: number }) => unknown): Promise<void> {
  return within(database, async (db) => {
    const transaction = db.transaction('vectors', 'readwrite')
    for (let cursor = await transaction.store.openCursor(); cursor; cursor = await cursor.continue()) {
      const changed = change(cursor.value as never)
      if (changed === undefined) await cursor.delete()
      else await cursor.update(changed)
    }
    await transaction.done
  })
}
