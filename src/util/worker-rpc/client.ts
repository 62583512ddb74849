/** The page's side of a worker: calls that settle whatever happens to the worker or the caller. */
import { proxy, releaseProxy, transfer, wrap, type Remote } from 'comlink'
import { RepriseError, type ErrorCode } from '../../core/errors.ts'
import { abortedError, throwIfAborted } from '../abort.ts'
import type { Api } from './serve.ts'
import { fromWire, type Reply, type Wire } from './wire.ts'

export interface CallOptions {
  signal?: AbortSignal | undefined
  /** Hears what the method emits before it is done; nothing after the call has settled. */
  onEvent?: ((event: never) => void) | undefined
  transfer?: Transferable[] | undefined
}

export interface WorkerClient<A extends Api> {
  call<M extends keyof A & string>(method: M, input: Parameters<A[M]>[0], options?: CallOptions): Promise<Awaited<ReturnType<A[M]>>>
  /** Ends the worker. Calls under way, and later ones, reject with `error`. */
  close(error: RepriseError): void
  /** Resolves with the reason once the worker is gone. */
  readonly lost: Promise<RepriseError>
  /** That reason, from the moment on that calls reject with it; `undefined` while the worker is there. */
  gone(): RepriseError | undefined
}

export interface ClientOptions {
  /** Names the worker in messages: `'memory worker'`. */
  name: string
  /** The code of errors that the worker did not raise itself. */
  fallback: ErrorCode
}

/**
 * Connects to a worker, or to a port that leads to one.
 * A call rejects with `worker-lost` when the worker cannot be loaded, throws outside a call, or dies;
 * its death is learnt from a lock that it holds, since browsers send no event for it.
 */
export function connect<A extends Api>(endpoint: Worker | MessagePort, { name, fallback }: ClientOptions): WorkerClient<A> {
  const remote = wrap<Wire>(endpoint)
  const pending = new Map<number, (error: RepriseError) => void>()
  const watching = new AbortController()
  let gone: RepriseError | undefined
  let nextId = 0
  let announce: (error: RepriseError) => void = () => {}
  const lost = new Promise<RepriseError>((resolve) => (announce = resolve))

  const close = (error: RepriseError): void => {
    if (gone) return
    gone = error
    watching.abort()
    for (const reject of pending.values()) reject(error)
    pending.clear()
    remote[releaseProxy]()
    if ('terminate' in endpoint) endpoint.terminate()
    else endpoint.close()
    announce(error)
  }

  // Calls wait for it: a worker whose lock is not known yet could die unnoticed.
  const ready = watch(endpoint, {
    remote,
    signal: watching.signal,
    onLost: (why) =>
      close(
        new RepriseError(
          'worker-lost',
          `The ${name} ${why}. What it had acknowledged is kept; whether calls under way were carried out is not known.`,
        ),
      ),
  })

  const call: WorkerClient<A>['call'] = (method, input, options = {}) =>
    new Promise((resolve, reject) => {
      if (gone) return reject(gone)
      const { signal } = options
      throwIfAborted(signal)
      const id = nextId++
      const settle = (finish: () => void): void => {
        if (!pending.delete(id)) return
        signal?.removeEventListener('abort', onAbort)
        finish()
      }
      const onAbort = (): void => {
        settle(() => reject(abortedError(signal as AbortSignal)))
        void remote.abort(id)
      }
      pending.set(id, (error) => settle(() => reject(error)))
      signal?.addEventListener('abort', onAbort, { once: true })
      const { onEvent } = options
      const emit = onEvent && proxy((event: unknown) => void (pending.has(id) && onEvent(event as never)))
      const sent = options.transfer ? transfer(input as object, options.transfer) : input
      const answer = ready.then((): Promise<Reply> => (pending.has(id) ? remote.call(id, method, sent, emit) : NEVER_SENT))
      answer.then(
        (reply) => settle(() => (reply.ok ? resolve(reply.value as never) : reject(fromWire(reply.error, fallback)))),
        (error: unknown) =>
          settle(() => reject(new RepriseError(fallback, `The ${name} could not be asked: ${String(error)}`, { cause: error }))),
      )
    })

  return { call, close, lost, gone: () => gone }
}

/** For calls that were settled before they could be sent; nobody waits for it. */
const NEVER_SENT = new Promise<never>(() => {})

interface Watch {
  remote: Remote<Wire>
  signal: AbortSignal
  onLost(why: string): void
}

/** A worker that ends by itself before it has said hello sends no event, and holds no lock yet. */
const LONGEST_START_MS = 120_000

/** Resolves once the other side's death would be noticed. */
function watch(endpoint: Worker | MessagePort, { remote, signal, onLost }: Watch): Promise<void> {
  endpoint.addEventListener(
    'error',
    (event) =>
      onLost(
        `failed${(event as ErrorEvent).message ? `: ${(event as ErrorEvent).message}` : " to load (is its file served, and allowed by the page's policy?)"}`,
      ),
    { signal },
  )
  endpoint.addEventListener('messageerror', () => onLost('sent something unreadable'), { signal })
  if ('terminate' in endpoint) noticeTermination(endpoint, onLost)
  const patience = setTimeout(() => onLost('did not answer for two minutes'), LONGEST_START_MS)
  signal.addEventListener('abort', () => clearTimeout(patience), { once: true })
  return remote.hello().then((lock) => {
    clearTimeout(patience)
    if (!lock || signal.aborted) return
    navigator.locks.request(lock, { signal }, () => onLost('died')).catch(() => {}) // rejects only when this side stops watching
  })
}

/** A page that ends a worker tells nobody, and before its hello nothing else would show it: no lock, no event, no closed port. */
function noticeTermination(worker: Worker, onLost: Watch['onLost']): void {
  const terminate = worker.terminate.bind(worker)
  worker.terminate = () => {
    terminate()
    onLost('was terminated')
  }
}
