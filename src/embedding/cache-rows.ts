/**
 * What is done to the rows of the database of embeddings, one transaction each. Recency is coarse: a clock that counts what was
 * ever stored stamps each row, and a row that is used is stamped again only when a quarter of the whole has come in since.
 */
import type { IDBPTransaction } from 'idb'
import type { CacheDatabase, CacheSchema, CacheState, VectorRow } from './cache-connection.ts'

/** Where the vector of a text lies. */
export interface CacheKey {
  /** SHA-256 of the text in hexadecimal. */
  name: string
  /** The same in 32 bytes. */
  text: Uint8Array<ArrayBuffer>
  /** Of the row: the text's bytes and the embedder's. */
  row: Uint8Array<ArrayBuffer>
}

/** To be carried out in this order. */
export interface CacheChanges {
  forgetAll: boolean
  /** Texts by name, for every embedder. */
  forget: Map<string, Uint8Array<ArrayBuffer>>
  /** Used rows whose stamps are old. */
  touch: Map<string, CacheKey>
  put: Map<string, { key: CacheKey; vector: Float32Array<ArrayBuffer> }>
}

type Writing = IDBPTransaction<CacheSchema, ('vectors' | 'state')[], 'readwrite'>

/** The clock, and what lies under each key; nothing is known of it but its address. */
export async function readRows(db: CacheDatabase, keys: readonly CacheKey[]): Promise<{ clock: number; rows: unknown[] }> {
  const transaction = db.transaction(['vectors', 'state'])
  const vectors = transaction.objectStore('vectors')
  const [state, rows] = await Promise.all([
    transaction.objectStore('state').get('state'),
    Promise.all(keys.map(({ row }) => vectors.get(row))),
    transaction.done,
  ])
  return { clock: isState(state) ? state.clock : 0, rows }
}

/** Carries changes out, all or none, then deletes what was used longest ago until at most `maxEntries` are left. */
export function applyChanges(db: CacheDatabase, changes: CacheChanges, maxEntries: number): Promise<void> {
  return writing(db, async (transaction) => {
    const state = await readState(transaction)
    await removeTexts(transaction, changes, state)
    await Promise.all(Array.from(changes.touch.values(), (key) => stamp(transaction, key, state)))
    await Promise.all(Array.from(changes.put.values(), (entry) => store(transaction, entry, state)))
    await shrink(transaction, state, maxEntries)
    await transaction.objectStore('state').put(state, 'state')
  })
}

/**
 * Carries out what is to be forgotten and gives back an eighth of the rest. Nothing is written, which a full disk would refuse:
 * the next change counts the rows again.
 */
export function makeRoom(db: CacheDatabase, changes: CacheChanges): Promise<void> {
  return writing(db, async (transaction) => {
    const state = await readState(transaction)
    await removeTexts(transaction, changes, state)
    await shrink(transaction, state, Math.floor((state.count * 7) / 8))
    await transaction.objectStore('state').delete('state')
  })
}

async function writing(db: CacheDatabase, work: (transaction: Writing) => Promise<void>): Promise<void> {
  const transaction = db.transaction(['vectors', 'state'], 'readwrite')
  transaction.done.catch(() => {}) // heard below; without this it would also count as unhandled while work is under way
  try {
    await work(transaction)
    await transaction.done
  } catch (error) {
    const reason = transaction.error ?? error
    try {
      transaction.abort()
    } catch {
      // It is over already.
    }
    throw reason
  }
}

async function readState(transaction: Writing): Promise<CacheState> {
  const state: unknown = await transaction.objectStore('state').get('state')
  if (isState(state)) return { ...state }
  const vectors = transaction.objectStore('vectors')
  const [count, latest] = await Promise.all([vectors.count(), vectors.index('used').openKeyCursor(null, 'prev')])
  const clock = latest?.key ?? 0
  return { count, clock: Number.isSafeInteger(clock) && clock > 0 ? clock : 0 }
}

function isState(state: unknown): state is CacheState {
  const { count, clock } = (state ?? {}) as Partial<CacheState>
  return Number.isSafeInteger(count) && Number.isSafeInteger(clock) && (count as number) >= 0
}

async function removeTexts(transaction: Writing, { forgetAll, forget }: CacheChanges, state: CacheState): Promise<void> {
  const vectors = transaction.objectStore('vectors')
  if (forgetAll) {
    await vectors.clear()
    state.count = 0
    return
  }
  await Promise.all(
    Array.from(forget.values(), async (text) => {
      const keys = await vectors.getAllKeys(ofEveryEmbedder(text))
      await Promise.all(keys.map((key) => vectors.delete(key)))
      state.count -= keys.length
    }),
  )
}

/** A key continues the text's bytes by 16 of the embedder; one more byte is beyond them all. */
function ofEveryEmbedder(text: Uint8Array<ArrayBuffer>): IDBKeyRange {
  return IDBKeyRange.bound(text, Uint8Array.from([...text, ...Array<number>(17).fill(0xff)]))
}

/** Stamping moves no clock: what is read over and over is not written over and over. */
async function stamp(transaction: Writing, { row: key }: CacheKey, { clock }: CacheState): Promise<void> {
  const row: unknown = await transaction.objectStore('vectors').get(key)
  if (row) await transaction.objectStore('vectors').put({ ...(row as VectorRow), used: clock }, key)
}

async function store(
  transaction: Writing,
  { key, vector }: { key: CacheKey; vector: Float32Array<ArrayBuffer> },
  state: CacheState,
): Promise<void> {
  const vectors = transaction.objectStore('vectors')
  const used = ++state.clock
  const [existing] = await Promise.all([vectors.getKey(key.row), vectors.put({ vector, used }, key.row)])
  if (existing === undefined) state.count++
}

async function shrink(transaction: Writing, state: CacheState, most: number): Promise<void> {
  const excess = state.count - most
  if (excess <= 0) return
  const vectors = transaction.objectStore('vectors')
  const oldest = await vectors.index('used').getAllKeys(null, excess)
  await Promise.all(oldest.map((key) => vectors.delete(key)))
  state.count -= oldest.length
  if (oldest.length === excess) return
  // Rows without a stamp, or a wrong count: nothing here is worth a repair.
  await vectors.clear()
  state.count = 0
}
