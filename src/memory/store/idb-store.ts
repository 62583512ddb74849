/** The store that lasts: one IndexedDB database, one table each. */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb'
import { RepriseError } from '../../core/errors.ts'
import { databaseName } from './database-name.ts'
import { blocked, openError, transactionError } from './idb-errors.ts'
import { TABLES, type StoreReader, type StoreWriter, type Table, type Tables, type TrajectoryStore } from './trajectory-store.ts'

export interface IdbStoreOptions {
  /** The database is called `reprise/<name>`. */
  name: string
  /** How long to wait for the browser to open it (ms). */
  openTimeout?: number
}

/** Version of the tables' layout. A database of a newer one is left alone. */
const VERSION = 1

/**
 * Opens the database, or makes it. Nothing stored is changed by opening.
 * Errors: `memory-blocked` where IndexedDB is missing, refuses, holds a newer version or does not answer; `memory-quota`.
 */
export async function openIdbStore({ name, openTimeout = 10_000 }: IdbStoreOptions): Promise<TrajectoryStore> {
  let closed: RepriseError | undefined
  let close: (why: string) => void = () => {}
  const db = await open(name, openTimeout, (why) => close(why))
  close = (why) => {
    closed ??= new RepriseError('memory-closed', `${why} What it had acknowledged is kept. Open it again to use it.`)
    db.close()
  }

  return {
    kind: 'indexeddb',
    read: (work) => transact(() => db.transaction(TABLES, 'readonly'), { work: (tx) => work(readerOf(tx)), closed: () => closed }),
    write: (work) =>
      // Relaxed durability, the default of browsers, may lose an acknowledged write when the system crashes.
      transact(() => db.transaction(TABLES, 'readwrite', { durability: 'strict' }), {
        work: (tx) => work(writerOf(tx)),
        closed: () => closed,
      }),
    close: () => close('The memory was closed.'),
  }
}

type Schema = DBSchema & { [T in Table]: { key: Tables[T]['id']; value: Tables[T]; indexes: { seq: number } } }
type Connection = IDBPDatabase<Schema>
type Transaction<M extends IDBTransactionMode> = IDBPTransaction<Schema, readonly Table[], M>

async function open(name: string, timeout: number, onClose: (why: string) => void): Promise<Connection> {
  if (typeof indexedDB === 'undefined')
    throw blocked(
      "There is no IndexedDB here (private mode, or not a browser). Open the memory with storage: 'memory' to go on without keeping anything.",
    )
  let late = false
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const opening = openDB<Schema>(databaseName(name), VERSION, {
      upgrade: createTables,
      blocking: () => onClose('Another tab or another part of this page is deleting this memory, or updating it to a newer version.'),
      terminated: () => onClose('The browser closed the connection to the memory.'),
    })
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        late = true
        reject(
          blocked(
            `The memory "${name}" did not open within ${timeout / 1000} s: another tab holds it. Close other tabs of this page and try again.`,
          ),
        )
      }, timeout)
    })
    // One that opens after the caller has been told that it did not must not hold on to the database.
    opening.then((db) => late && db.close()).catch(() => {})
    return await Promise.race([opening, expired])
  } catch (error) {
    throw openError(error, name)
  } finally {
    clearTimeout(timer)
  }
}

function createTables(db: Connection): void {
  for (const table of TABLES) {
    const made = db.createObjectStore(table, { keyPath: 'id' })
    if (table === 'trajectories') made.createIndex('seq', 'seq', { unique: true })
  }
}

interface Work<T, M extends IDBTransactionMode> {
  work(transaction: Transaction<M>): Promise<T>
  closed(): RepriseError | undefined
}

async function transact<T, M extends IDBTransactionMode>(begin: () => Transaction<M>, { work, closed }: Work<T, M>): Promise<T> {
  let transaction: Transaction<M> | undefined
  try {
    transaction = begin()
    transaction.done.catch(() => {}) // heard below; without this it would also count as unhandled while work is under way
    const result = await work(transaction)
    await transaction.done
    return result
  } catch (error) {
    // A failed request aborts by itself; then `error` is the transaction's own reason.
    const reason = transaction?.error ?? error
    if (transaction) await abort(transaction)
    throw transactionError(reason, closed())
  }
}

async function abort(transaction: Transaction<IDBTransactionMode>): Promise<void> {
  try {
    transaction.abort()
  } catch {
    // It is over already.
  }
  await transaction.done.catch(() => {})
}

function readerOf(transaction: Transaction<IDBTransactionMode>): StoreReader {
  return {
    get: (table, id) => transaction.objectStore(table).get(id) as Promise<never>,
    count: (table) => transaction.objectStore(table).count(),
    rows: (table, { after, limit }) =>
      transaction.objectStore(table).getAll(after === undefined ? null : IDBKeyRange.lowerBound(after, true), limit) as Promise<never[]>,
    async trajectories({ from, order, limit }) {
      const index = transaction.objectStore('trajectories').index('seq')
      if (order === 'oldest') return index.getAll(from === undefined ? null : IDBKeyRange.lowerBound(from, true), limit)
      const rows: Tables['trajectories'][] = []
      let cursor = await index.openCursor(from === undefined ? null : IDBKeyRange.upperBound(from, true), 'prev')
      for (; cursor && rows.length < limit; cursor = await cursor.continue()) rows.push(cursor.value)
      return rows
    },
  }
}

function writerOf(transaction: Transaction<'readwrite'>): StoreWriter {
  return {
    ...readerOf(transaction),
    put: async (table, row) => void (await transaction.objectStore(table).put(row)),
    delete: (table, id) => transaction.objectStore(table).delete(id),
    clear: (table) => transaction.objectStore(table).clear(),
  }
}
