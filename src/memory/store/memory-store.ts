/** A store that lives as long as its worker: for tests, for Node, and for pages where IndexedDB is refused. */
import { RepriseError } from '../../core/errors.ts'
import {
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

/** Opens an empty store in RAM. It keeps the contract of transactions, and copies rows in and out as a database would. */
export function openMemoryStore(): TrajectoryStore {
  const database: Database = emptyDatabase()
  let closed = false
  let turn: Promise<unknown> = Promise.resolve()

  const whileOpen = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) throw new RepriseError('memory-closed', 'The memory is closed. Open it again to use it.')
    return work()
  }
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(() => whileOpen(work))
    turn = result.catch(() => {})
    return result
  }

  return {
    kind: 'memory',
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
    close: () => void (closed = true),
  }
}

function emptyDatabase(): Database {
  return new Map(TABLES.map((table) => [table, new Map()]))
}

function readerOf(database: Database): StoreReader {
  return {
    get: async <T extends Table>(table: T, id: RowId<T>) => copy(rowsOf(database, table).get(id)),
    count: async (table) => rowsOf(database, table).size,
    rows: async (table, { after, limit }) =>
      Array.from(rowsOf(database, table).entries())
        .filter(([id]) => after === undefined || id > after)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([, row]) => copy(row)),
    trajectories: async ({ from, order, limit }) => {
      const sign = order === 'oldest' ? 1 : -1
      return Array.from(rowsOf(database, 'trajectories').values())
        .filter(({ seq }) => from === undefined || (seq - from) * sign > 0)
        .toSorted((a, b) => (a.seq - b.seq) * sign)
        .slice(0, limit)
        .map(copy)
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
    clear: async (table) => {
      const rows = rowsOf(database, table)
      database.set(table, new Map())
      undo.push(() => database.set(table, rows))
    },
  }
}

function rowsOf<T extends Table>(database: Database, table: T): Map<RowId<T>, Tables[T]> {
  return database.get(table) as Map<RowId<T>, Tables[T]>
}

function copy<T>(row: T): T {
  return structuredClone(row)
}
