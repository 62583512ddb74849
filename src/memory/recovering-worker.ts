/**
 * A worker that may be lost at any moment without its callers noticing more than a pause: another one is started in its place, and
 * what was under way is asked once more. So what is asked must do no harm when it is done twice.
 */
import { isRepriseError, RepriseError } from '../core/errors.ts'
import { abortable } from '../util/abort.ts'
import type { WorkerClient } from '../util/worker-rpc/client.ts'
import { keepWorker, type KeepOptions } from '../util/worker-rpc/keep-worker.ts'
import type { Api } from '../util/worker-rpc/serve.ts'
import { sentence } from './sentence.ts'

export interface RecoveringWorker<A extends Api> {
  /** The worker there is, or the one that takes its place. Errors: `worker-lost`, and at the first start those of `prepare`. */
  get(signal?: AbortSignal): Promise<WorkerClient<A>>
  /**
   * Does what may be done twice: once more where its worker is lost.
   * Errors: those of `send`; `worker-lost` where no other worker could be started, or that one was lost too.
   */
  repeat<T>(send: (client: WorkerClient<A>) => Promise<T>, options?: RepeatOptions): Promise<T>
  /** Ends whatever is under way with `error`, once `goodbye` has said it to the worker. Nothing is started from here on. */
  close(error: RepriseError, goodbye: (client: WorkerClient<A>) => Promise<unknown>): Promise<void>
}

export interface RepeatOptions {
  /** Ends the waiting for a worker. */
  signal?: AbortSignal | undefined
  /** The first worker was lost after it had been asked. */
  onLost?: (() => void) | undefined
}

export interface RecoveryOptions<A extends Api> extends KeepOptions<A, WorkerClient<A>> {
  /** What to say of its loss where there is no going on without the first worker. */
  irreplaceable?: string | undefined
  /** Another worker has taken the place of a lost one. */
  onRecovered(why: RepriseError): void
  /** There is none, until something is asked. */
  onLost(error: RepriseError): void
}

/** Times that a worker is replaced though nobody asked the last one anything: one that dies of itself must not be started for ever. */
const MOST_IDLE_STARTS = 3

export function createRecoveringWorker<A extends Api>(options: RecoveryOptions<A>): RecoveringWorker<A> {
  const { irreplaceable, onRecovered, onLost } = options
  let current: WorkerClient<A> | undefined
  let lost: RepriseError | undefined
  let final: RepriseError | undefined
  let closing = false
  let idleStarts = 0

  const kept = keepWorker<A, WorkerClient<A>>({
    ...options,
    async prepare(client) {
      const ready = await options.prepare(client)
      current = client
      void client.lost.then(replace)
      if (lost) onRecovered(lost)
      return ready
    },
  })

  const replace = async (why: RepriseError): Promise<void> => {
    current = undefined
    if (final) return
    lost = why
    if (irreplaceable !== undefined) {
      final = new RepriseError('worker-lost', irreplaceable, { cause: why })
      return onLost(final)
    }
    // Without being asked, since there may be somebody who only listens.
    if (idleStarts++ >= MOST_IDLE_STARTS) return onLost(why)
    try {
      await get()
    } catch (error) {
      if (error !== final) onLost(error as RepriseError)
    }
  }

  const started = async (signal: AbortSignal | undefined): Promise<WorkerClient<A>> => {
    if (final) throw final
    try {
      return await abortable(kept.get(), signal)
    } catch (error) {
      throw final ?? (lost && !signal?.aborted ? notStarted(error) : error)
    }
  }
  const get: RecoveringWorker<A>['get'] = async (signal) => {
    for (;;) {
      const client = await started(signal)
      if (!client.gone()) return client
      await client.lost // only then its place is free, or it is known that there will be no other
    }
  }

  const attempt = async <T>(client: WorkerClient<A>, send: (client: WorkerClient<A>) => Promise<T>): Promise<T> => {
    try {
      return await send(client)
    } finally {
      if (!client.gone()) idleStarts = 0
    }
  }

  return {
    get,
    async repeat(send, { signal, onLost } = {}) {
      const client = await get(signal)
      try {
        return await attempt(client, send)
      } catch (error) {
        if (closing || error !== client.gone()) throw error
      }
      onLost?.()
      const next = await get(signal)
      try {
        return await attempt(next, send)
      } catch (error) {
        throw error === next.gone() && !closing ? lostTwice(error) : error
      }
    },
    async close(error, goodbye) {
      closing = true
      final ??= error
      if (current) await goodbye(current)
      final = error
      kept.close(error)
    },
  }
}

function notStarted(error: unknown): RepriseError {
  const message = `The memory worker was lost, and another one could not be opened: ${sentence(isRepriseError(error) ? error.message : error)} What it had acknowledged is kept; whether calls under way were carried out is not known. The next call tries again.`
  return new RepriseError('worker-lost', message, { cause: error })
}

function lostTwice(error: unknown): RepriseError {
  const message =
    'The memory worker was lost twice during this call. What it had acknowledged is kept; whether this call was carried out is not known.'
  return new RepriseError('worker-lost', message, { cause: error })
}
