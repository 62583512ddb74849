/** Abort signals as promises, so that nothing waits longer than its caller wants. */
import { RepriseError } from '../core/errors.ts'

export function abortedError(signal: AbortSignal): RepriseError {
  return new RepriseError('aborted', 'The operation was aborted by its caller.', { cause: signal.reason })
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(signal)
}

/**
 * Settles as `work` does, or rejects with `aborted` as soon as `signal` fires.
 * `work` itself goes on unless it listens to the signal; its late result is dropped.
 */
export function abortable<T>(work: PromiseLike<T> | T, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return Promise.resolve(work)
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(abortedError(signal))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
  })
}

/** Fires with the first of those that are there; never, where there are none. */
export function anyOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined))
}
