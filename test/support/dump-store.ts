/** Everything in a store, so that before and after can be compared byte for byte. */
import { TABLES, type TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'

export function dumpStore(store: TrajectoryStore): Promise<Record<string, unknown[]>> {
  return store.read(async (reader) => {
    const tables: Record<string, unknown[]> = {}
    for (const table of TABLES) tables[table] = await reader.rows(table, { limit: 100_000 })
    return tables
  })
}
