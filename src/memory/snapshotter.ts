/**
 * Saves the index now and then: whenever what has changed since is more than a quarter of it, or a fiftieth and nothing happens, so
 * that a change costs a constant on average.
 */
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
  view: Pick<StoreView, 'loaded' | 'revision' | 'stale' | 'takenIn'>
  locks: Locks
  onFailed(error: unknown): void
}

/** In a pause this share is enough, so that the next opening has little to add; and how long nothing must change until then (ms). */
const [IN_PAUSE, PAUSE] = [1 / 50, 1_500]

export function createSnapshotter({ store, snapshots, embedder, index, view, locks, onFailed }: SnapshotterOptions): Snapshotter {
  /** Revision of the last copy, whoever saved it, and how much this handle had taken in then; `undefined` until it is known. */
  let last: { revision: number; takenIn: number } | undefined
  /** A copy lies there, of use or not. */
  let present = false
  let working: Promise<void> | undefined
  let closed = false
  let pause: ReturnType<typeof setTimeout> | undefined
  const grownBy = (share: number): boolean => last !== undefined && view.takenIn() - last.takenIn > index.size * share
  // What is still to be made again is not in the index: a copy would say that it is not there at all.
  const due = (share: number): boolean => index.state().kind === 'hnsw' && view.stale.size === 0 && grownBy(share)

  const save = async (share: number): Promise<void> => {
    const saved = await snapshots.state()
    // Another tab has saved it meanwhile.
    if (last && saved && saved.revision > last.revision) last = { revision: saved.revision, takenIn: view.takenIn() }
    if (!due(share) || closed) return
    last = { revision: view.revision(), takenIn: view.takenIn() }
    const { revision } = last
    const parts = index.snapshot()
    if (!parts) return
    present = true
    await snapshots.save({ revision, embedder: embedder.id, parts })
    if (!(await noteCovered(revision))) await snapshots.clear()
  }
  /** From here on the changes before it may be forgotten; until then too many are kept. `false` where it is of no use any more. */
  const noteCovered = (revision: number): Promise<boolean> =>
    store.write(async (writer) => {
      const meta = await writer.get('meta', 'meta')
      if (!meta || meta.forgotten > revision || meta.revision < revision || meta.embedder.id !== embedder.id) return false
      await writer.put('meta', { ...meta, covered: revision })
      return true
    })
  const drop = async (): Promise<void> => {
    await snapshots.clear()
    present = false
    last = { revision: 0, takenIn: view.takenIn() }
    await store.write(async (writer) => {
      const meta = await writer.get('meta', 'meta')
      if (meta?.covered === undefined) return
      const { covered: _, ...rest } = meta
      await writer.put('meta', rest)
    })
  }
  const consider = (): void => {
    clearTimeout(pause)
    if (closed || working || !last) return
    if (due(1 / 4)) start(() => save(1 / 4))
    else if (present && index.small()) start(drop)
    else if (due(IN_PAUSE)) pause = setTimeout(() => working ?? start(() => save(IN_PAUSE)), PAUSE)
  }
  const start = (work: () => Promise<void>): void => {
    working = locks
      .ifFree('snapshot', work)
      .then(
        () => {},
        (error: unknown) => void (closed || onFailed(error)),
      )
      .finally(() => (working = undefined))
  }
  const begin = async (): Promise<void> => {
    const restored = await view.loaded
    if (closed) return
    present = await snapshots.exists().catch(() => false)
    last = { revision: restored ?? 0, takenIn: 0 }
    consider()
  }
  const begun = begin()
  return {
    consider,
    async settled() {
      await begun
      while (working) await working
    },
    close() {
      closed = true
      clearTimeout(pause)
    },
  }
}
