/** Everything in a store, so that before and after can be compared byte for byte. */
import { TABLES, type TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'

export async function dumpStore(store: TrajectoryStore): Promise<Record<string, unknown[]>> {
  const tables: Record<string, unknown[]> = {}
  await store.read(async (reader) => {
    for (const table of TABLES) tables[table] = await reader.rows(table, { limit: 100_000 })
  })
  tables['snapshots'] = await store.snapshots.read((reader) => reader.rows('snapshots', { limit: 100_000 }))
  return tables
}
