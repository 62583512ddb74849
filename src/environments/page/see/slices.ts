/** Doing a long piece of work on the page's own thread in short slices, so that the page stays usable meanwhile. */
import { throwIfAborted } from '../../../util/abort.ts'
import { nextTurn } from '../../../util/next-turn.ts'

/** Where the time of a page comes from, for tests and for hosts that schedule by themselves. */
export interface SliceClock {
  /** Milliseconds. */
  now(): number
  /** Resolves when the page has had its turn. */
  pause(): Promise<void>
}

export interface Spent {
  /** Milliseconds of the thread, all slices together. */
  busyMs: number
  longestSliceMs: number
}

/** Work that can be interrupted at each `yield`. */
export type Work<T> = Generator<undefined, T, undefined>

/** Longest slice in milliseconds. A slice ends at the first `yield` after 6 ms, which leaves 2 ms for what stands between two yields. */
const SLICE_MS = 6

/**
 * Runs work to its end, or gives `null` where `stale()` says after a pause that it has become pointless.
 * Rejects with `aborted` at the first pause after the signal fired.
 */
export async function inSlices<T>(
  work: Work<T>,
  { clock, signal, spent, stale }: { clock: SliceClock; signal: AbortSignal; spent: Spent; stale: () => boolean },
): Promise<T | null> {
  for (;;) {
    throwIfAborted(signal)
    const result = slice(work, clock, spent)
    if (result) return result.value
    await clock.pause()
    if (stale()) return null
  }
}

function slice<T>(work: Work<T>, clock: SliceClock, spent: Spent): { value: T } | null {
  const start = clock.now()
  try {
    for (;;) {
      const next = work.next()
      if (next.done) return { value: next.value }
      if (clock.now() - start >= SLICE_MS) return null
    }
  } finally {
    const took = clock.now() - start
    spent.busyMs += took
    spent.longestSliceMs = Math.max(spent.longestSliceMs, took)
  }
}

/** Waits for an idle moment, 30 ms at most; in a page that nobody looks at, and where idleness cannot be asked for, for the next turn. */
export const pageClock: SliceClock = {
  now: () => performance.now(),
  pause: () =>
    typeof requestIdleCallback === 'function' && document.visibilityState === 'visible'
      ? new Promise((resolve) => void requestIdleCallback(() => resolve(), { timeout: 30 }))
      : nextTurn(),
}
