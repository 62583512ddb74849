/** How everything is written: one transaction at a time over all tabs, and the index only after the store has committed. */
import type { Embedder } from '../core/embedder.ts'
import { throwIfAborted } from '../util/abort.ts'
import { noChange, noteChange, type Change } from './changes.ts'
import { metaOf, refuseOtherEmbedder } from './embedder-check.ts'
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
  /** Texts of what was deleted; `null` where it was everything. */
  forgotten: string[] | null
}

export interface Transactions {
  /** Runs `work` when its turn comes. It may run twice, each time with a draft of its own. */
  write<T>(signal: AbortSignal | undefined, work: (draft: Draft) => Promise<T>): Promise<T>
  /** Resolves when nothing is being written. */
  idle(): Promise<void>
}

export interface TransactionsOptions {
  store: TrajectoryStore
  embedder: Embedder
  view: Pick<StoreView, 'committed'>
  locks: Locks
  /** Told of each change once it is committed. */
  onCommitted(committed: Pick<Draft, 'change' | 'evicted' | 'forgotten'>): void
}

export function createTransactions({ store, embedder, view, locks, onCommitted }: TransactionsOptions): Transactions {
  let turn: Promise<unknown> = Promise.resolve()

  const run = async <T>(signal: AbortSignal | undefined, work: (draft: Draft) => Promise<T>): Promise<T> => {
    throwIfAborted(signal)
    const { value, draft, revision } = await store.write(async (writer) => {
      const stored = await writer.get('meta', 'meta')
      refuseOtherEmbedder(stored, embedder)
      const before = metaOf(stored, embedder)
      const meta = { ...before, bytes: { ...before.bytes } }
      const under: Draft = { writer, embedder, meta, change: noChange(), evicted: [], forgotten: [] }
      const result = await work(under)
      const after = await noteChange(writer, under.change, under.meta)
      if (!sameMeta(stored, after)) await writer.put('meta', after)
      return { value: result, draft: under, revision: after.revision > before.revision ? after.revision : undefined }
    })
    view.committed(draft.change, revision)
    if (revision !== undefined) onCommitted(draft)
    return value
  }
  return {
    write(signal, work) {
      const result = turn.then(() => locks.exclusive('write', () => run(signal, work), { ...(signal && { signal }) }))
      turn = result.catch(() => {})
      return result
    },
    idle: async () => void (await turn),
  }
}

function sameMeta(stored: MetaRow | undefined, after: MetaRow): boolean {
  return stored !== undefined && JSON.stringify(stored) === JSON.stringify(after)
}
