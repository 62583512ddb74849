/** What a memory tells of itself. */
import type { Embedder } from '../core/embedder.ts'
import { qualityOf, utilityOf } from './curator.ts'
import { metaOf } from './embedder-check.ts'
import type { TrajectoryIndex } from './index/trajectory-index.ts'
import type { MemoryStats, StorageStats } from './open-memory.ts'
import type { Rebuilder } from './rebuilder.ts'
import { ledgerRowOf } from './rows.ts'
import type { SnapshotStore } from './snapshot-store.ts'
import type { StoreView } from './store-view.ts'
import type { TrajectoryStore } from './store/trajectory-store.ts'

export interface StatsOptions {
  store: TrajectoryStore
  snapshots: SnapshotStore
  embedder: Embedder
  index: TrajectoryIndex
  view: StoreView
  rebuilder: Rebuilder
}

/** Rows of the ledger read at once. */
const PAGE = 1_000

export async function statsOf(options: StatsOptions, perTrajectory: boolean): Promise<MemoryStats> {
  const { store, snapshots, embedder, index, view, rebuilder } = options
  await view.refresh()
  const [count, stored, saved] = await Promise.all([
    store.read((reader) => reader.count('trajectories')),
    store.read((reader) => reader.get('meta', 'meta')),
    snapshots.state(),
  ])
  const { pruned, bytes } = metaOf(stored, embedder)
  const [loading, rebuilding] = [view.loading(), rebuilder.progress()]
  return {
    count,
    retrievable: index.size,
    pruned,
    ...(loading && { loading }),
    ...(rebuilding && { rebuilding }),
    corrupt: Array.from(view.corrupt, ([id, message]) => ({ id, message })),
    embedder: { id: embedder.id, dimensions: embedder.dimensions },
    index: index.state(),
    bytes: { ...bytes, index: saved?.bytes ?? 0 },
    storage: await storageStats(store),
    ...(perTrajectory && { trajectories: await eachTrajectory(store) }),
  }
}

async function storageStats({ kind }: TrajectoryStore): Promise<StorageStats> {
  const storage = typeof navigator === 'undefined' ? undefined : navigator.storage
  if (kind === 'memory' || !storage) return { kind }
  const { usage, quota } = (await soon(storage.estimate())) ?? {}
  const persisted = await soon(storage.persisted())
  return {
    kind,
    ...(usage !== undefined && { usage }),
    ...(quota !== undefined && { quota }),
    ...(persisted !== undefined && { persisted }),
  }
}

/** Nobody waits long for what is only told: `undefined` after a second, or where the browser refuses. */
async function soon<T>(asked: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, 1_000, undefined)))
  try {
    return await Promise.race([asked, late])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

async function eachTrajectory(store: TrajectoryStore): Promise<NonNullable<MemoryStats['trajectories']>> {
  const all: NonNullable<MemoryStats['trajectories']> = []
  let after: string | undefined
  for (let more = true; more;) {
    const from = after
    const rows = await store.read((reader) => reader.rows('ledger', { after: from, limit: PAGE }))
    for (const row of rows) {
      const ledger = ledgerRowOf(row, row.id, row.seq)
      const { id, retrievals, successesWhenRetrieved: successes } = ledger
      const utility = utilityOf(ledger)
      all.push({ id, retrievals, successes, utility, quality: qualityOf(ledger) })
    }
    after = rows.at(-1)?.id
    more = rows.length === PAGE
  }
  return all
}
