/** Reading and writing rows within a transaction of IndexedDB. */
import type { IDBPCursorWithValue, IDBPIndex } from 'idb'
import type { Transaction } from './idb-schema.ts'
import { INDEXES, LOOKUPS, type IndexName, type LookupName, type StoreReader, type StoreWriter, type Table } from './trajectory-store.ts'

export function readerOf(transaction: Transaction<IDBTransactionMode>): StoreReader {
  return {
    get: (table, id) => transaction.objectStore(table).get(id) as Promise<never>,
    count: (table) => transaction.objectStore(table).count(),
    rows: (table, { after, limit }) =>
      transaction.objectStore(table).getAll(after === undefined ? null : IDBKeyRange.lowerBound(after, true), limit) as Promise<never[]>,
    ids: (table) => transaction.objectStore(table).getAllKeys() as Promise<never[]>,
    async by(name, { from, order, limit }) {
      const index = indexOf(transaction, INDEXES[name].table, name)
      if (order === 'ascending')
        return index.getAll(from === undefined ? null : IDBKeyRange.lowerBound(from, true), limit) as Promise<never[]>
      const range = from === undefined ? null : IDBKeyRange.upperBound(from, true)
      return collect(await index.openCursor(range, 'prev'), limit)
    },
    async where(name, value, { limit = Infinity, before } = {}) {
      const index = indexOf(transaction, LOOKUPS[name].table, name)
      let cursor = await index.openCursor(IDBKeyRange.only(value), 'prev')
      if (cursor && before !== undefined && cursor.primaryKey > before) cursor = await cursor.continuePrimaryKey(value, before)
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

function indexOf(transaction: Transaction<IDBTransactionMode>, table: Table, name: IndexName | LookupName): Index {
  return transaction.objectStore(table).index(name) as unknown as Index
}
