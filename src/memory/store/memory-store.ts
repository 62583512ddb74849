/** A store that lives as long as its worker: for tests, for Node, and for pages where IndexedDB is refused. */
import { RepriseError } from '../../core/errors.ts'
import {
  INDEXES,
  LOOKUPS,
  TABLES,
  type RowId,
  type StoreReader,
  type StoreWriter,
  type Table,
  type Tables,
  type TrajectoryStore,
} from './trajectory-store.ts'

type Rows = Map<string | number, unknown>
type Database = Map<Table, Rows>
type Row = { id: string | number }

/** Opens an empty store in RAM. It keeps the contract of transactions, and copies rows in and out as a database would. */
export function openMemoryStore(): TrajectoryStore {
  let closed = false
  const whileOpen = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) throw new RepriseError('memory-closed', 'The memory is closed. Open it again to use it.')
    return work()
  }
  return {
    kind: 'memory',
    ...transactionsOf(TABLES, whileOpen),
    snapshots: transactionsOf(['snapshots'], whileOpen),
    close: () => void (closed = true),
  }
}

/** Transactions of some tables, one after another. */
function transactionsOf(
  tables: readonly Table[],
  whileOpen: <T>(work: () => Promise<T>) => Promise<T>,
): Pick<TrajectoryStore, 'read' | 'write'> {
  const database: Database = new Map(tables.map((table) => [table, new Map()]))
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(() => whileOpen(work))
    turn = result.catch(() => {})
    return result
  }
  return {
    read: (work) => inTurn(() => work(readerOf(database))),
    write: (work) =>
      inTurn(async () => {
        const undo: (() => void)[] = []
        try {
          return await work(writerOf(database, undo))
        } catch (error) {
          for (const step of undo.toReversed()) step()
          throw error
        }
      }),
  }
}

function readerOf(database: Database): StoreReader {
  return {
    get: async <T extends Table>(table: T, id: RowId<T>) => copy(rowsOf(database, table).get(id)),
    count: async (table) => rowsOf(database, table).size,
    rows: async (table, { after, limit }) =>
      Array.from(rowsOf(database, table).entries())
        .filter(([id]) => after === undefined || id > after)
        .toSorted(([a], [b]) => compare(a, b))
        .slice(0, limit)
        .map(([, row]) => copy(row)),
    ids: async <T extends Table>(table: T) => Array.from(rowsOf(database, table).keys()).toSorted(compare),
    by: async (index, { from, order, limit }) => {
      const { table, path } = INDEXES[index]
      const sign = order === 'ascending' ? 1 : -1
      return Array.from(rowsOf(database, table).values())
        .map((row) => ({ row, key: keyAt(row, path) }))
        .filter(({ key }) => isKey(key) && (from === undefined || compare(key, from) * sign > 0))
        .toSorted((a, b) => sign * (compare(a.key, b.key) || compare(a.row.id, b.row.id)))
        .slice(0, limit)
        .map(({ row }) => copy(row)) as never
    },
    where: async (index, value, { limit = Infinity, before } = {}) => {
      const { table, path } = LOOKUPS[index]
      return Array.from(rowsOf(database, table).values())
        .filter((row) => (before === undefined || compare(row.id, before) < 0) && has(keyAt(row, path), value))
        .toSorted((a, b) => compare(b.id, a.id))
        .slice(0, limit)
        .map(copy) as never
    },
  }
}

/** Changes rows in place (nobody reads meanwhile), and remembers how to undo it. */
function writerOf(database: Database, undo: (() => void)[]): StoreWriter {
  const set = (table: Table, id: string | number, row: unknown): void => {
    const rows = rowsOf(database, table) as Rows
    const before = rows.get(id)
    undo.push(() => (before === undefined ? rows.delete(id) : rows.set(id, before)))
    if (row === undefined) rows.delete(id)
    else rows.set(id, row)
  }
  return {
    ...readerOf(database),
    put: async (table, row) => set(table, row.id, copy(row)),
    delete: async (table, id) => set(table, id, undefined),
    deleteUpTo: async (table, id) => {
      for (const key of Array.from(rowsOf(database, table).keys())) if (compare(key, id) <= 0) set(table, key, undefined)
    },
    clear: async (table) => {
      const rows = rowsOf(database, table)
      database.set(table, new Map())
      undo.push(() => database.set(table, rows))
    },
  }
}

function rowsOf<T extends Table>(database: Database, table: T): Map<RowId<T>, Tables[T] & Row> {
  const rows = database.get(table)
  if (!rows) throw new Error(`This transaction does not reach the table ${table}.`)
  return rows as Map<RowId<T>, Tables[T] & Row>
}

function keyAt(row: Row, path: string | readonly string[]): unknown {
  const field = (name: string): unknown => (row as unknown as Record<string, unknown>)[name]
  return typeof path === 'string' ? field(path) : path.map(field)
}

/** Whether a database would have it in an index. */
function isKey(key: unknown): boolean {
  if (Array.isArray(key)) return key.every(isKey)
  return typeof key === 'string' || (typeof key === 'number' && !Number.isNaN(key))
}

function has(field: unknown, value: string): boolean {
  return field === value || (Array.isArray(field) && field.includes(value))
}

/** Of keys of one kind, as databases order them. */
function compare(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) return a.map((item, i) => compare(item, b[i])).find((order) => order !== 0) ?? 0
  const [first, second] = [a as string, b as string]
  return first < second ? -1 : first > second ? 1 : 0
}

function copy<T>(row: T): T {
  return structuredClone(row)
}
