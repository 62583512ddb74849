/** Calls that end when what they work on is closed. */
import { RepriseError } from '../core/errors.ts'

export interface Closing {
  /** Runs `work` with a signal that fires with the caller's, or when the memory closes. */
  whileOpen<T>(caller: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>
  readonly closed: boolean
  close(): void
}

export function createClosing(): Closing {
  const closing = new AbortController()
  const error = new RepriseError('memory-closed', 'The memory is closed. What it had acknowledged is kept. Open it again to use it.')
  return {
    async whileOpen(caller, work) {
      if (closing.signal.aborted) throw error
      try {
        return await work(AbortSignal.any(caller ? [caller, closing.signal] : [closing.signal]))
      } catch (reason) {
        throw closing.signal.aborted && !caller?.aborted ? error : reason
      }
    },
    get closed() {
      return closing.signal.aborted
    },
    close: () => closing.abort(error),
  }
}
