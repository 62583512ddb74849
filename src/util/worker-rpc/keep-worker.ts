/** A worker that is started when it is first needed, shared by all callers, and replaced after it was lost. */
import { isRepriseError, RepriseError, type ErrorCode } from '../../core/errors.ts'
import type { Awaitable } from '../../core/json.ts'
import { connect, type WorkerClient } from './client.ts'
import type { Api } from './serve.ts'

export interface KeptWorker<T> {
  /** What `prepare` made of the worker; starts one where there is none. */
  get(): Promise<T>
  /** Ends the worker, if there is one; who waits for it, or for a call into it, gets `error`. A later `get` starts another. */
  close(error: RepriseError): void
}

export interface KeepOptions<A extends Api, T> {
  /** Names the worker in messages: `'embedding worker'`. */
  name: string
  /** The code of errors that the worker did not raise itself. */
  fallback: ErrorCode
  createWorker: () => Awaitable<Worker>
  /** Loads what the worker needs. Where it fails the worker is ended, and the next `get` tries again with another. */
  prepare(client: WorkerClient<A>): Promise<T>
}

/** Errors of `get`: `worker-lost`, and those of `prepare`. */
export function keepWorker<A extends Api, T>(options: KeepOptions<A, T>): KeptWorker<T> {
  let current: Running<T> | undefined
  return {
    get() {
      if (current) return current.ready
      const running = start(options, () => current === running && (current = undefined))
      current = running
      return running.ready
    },
    close: (error) => current?.end(error),
  }
}

interface Running<T> {
  ready: Promise<T>
  end(error: RepriseError): void
}

/** `onEnd` is called before anybody hears of the end, so that who tries again at once finds no trace of this worker. */
function start<A extends Api, T>({ name, fallback, createWorker, prepare }: KeepOptions<A, T>, onEnd: () => void): Running<T> {
  let client: WorkerClient<A> | undefined
  let ended: RepriseError | undefined
  let stop: (error: RepriseError) => void = () => {}
  const stopped = new Promise<never>((_, reject) => (stop = reject))
  const end = (error: RepriseError): void => {
    if (ended) return
    ended = error
    onEnd()
    client?.close(error)
    stop(error)
  }
  const open = async (): Promise<T> => {
    client = connect<A>(await makeWorker(createWorker, name), { name, fallback })
    if (ended) client.close(ended)
    void client.lost.then(end)
    return prepare(client)
  }
  const ready = Promise.race([open(), stopped]).catch((error: unknown) => {
    end(isRepriseError(error) ? error : new RepriseError(fallback, `The ${name} could not be prepared: ${String(error)}`, { cause: error }))
    throw error
  })
  stopped.catch(() => {}) // heard through `ready` while somebody waits, and by nobody later
  return { ready, end }
}

/** The host's or the library's worker. Errors: `worker-lost` where it cannot be made. */
export async function makeWorker(createWorker: () => Awaitable<Worker>, name: string): Promise<Worker> {
  try {
    return await createWorker()
  } catch (error) {
    if (isRepriseError(error)) throw error
    const message = `The ${name} could not be started: ${String(error)}. Is its file of the page's origin, and allowed by its policy?`
    throw new RepriseError('worker-lost', message, { cause: error })
  }
}
