/** The store that lasts: one IndexedDB database, one object store for each table. */
import { openConnection } from './idb-connection.ts'
import type { Transaction } from './idb-schema.ts'
import { readerOf, writerOf } from './idb-tables.ts'
import { transact } from './idb-transact.ts'
import { TABLES, type Table, type TrajectoryStore } from './trajectory-store.ts'

export interface IdbStoreOptions {
  /** The database is called `reprise/<name>`. */
  name: string
  /** How long to wait for the browser to open it, and while it is brought to a new layout for each part of that (ms). */
  openTimeout?: number
  /** Told when a connection that the browser had closed was opened again. */
  onRecovered?(message: string): void
}

/**
 * Opens the database, or makes it, and brings one of an older layout to the present one.
 * Errors: `memory-blocked` where IndexedDB is missing, refuses, holds a newer version or does not answer; `memory-quota`.
 */
export async function openIdbStore({ name, openTimeout = 10_000, onRecovered = () => {} }: IdbStoreOptions): Promise<TrajectoryStore> {
  const connection = await openConnection({ name, openTimeout, onRecovered })
  const run = <T, M extends 'readonly' | 'readwrite'>(scope: Scope<M>, work: (transaction: Transaction<M>) => Promise<T>): Promise<T> =>
    connection.use((db) => transact(() => db.transaction(scope.tables, scope.mode, { durability: scope.durability }), work))

  const tables = { tables: TABLES, durability: 'strict' } as const
  // What is never needed need not wait for the disk.
  const snapshots = { tables: ['snapshots'], durability: 'relaxed' } as const
  return {
    kind: 'indexeddb',
    read: (work) => run({ ...tables, mode: 'readonly' }, (transaction) => work(readerOf(transaction))),
    // Relaxed durability, the default of browsers, may lose an acknowledged write when the system crashes.
    write: (work) => run({ ...tables, mode: 'readwrite' }, (transaction) => work(writerOf(transaction))),
    snapshots: {
      read: (work) => run({ ...snapshots, mode: 'readonly' }, (transaction) => work(readerOf(transaction))),
      write: (work) => run({ ...snapshots, mode: 'readwrite' }, (transaction) => work(writerOf(transaction))),
    },
    close: () => connection.close(),
  }
}

interface Scope<M extends IDBTransactionMode> {
  tables: readonly Table[]
  mode: M
  durability: IDBTransactionDurability
}
