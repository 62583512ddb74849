/** The tables as IndexedDB knows them, and how they are made. */
import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb'
import { INDEXES, LOOKUPS, TABLES, type IndexName, type LookupName, type Table, type Tables } from './trajectory-store.ts'

/** Version of the tables' layout. A database of a newer one is left alone. */
export const VERSION = 2

export type Schema = DBSchema & { [T in Table]: { key: Tables[T]['id']; value: Tables[T]; indexes: Record<AnyIndex, IDBValidKey> } }
export type Database = IDBPDatabase<Schema>
export type Transaction<M extends IDBTransactionMode> = IDBPTransaction<Schema, readonly Table[], M>
type AnyIndex = IndexName | LookupName

/** Makes the tables and indexes that are not there yet, within an upgrade. */
export function createTables(db: Database, transaction: Transaction<'versionchange'>): void {
  for (const table of [...TABLES, 'snapshots'] as const) {
    const store = db.objectStoreNames.contains(table) ? transaction.objectStore(table) : db.createObjectStore(table, { keyPath: 'id' })
    for (const { name, path, ...options } of indexesOf(table)) {
      if (!store.indexNames.contains(name)) store.createIndex(name, path, options)
    }
  }
}

interface IndexSpec {
  name: AnyIndex
  path: string | string[]
  unique: boolean
  multiEntry: boolean
}

function indexesOf(table: Table): IndexSpec[] {
  const orders = Object.entries(INDEXES) as [IndexName, (typeof INDEXES)[IndexName]][]
  const lookups = Object.entries(LOOKUPS) as [LookupName, (typeof LOOKUPS)[LookupName]][]
  return [
    // Two trajectories with one place in the order of storing would hide each other from paging.
    ...orders.map(([name, { table: of, path }]) => ({ name, of, path: pathOf(path), unique: name === 'seq', multiEntry: false })),
    ...lookups.map(([name, { table: of, path, many }]) => ({ name, of, path: pathOf(path), unique: false, multiEntry: many })),
  ].filter(({ of }) => of === table)
}

function pathOf(path: string | readonly string[]): string | string[] {
  return typeof path === 'string' ? path : path.slice()
}
