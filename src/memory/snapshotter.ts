/** Saves the index now and then: whenever what has changed since is more than a quarter of it, so that a change costs a constant on average. */
import type { Embedder } from '../core/embedder.ts'
import type { TrajectoryIndex } from './index/trajectory-index.ts'
import type { Locks } from './locks.ts'
import type { SnapshotStore } from './snapshot-store.ts'
import type { StoreView } from './store-view.ts'
import type { TrajectoryStore } from './store/trajectory-store.ts'

export interface Snapshotter {
  /** To be called after each change, and when the index has changed its kind. */
  consider(): void
  /** Resolves when nothing is being saved. */
  settled(): Promise<void>
  close(): void
}

export interface SnapshotterOptions {
  store: TrajectoryStore
  snapshots: SnapshotStore
  embedder: Pick<Embedder, 'id'>
  index: TrajectoryIndex
  view: Pick<StoreView, 'loaded' | 'revision' | 'takenIn'>
  locks: Locks
  onFailed(error: unknown): void
}

export function createSnapshotter({ store, snapshots, embedder, index, view, locks, onFailed }: SnapshotterOptions): Snapshotter {
  /** Revision of the last copy, whoever saved it, and how much this handle had taken in then; `undefined` until it is known. */
  let last: { revision: number; takenIn: number } | undefined
  let saving: Promise<void> | undefined
  let closed = false
  const due = (): boolean => last !== undefined && index.state().kind === 'hnsw' && view.takenIn() - last.takenIn > index.size / 4
  void view.loaded.then((restored) => {
    last = { revision: restored ?? 0, takenIn: 0 }
    consider()
  })

  const save = async (): Promise<void> => {
    const saved = await snapshots.state()
    // Another tab has saved it meanwhile.
    if (last && saved && saved.revision > last.revision) last = { revision: saved.revision, takenIn: view.takenIn() }
    if (!due() || closed) return
    const [revision, takenIn] = [view.revision(), view.takenIn()]
    const parts = index.snapshot()
    if (!parts) return
    await snapshots.save({ revision, embedder: embedder.id, parts })
    last = { revision, takenIn }
    // From here on the changes before it may be forgotten; until then too many are kept, never too few.
    await store.write(async (writer) => {
      const meta = await writer.get('meta', 'meta')
      if (meta && meta.revision >= revision) await writer.put('meta', { ...meta, covered: revision })
    })
  }
  const consider = (): void => {
    if (closed || saving || !due()) return
    saving = locks
      .ifFree('snapshot', save)
      .then(
        () => {},
        (error: unknown) => void (closed || onFailed(error)),
      )
      .finally(() => (saving = undefined))
  }
  return { consider, settled: async () => saving, close: () => void (closed = true) }
}
