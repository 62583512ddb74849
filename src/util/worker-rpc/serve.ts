/** The worker's side: methods behind a port, each call abortable, each error kept whole. */
import { expose, releaseProxy, type Remote } from 'comlink'
import { RepriseError } from '../../core/errors.ts'
import { newId } from '../ids.ts'
import { toWire, type Reply, type Wire } from './wire.ts'

/** What a method is given beside its input. */
export interface CallContext {
  signal: AbortSignal
  /** Tells the caller something before the call is done. */
  emit(event: unknown): void
}

/** Methods by name: one input, one result, both structured-cloneable. */
export type Api = { [method: string]: (input: never, context: CallContext) => unknown }

/** Answers calls on `endpoint` (a worker's own scope, or a port) until it closes. */
export function serve(api: Api, endpoint: MessagePort | (typeof globalThis & { postMessage: unknown })): void {
  const running = new Map<number, AbortController>()
  const wire: Wire = {
    hello: lifeline,
    abort: (id) => running.get(id)?.abort(),
    async call(id, method, input, emit) {
      const controller = new AbortController()
      running.set(id, controller)
      try {
        return { ok: true, value: await invoke(api, { method, input, signal: controller.signal, emit }) }
      } catch (error) {
        return { ok: false, error: toWire(error) } satisfies Reply
      } finally {
        running.delete(id)
      }
    },
  }
  expose(wire, endpoint as MessagePort)
}

interface Invocation {
  method: string
  input: unknown
  signal: AbortSignal
  emit: ((event: unknown) => unknown) | undefined
}

async function invoke(api: Api, { method, input, signal, emit }: Invocation): Promise<unknown> {
  const handler = Object.hasOwn(api, method) ? api[method] : undefined
  if (!handler) throw new RepriseError('worker-lost', `The worker has no method ${method}: page and worker are of different versions.`)
  // Events and results travel on different ports: waiting for each event's receipt keeps them in order.
  const receipts = new Set<Promise<unknown>>()
  const send = (event: unknown): void => {
    if (!emit) return
    // A call may go on, and tell things, for as long as the worker lives.
    const receipt: Promise<unknown> = Promise.resolve(emit(event))
      .catch(() => {}) // its caller is gone
      .finally(() => receipts.delete(receipt))
    receipts.add(receipt)
  }
  try {
    const value = await handler(input as never, { signal, emit: send })
    await Promise.all(receipts)
    return value
  } finally {
    if (emit) (emit as Remote<typeof emit>)[releaseProxy]?.()
  }
}

let life: Promise<string | null> | undefined

/** Holds a lock for as long as this thread lives: whoever waits for it learns of the thread's death. */
function lifeline(): Promise<string | null> {
  life ??= new Promise((resolve) => {
    const { locks } = navigator
    if (!locks) return resolve(null)
    const name = `reprise-life-${newId()}`
    locks
      .request(name, () => {
        resolve(name)
        return new Promise<never>(() => {})
      })
      .catch(() => resolve(null))
  })
  return life
}
