/** Reading and writing rows within a transaction of IndexedDB. */
import type { IDBPCursorWithValue, IDBPIndex } from 'idb'
import type { Transaction } from './idb-schema.ts'
import { INDEXES, LOOKUPS, type IndexName, type LookupName, type StoreReader, type StoreWriter, type Table } from './trajectory-store.ts'

export function readerOf(transaction: Transaction<IDBTransactionMode>): StoreReader {
  return {
    get: (table, id) => transaction.objectStore(table).get(id) as Promise<never>,
    count: (table) => transaction.objectStore(table).count(),
    rows: async (table, { after, limit }) => {
      // To a database a limit of 0 is none.
      if (limit === 0) return []
      return transaction.objectStore(table).getAll(beyond(after), limit) as Promise<never[]>
    },
    ids: (table) => transaction.objectStore(table).getAllKeys() as Promise<never[]>,
    async by(name, { from, order, limit }) {
      if (limit === 0) return []
      const index = indexOf(transaction, INDEXES[name].table, name)
      if (order === 'ascending') return index.getAll(beyond(from), limit) as Promise<never[]>
      return backwards(index, from === undefined ? null : IDBKeyRange.upperBound(from, true), limit)
    },
    async where(name, value, { limit = Infinity, before } = {}) {
      if (limit === 0) return []
      const index = indexOf(transaction, LOOKUPS[name].table, name)
      const range = IDBKeyRange.only(value)
      if (before === undefined) return backwards(index, range, limit)
      let cursor = await index.openCursor(range, 'prev')
      if (cursor && cursor.primaryKey > before) cursor = await cursor.continuePrimaryKey(value, before)
      if (cursor && cursor.primaryKey === before) cursor = await cursor.continue()
      return collect(cursor, limit)
    },
  }
}

export function writerOf(transaction: Transaction<'readwrite'>): StoreWriter {
  return {
    ...readerOf(transaction),
    put: async (table, row) => void (await transaction.objectStore(table).put(row)),
    delete: (table, id) => transaction.objectStore(table).delete(id),
    deleteUpTo: (table, id) => transaction.objectStore(table).delete(IDBKeyRange.upperBound(id)),
    clear: (table) => transaction.objectStore(table).clear(),
  }
}

function beyond(key: IDBValidKey | undefined): IDBKeyRange | null {
  return key === undefined ? null : IDBKeyRange.lowerBound(key, true)
}

/** At once where the browser can do that (Chromium from 141), since a cursor costs a message for every few rows. */
async function backwards<R>(index: Index & Partial<BatchReads>, range: IDBKeyRange | null, limit: number): Promise<R[]> {
  if (!index.getAllRecords) return collect(await index.openCursor(range, 'prev'), limit)
  const records = await index.getAllRecords({ query: range, direction: 'prev', ...(limit !== Infinity && { count: limit }) })
  return records.map(({ value }) => value as R)
}

async function collect<R>(first: Cursor | null, limit: number): Promise<R[]> {
  const rows: unknown[] = []
  for (let cursor = first; cursor && rows.length < limit; cursor = rows.length < limit ? await cursor.continue() : null) {
    rows.push(cursor.value)
  }
  return rows as R[]
}

/** Of rows that may be anything: which they are is known by the name. */
type Index = IDBPIndex<unknown, string[], string, string>
type Cursor = IDBPCursorWithValue<unknown, string[], string, string>

/** Not in the compiler's library yet: https://w3c.github.io/IndexedDB/#dom-idbindex-getallrecords */
interface BatchReads {
  getAllRecords(options: { query: IDBKeyRange | null; direction: 'prev'; count?: number }): Promise<{ value: unknown }[]>
}

function indexOf(transaction: Transaction<IDBTransactionMode>, table: Table, name: IndexName | LookupName): Index {
  return transaction.objectStore(table).index(name) as unknown as Index
}
