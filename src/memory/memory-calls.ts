/** The methods of a memory as calls into its worker, each of which may be carried out twice: what needs an id gets it here. */
import * as z from 'zod/mini'
import { isRepriseError, RepriseError } from '../core/errors.ts'
import type { EpisodeRecord } from '../core/memory.ts'
import type { TrajectoryInput } from '../core/trajectory.ts'
import { throwIfAborted } from '../util/abort.ts'
import { newId } from '../util/ids.ts'
import { callable, parse } from '../util/validate.ts'
import { signalOf, splitSignal } from './call-options.ts'
import { sourcesOf } from './import-chunks.ts'
import type { MemoryApi } from './memory-service.ts'
import type { Abortable, MemoryEvent, MemoryStats, OpenMemory } from './open-memory.ts'
import { askToPersist, persistenceAnswer } from './persistence.ts'
import type { RecoveringWorker } from './recovering-worker.ts'
import { sendImport } from './send-import.ts'
import { sentence } from './sentence.ts'
import { exportLines } from './transfer/export-lines.ts'

export interface MemoryParts {
  worker: RecoveringWorker<MemoryApi>
  /** Where what happens is told. */
  listeners: Map<symbol, (event: MemoryEvent) => void>
  /** What is stored outlives the worker. */
  lasting: boolean
  /** Ask the browser to keep what is stored, once something is. */
  persist: boolean
}

const importSchema = z.strictObject({ accept: z.optional(z.boolean()), onProgress: z.optional(callable) })

export function memoryBehind({ worker, listeners, lasting, persist }: MemoryParts): OpenMemory {
  const { read, write, settled } = createCalls(worker)
  const storing = (): void => void (persist && askToPersist())
  let closing: Promise<void> | undefined

  return {
    async retrieve(query, options) {
      const [signal, rest] = splitSignal(options, 'retrieve')
      return read('retrieve', { query, options: rest }, signal)
    },
    async add(input, options) {
      storing()
      return write('add', { trajectory: withId(input) }, options)
    },
    async record(episode, options) {
      if ((episode as EpisodeRecord | null)?.store) storing()
      return write('record', { episode }, options)
    },
    feedback: (id, signal, options) => write('feedback', { id, signal, feedbackId: newId() }, options),
    accept: (ids, options) => write('accept', { ids }, options),
    curate: (curation, options) => write('curate', { curation }, options),
    delete: (id, options) => write('delete', { id }, options),
    clear: (options) => write('clear', {}, options),
    fork: (name, options) => write('fork', { name }, options),
    has: async (id, options) => read('has', { id }, signalOf(options, 'has')),
    get: async (id, options) => read('get', { id }, signalOf(options, 'get')),
    async list(options = {}) {
      const [signal, rest] = splitSignal(options, 'list')
      return read('list', rest, signal)
    },
    async episodes(options = {}) {
      const [signal, rest] = splitSignal(options, 'episodes')
      return read('episodes', rest, signal)
    },
    count: async (options) => read('count', null, signalOf(options, 'count')),
    async stats(options = {}) {
      const [signal, rest] = splitSignal(options, 'stats')
      return withPersistence(await read('stats', rest, signal))
    },
    export: (options) => exportLines((cursor, signal) => read('exportPart', { cursor }, signal), options),
    async import(source, options = {}) {
      const [signal, rest] = splitSignal(options, 'import')
      parse(importSchema, rest, 'import options')
      const sources = sourcesOf(source)
      const client = await worker.get(signal)
      storing()
      return sendImport(client, sources, { ...rest, signal, lasting })
    },
    subscribe(listener) {
      parse(callable, listener, 'The listener of subscribe')
      const key = Symbol('listener')
      listeners.set(key, listener)
      return () => void listeners.delete(key)
    },
    close() {
      const closed = new RepriseError('memory-closed', 'The memory is closed. What it had acknowledged is kept. Open it again to use it.')
      closing ??= worker.close(closed, async (client) => {
        await client.call('close', null).catch(() => {}) // a worker that is lost has nothing open
        await settled() // their answers are on the way: what was stored must not be reported as lost
      })
      return closing
    },
  }
}

