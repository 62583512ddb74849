/** Makes keys and vectors again that are missing, damaged or of another embedder, in the background, while searches go on without them. */
import { isRepriseError } from '../core/errors.ts'
import type { Locks } from './locks.ts'
import type { StoreView } from './store-view.ts'
import type { Writer } from './writer.ts'

export interface Rebuilder {
  /** Starts where there is something to do and nothing is being done. */
  wake(): void
  progress(): { done: number; total: number } | undefined
  /** Resolves when nothing is being done. */
  settled(): Promise<void>
  /** Ends it; what was made stays. */
  close(): void
}

export interface RebuilderOptions {
  view: Pick<StoreView, 'stale' | 'onDamaged' | 'refresh'>
  writer: Pick<Writer, 'rebuild'>
  locks: Locks
  onProgress(progress: { done: number; total: number }): void
  onFailed(error: unknown): void
}

/** Embedded and written at once. */
const BATCH = 16
/** So many failures one after the other are not the texts': the embedder does not work. */
const TOO_MANY = 3
/** After a failure, which may be a network or a device that comes back, it is tried again; later each time (ms). */
const [AGAIN, LONGEST] = [60_000, 3_600_000]

export function createRebuilder({ view, writer, locks, onProgress, onFailed }: RebuilderOptions): Rebuilder {
  const closing = new AbortController()
  let progress: { done: number; total: number } | undefined
  let running: Promise<void> | undefined
  let again = AGAIN

  const rebuild = async (ids: readonly string[]): Promise<void> => {
    const unreadable = await writer.rebuild(ids, closing.signal)
    for (const [id, error] of unreadable) view.onDamaged(id, error)
    // What is still stale would be so for ever.
    if (ids.every((id) => view.stale.has(id))) throw new Error('The vectors that were made could not be read back.')
  }
  /** All of them; where that fails one by one, so that a text that cannot be embedded holds up no other. */
  const work = async (): Promise<void> => {
    // Another tab may have done some of it while this one waited.
    await view.refresh()
    const failures: unknown[] = []
    let [done, inARow] = [0, 0]
    const tried = new Set<string>()
    for (let ids = next(tried); ids.length > 0 && !closing.signal.aborted; ids = next(tried)) {
      progress = { done, total: done + view.stale.size }
      onProgress(progress)
      const parts = await rebuild(ids).then(
        () => [],
        () => ids.map((id) => [id]),
      )
      for (const part of parts) {
        if (closing.signal.aborted) return
        const failed = await rebuild(part).then(
          () => false,
          (error: unknown) => failures.push(error) > 0,
        )
        inARow = failed ? inARow + 1 : 0
        if (inARow === TOO_MANY) throw failures[0]
      }
      for (const id of ids) tried.add(id)
      done += ids.filter((id) => !view.stale.has(id)).length
    }
    if (done > 0) onProgress({ done, total: done + view.stale.size })
    if (failures.length > 0) throw failures[0]
    again = AGAIN
  }
  const next = (tried: ReadonlySet<string>): string[] => {
    const ids: string[] = []
    for (const id of view.stale) {
      if (ids.length === BATCH) break
      if (!tried.has(id)) ids.push(id)
    }
    return ids
  }
  const run = async (): Promise<void> => {
    try {
      await locks.exclusive('rebuild', work, { signal: closing.signal, timeout: Infinity })
      running = undefined
      wake()
    } catch (error) {
      running = undefined
      if (closing.signal.aborted || isRepriseError(error, 'memory-closed')) return
      onFailed(error)
      // Another handle has given the store to another embedder: this one has nothing to do here any more.
      if (isRepriseError(error, 'embedder-mismatch')) return
      const timer = setTimeout(wake, again)
      again = Math.min(2 * again, LONGEST)
      closing.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
    } finally {
      progress = undefined
    }
  }
  const wake = (): void => {
    if (view.stale.size > 0 && !closing.signal.aborted) running ??= run()
  }
  return {
    wake,
    // Also while it waits for another tab, or for the next try.
    progress: () => progress ?? (view.stale.size > 0 ? { done: 0, total: view.stale.size } : undefined),
    async settled() {
      while (running) await running
    },
    close: () => closing.abort(),
  }
}
