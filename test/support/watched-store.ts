/** A store that tells of each page of rows that is read from it, and can be made to fail there. */
import type { Table, Tables, TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'

export function watchedStore(store: TrajectoryStore, onRows: (table: Table, rows: readonly Tables[Table][]) => void): TrajectoryStore {
  return {
    ...store,
    read: (work) =>
      store.read((reader) =>
        work({
          ...reader,
          rows: async (table, page) => {
            const rows = await reader.rows(table, page)
            onRows(table, rows)
            return rows
          },
        }),
      ),
  }
}
