/**
 * One at a time: what two handles of a memory must not do together. By Web Locks over all tabs and workers of the origin (the
 * browser frees the lock of one that dies); within this script alone where there are none, or the memory is nobody else's.
 */
import { RepriseError } from '../core/errors.ts'
import { abortable, abortedError, throwIfAborted } from '../util/abort.ts'

export interface Locks {
  /**
   * Runs `work` while nobody else does `what`. Settles as `work` does, which is not ended by the signal once it runs.
   * Errors: `aborted`, or `memory-blocked` where it is not this one's turn in time; then `work` never ran.
   */
  exclusive<T>(what: string, work: () => Promise<T>, options?: LockOptions): Promise<T>
  /** Runs `work` only where nobody else does `what` at this moment; else resolves with `undefined`. */
  ifFree<T>(what: string, work: () => Promise<T>): Promise<T | undefined>
}

export interface LockOptions {
  /** Ends the waiting. */
  signal?: AbortSignal
  /** How long to wait (ms, default 30,000); `Infinity` for ever. */
  timeout?: number
}

const TIMEOUT = 30_000

/** @param name of the memory; without one the locks are this handle's own. */
export function createLocks(name: string | undefined): Locks {
  const manager = name === undefined || typeof navigator === 'undefined' ? undefined : navigator.locks
  const nameOf = (what: string): string => `reprise/${name ?? ''}/${what}`
  const queue = manager ? byWebLocks(manager) : byTurns(name === undefined ? new Map() : TURNS)
  return {
    async exclusive(what, work, { signal, timeout = TIMEOUT } = {}) {
      throwIfAborted(signal)
      const patience = new AbortController()
      const expired = blockedError(what, timeout)
      // A timer takes `Infinity` for 0.
      const timer = timeout === Infinity ? undefined : setTimeout(() => patience.abort(expired), timeout)
      const stopped = AbortSignal.any(signal ? [signal, patience.signal] : [patience.signal])
      let begun = false
      try {
        return await queue.enter(nameOf(what), stopped, () => {
          begun = true
          clearTimeout(timer)
          return work()
        })
      } catch (error) {
        if (begun || !stopped.aborted) throw error
        throw signal?.aborted ? abortedError(signal) : expired
      } finally {
        clearTimeout(timer)
      }
    },
    ifFree: (what, work) => queue.tryEnter(nameOf(what), work),
  }
}

function blockedError(what: string, timeout: number): RepriseError {
  return new RepriseError(
    'memory-blocked',
    `Another tab or another part of this page was busy with this memory (${what}) for more than ${timeout / 1000} s. Nothing was changed. ` +
      'Close other tabs of this page, or wait, and try again.',
  )
}

interface Queue {
  /** Rejects when `stopped` fires before the turn has come. */
  enter<T>(name: string, stopped: AbortSignal, work: () => Promise<T>): Promise<T>
  tryEnter<T>(name: string, work: () => Promise<T>): Promise<T | undefined>
}

function byWebLocks(manager: LockManager): Queue {
  return {
    enter: (name, signal, work) => manager.request(name, { signal }, work),
    tryEnter: (name, work) => manager.request(name, { ifAvailable: true }, async (lock) => (lock ? work() : undefined)),
  }
}

/** Of named memories, since several handles of this script may share one. Resolves when the last in the queue is done. */
const TURNS = new Map<string, Promise<unknown>>()

function byTurns(turns: Map<string, Promise<unknown>>): Queue {
  /** Takes the last place in the queue, and gives it up when `result` has settled. */
  const takePlace = (name: string, result: Promise<unknown>): void => {
    const place = Promise.allSettled([turns.get(name), result]).then(() => {
      if (turns.get(name) === place) turns.delete(name)
    })
    turns.set(name, place)
  }
  const enter: Queue['enter'] = (name, stopped, work) => {
    const result = abortable(turns.get(name), stopped).then(work)
    takePlace(name, result)
    return result
  }
  return {
    enter,
    tryEnter: async (name, work) => (turns.has(name) ? undefined : enter(name, new AbortController().signal, work)),
  }
}
