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
/** After a failure, which may be a network or a device that comes back, it is tried again (ms). */
const AGAIN = 60_000

export function createRebuilder({ view, writer, locks, onProgress, onFailed }: RebuilderOptions): Rebuilder {
  const closing = new AbortController()
  let progress: { done: number; total: number } | undefined
  let running: Promise<void> | undefined

  const work = async (): Promise<void> => {
    let done = 0
    // Another tab may have done some of it while this one waited.
    await view.refresh()
    while (view.stale.size > 0 && !closing.signal.aborted) {
      progress = { done, total: done + view.stale.size }
      onProgress(progress)
      const ids = Array.from(view.stale).slice(0, BATCH)
      const unreadable = await writer.rebuild(ids, closing.signal)
      for (const [id, error] of unreadable) view.onDamaged(id, error)
      // What is still stale would be so for ever.
      if (ids.every((id) => view.stale.has(id))) throw new Error('The vectors that were made could not be read back.')
      done += ids.length
    }
    if (done > 0) onProgress({ done, total: done })
  }
  const run = async (): Promise<void> => {
    try {
      await locks.exclusive('rebuild', work, { signal: closing.signal, timeout: Infinity })
    } catch (error) {
      if (closing.signal.aborted || isRepriseError(error, 'memory-closed')) return
      onFailed(error)
      const timer = setTimeout(wake, AGAIN)
      closing.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
    } finally {
      progress = undefined
      running = undefined
    }
  }
  const wake = (): void => {
    if (view.stale.size > 0 && !closing.signal.aborted) running ??= run()
  }
  return {
    wake,
    // Also while it waits for another tab, or for the next try.
    progress: () => progress ?? (view.stale.size > 0 ? { done: 0, total: view.stale.size } : undefined),
    settled: async () => running,
    close: () => closing.abort(),
  }
}
