/** How everything is written: one transaction at a time over all tabs, and the index only after the store has committed. */
import type { Embedder } from '../core/embedder.ts'
import { isRepriseError } from '../core/errors.ts'
import { throwIfAborted } from '../util/abort.ts'
import { noChange, noteChange, type Change } from './changes.ts'
import { metaOf, refuseOtherEmbedder } from './embedder-check.ts'
import { removeEverything } from './shelf.ts'
import type { SnapshotStore } from './snapshot-store.ts'
import type { StoreView } from './store-view.ts'
import type { Locks } from './locks.ts'
import type { MetaRow, StoreWriter, TrajectoryStore } from './store/trajectory-store.ts'

/** A transaction under way, and what it has done so far beside its rows. */
export interface Draft {
  writer: StoreWriter
  embedder: Embedder
  /** Written at the end where it changed. */
  meta: MetaRow
  change: Change
  /** Deleted to make room. */
  evicted: string[]
  /** Texts of what was deleted. */
  forgotten: string[]
}

export interface Transactions {
  /** Runs `work` when its turn comes. It may run twice, each time with a draft of its own. */
  write<T>(signal: AbortSignal | undefined, work: (draft: Draft) => Promise<T>): Promise<T>
  /** Resolves when nothing is being written. */
  idle(): Promise<void>
}

export interface TransactionsOptions {
  store: TrajectoryStore
  snapshots: Pick<SnapshotStore, 'clear' | 'exists'>
  embedder: Embedder
  view: Pick<StoreView, 'committed'>
  locks: Locks
  /** Told of each change once it is committed. */
  onCommitted(committed: Pick<Draft, 'change' | 'evicted' | 'forgotten'>): void
}

export function createTransactions({ store, snapshots, embedder, view, locks, onCommitted }: TransactionsOptions): Transactions {
  const underWay = new Set<Promise<unknown>>()

  const attempt = <T>(work: (draft: Draft) => Promise<T>): Promise<Done<T>> =>
    store.write(async (writer) => {
      const stored = await writer.get('meta', 'meta')
      refuseOtherEmbedder(stored, embedder)
      const before = await soundMeta(writer, stored, embedder)
      const draft: Draft = {
        writer,
        embedder,
        meta: { ...before, bytes: { ...before.bytes } },
        change: noChange(),
        evicted: [],
        forgotten: [],
      }
      if (stored?.unfinished) await discard(draft)
      const value = await work(draft)
      const after = await noteChange(writer, draft.change, draft.meta)
      if (!sameMeta(stored, after)) await writer.put('meta', after)
      return { value, draft, revision: after.revision > before.revision ? after.revision : undefined }
    })
  const run = async <T>(signal: AbortSignal | undefined, work: (draft: Draft) => Promise<T>): Promise<T> => {
    throwIfAborted(signal)
    const { value, draft, revision } = await attempt(work).catch(async (error: unknown) => {
      // What is only derived makes room for what is not.
      if (!isRepriseError(error, 'memory-quota') || !(await snapshots.exists())) throw error
      await snapshots.clear()
      return attempt(work)
    })
    view.committed(draft.change, revision)
    if (revision !== undefined) onCommitted(draft)
    return value
  }
  return {
    async write(signal, work) {
      const writing = locks.exclusive('write', () => run(signal, work), { ...(signal && { signal }) })
      underWay.add(writing)
      try {
        return await writing
      } finally {
        underWay.delete(writing)
      }
    },
    idle: async () => void (await Promise.allSettled(underWay)),
  }
}

interface Done<T> {
  value: T
  draft: Draft
  revision: number | undefined
}

/** What the store says of itself; where that is lost, what can be told from the rest. */
async function soundMeta(writer: StoreWriter, stored: MetaRow | undefined, embedder: Embedder): Promise<MetaRow> {
  const meta = metaOf(stored, embedder)
  if (stored) return meta
  const [newest] = await writer.by('seq', { order: 'descending', limit: 1 })
  const [change] = (await writer.ids('changes')).slice(-1)
  const episodes = (await writer.ids('episodes')).at(-1) ?? 0
  return { ...meta, nextSeq: Math.max(newest?.seq ?? 0, episodes) + 1, revision: change ?? 0, forgotten: change ?? 0 }
}

/** Empties a store that a fork has left unfinished: whoever may write knows that nobody is filling it any more. */
async function discard({ writer, meta, change }: Draft): Promise<void> {
  await removeEverything(writer)
  delete meta.unfinished
  change.cleared = true
}

function sameMeta(stored: MetaRow | undefined, after: MetaRow): boolean {
  return stored !== undefined && JSON.stringify(stored) === JSON.stringify(after)
}