/** So that the same trajectory is added when it is added again. What is no trajectory goes on to be refused. */
function withId(input: TrajectoryInput): TrajectoryInput {
  const given: unknown = input
  return typeof given === 'object' && given !== null && !Array.isArray(given) && input.id === undefined ? { ...input, id: newId() } : input
}

function withPersistence(stats: MemoryStats): MemoryStats {
  const persistence = persistenceAnswer()
  if (stats.storage.kind === 'memory' || persistence === undefined) return stats
  return { ...stats, storage: { ...stats.storage, persistence } }
}

type Name = keyof MemoryApi
type Input<M extends Name> = Parameters<MemoryApi[M]>[0]
type Output<M extends Name> = Awaited<ReturnType<MemoryApi[M]>>
type WriteName = { [M in Name]: Input<M> extends { ticket: number } ? M : never }[Name]

interface Calls {
  read<M extends Name>(method: M, input: Input<M>, signal: AbortSignal | undefined): Promise<Output<M>>
  /** An aborted write is cancelled and still waited for: it rejects with `aborted` only where nothing was stored. */
  write<M extends WriteName>(method: M, input: Omit<Input<M>, 'ticket'>, options: Abortable | undefined): Promise<Output<M>>
  /** Resolves when no write is under way. */
  settled(): Promise<unknown>
}

function createCalls(worker: RecoveringWorker<MemoryApi>): Calls {
  const underWay = new Set<Promise<unknown>>()
  let nextTicket = 0

  const read: Calls['read'] = (method, input, signal) =>
    worker.repeat((client) => client.call(method, input, { signal }).catch(explainUnclonable), { signal })

  const write = async <M extends WriteName>(
    method: M,
    input: Omit<Input<M>, 'ticket'>,
    options: Abortable | undefined,
  ): Promise<Output<M>> => {
    const signal = signalOf(options, method)
    throwIfAborted(signal)
    const ticket = nextTicket++
    let cancel = (): void => {}
    let lost = false
    const onAbort = (): void => cancel()
    signal?.addEventListener('abort', onAbort, { once: true })
    const sent = worker.repeat(
      (client) => {
        throwIfAborted(signal)
        cancel = () => void client.call('cancel', { ticket }).catch(() => {})
        return client.call(method, { ...input, ticket } as unknown as Input<M>).catch(explainUnclonable)
      },
      { signal, onLost: () => (lost = true) },
    )
    underWay.add(sent)
    try {
      return await sent
    } catch (error) {
      throw lost ? explainAgain(method, error) : error
    } finally {
      underWay.delete(sent)
      signal?.removeEventListener('abort', onAbort)
    }
  }
  return { read, write, settled: () => Promise.allSettled(underWay) }
}

/** A function or an element among the arguments cannot reach the worker, and so not its checks. */
function explainUnclonable(error: RepriseError): never {
  const { cause } = error
  if (!(cause instanceof DOMException && cause.name === 'DataCloneError')) throw error
  throw new RepriseError('invalid-options', `A memory keeps plain data only: ${sentence(cause.message)}`, { cause })
}

/** Of a write whose first worker was lost, only success is certain. */
function explainAgain(method: WriteName, error: unknown): unknown {
  const why = isRepriseError(error, 'aborted')
    ? 'It was aborted before it could be repeated: whether it was carried out is not known.'
    : method === 'fork' && isRepriseError(error, 'invalid-options')
      ? 'A memory of that name is there now: if there was none before, it is the fork, and whole.'
      : undefined
  if (why === undefined) return error
  return new RepriseError('worker-lost', `The memory worker was lost during ${method}, and has been started again. ${why}`, {
    cause: error,
  })
}
