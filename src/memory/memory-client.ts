/** The page's side of a memory: calls into its worker, and nothing else, so that the page itself never searches or waits. */
import * as z from 'zod/mini'
import type { Embedder, EmbedderLink } from '../core/embedder.ts'
import { isRepriseError, RepriseError } from '../core/errors.ts'
import type { Awaitable } from '../core/json.ts'
import { throwIfAborted } from '../util/abort.ts'
import { callable, parse } from '../util/validate.ts'
import { connect, type WorkerClient } from '../util/worker-rpc/client.ts'
import { askEmbedder } from './ask-embedder.ts'
import { signalOf, splitSignal } from './call-options.ts'
import { exportLines } from './export-lines.ts'
import type { IndexMode } from './index/adaptive-index.ts'
import type { MemoryApi } from './memory-service.ts'
import type { Abortable, OpenMemory } from './open-memory.ts'
import { sentence } from './sentence.ts'

export interface ConnectMemoryOptions {
  /** Memories of one origin are told apart by it. */
  name: string
  /** `memory` keeps nothing beyond the page's life. */
  storage?: 'indexeddb' | 'memory'
  /** `auto` (the default) is exact while the store is small. */
  index?: IndexMode
  embedder: Embedder
  createWorker: () => Awaitable<Worker>
  /** Serves on a port the embedder of a host that has no link of its own. */
  serveEmbedder: (embedder: Embedder, port: MessagePort) => void
}

const optionsSchema = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  storage: z.optional(z.enum(['indexeddb', 'memory'])),
  index: z.optional(z.enum(['auto', 'exact', 'hnsw'])),
  embedder: z.object({ id: z.string().check(z.minLength(1)), dimensions: z.int().check(z.gte(1)), embed: callable }),
  createWorker: callable,
  serveEmbedder: callable,
})

/**
 * Starts the worker and opens the memory in it; the embedder stays the caller's to close.
 * Errors: `invalid-options`, `worker-lost`, `memory-blocked`, `memory-quota`, `embedder-mismatch`.
 */
export async function connectMemory(options: ConnectMemoryOptions): Promise<OpenMemory> {
  const { name, storage = 'indexeddb', index = 'auto' } = parse(optionsSchema, options, 'openMemory options')
  const { embedder, createWorker, serveEmbedder } = options
  const { id, dimensions } = embedder
  const client = connect<MemoryApi>(await start(createWorker), { name: 'memory worker', fallback: 'memory-blocked' })
  const { link, unlink } = linkTo(embedder, serveEmbedder)
  const origin = globalThis.location?.origin ?? ''
  const end = (error: RepriseError): void => {
    unlink()
    client.close(error)
  }
  try {
    const transfer = link.kind === 'port' ? [link.port] : []
    await client.call('open', { name, storage, index, origin, embedder: { id, dimensions, link } }, { transfer })
  } catch (error) {
    end(new RepriseError('memory-closed', 'The memory could not be opened.'))
    throw error
  }
  return memoryBehind(client, end)
}

async function start(createWorker: ConnectMemoryOptions['createWorker']): Promise<Worker> {
  try {
    return await createWorker()
  } catch (error) {
    if (isRepriseError(error)) throw error
    throw new RepriseError(
      'worker-lost',
      `The memory worker could not be started: ${sentence(error)} Is its file of the page's origin, and allowed by its policy?`,
      {
        cause: error,
      },
    )
  }
}

interface Linked {
  link: EmbedderLink
  unlink(): void
}

/** How the worker reaches the embedder: past the page where the embedder can, else through it. */
function linkTo(embedder: Embedder, serveEmbedder: ConnectMemoryOptions['serveEmbedder']): Linked {
  const link = embedder.link?.()
  if (link) return { link, unlink: () => {} }
  const { port1, port2 } = new MessageChannel()
  // Guarded on this side: beyond the port, what a host's embedder throws would no longer be told from the library's own errors.
  const { id, dimensions } = embedder
  serveEmbedder({ id, dimensions, embed: (...asked) => askEmbedder(embedder, ...asked) }, port1)
  return { link: { kind: 'port', port: port2 }, unlink: () => port1.close() }
}

function memoryBehind(client: WorkerClient<MemoryApi>, end: (error: RepriseError) => void): OpenMemory {
  const call: WorkerClient<MemoryApi>['call'] = (method, input, options) => client.call(method, input, options).catch(explainUnclonable)
  const writes = createWrites(client)
  const { write } = writes
  return {
    async retrieve(query, options) {
      const [signal, rest] = splitSignal(options, 'retrieve')
      return call('retrieve', { query, options: rest }, { signal })
    },
    add: (trajectory, options) => write('add', options, (ticket) => call('add', { trajectory, ticket })),
    record: (episode, options) => write('record', options, (ticket) => call('record', { episode, ticket })),
    curate: (curation, options) => write('curate', options, (ticket) => call('curate', { curation, ticket })),
    delete: (id, options) => write('delete', options, (ticket) => call('delete', { id, ticket })),
    clear: (options) => write('clear', options, (ticket) => call('clear', { ticket })),
    has: async (id, options) => call('has', { id }, { signal: signalOf(options, 'has') }),
    get: async (id, options) => call('get', { id }, { signal: signalOf(options, 'get') }),
    async list(options = {}) {
      const [signal, rest] = splitSignal(options, 'list')
      return call('list', rest, { signal })
    },
    count: async (options) => call('count', null, { signal: signalOf(options, 'count') }),
    stats: async (options) => call('stats', null, { signal: signalOf(options, 'stats') }),
    export: (options) => exportLines((cursor, signal) => call('exportPart', { cursor }, { signal }), options),
    async close() {
      await client.call('close', null).catch(() => {}) // a worker that is lost has nothing open
      await writes.settled() // their answers are on the way: what was stored must not be reported as lost
      end(new RepriseError('memory-closed', 'The memory is closed. What it had acknowledged is kept. Open it again to use it.'))
    },
  }
}

/** A function or an element among the arguments cannot reach the worker, and so not its checks. */
function explainUnclonable(error: RepriseError): never {
  const { cause } = error
  if (!(cause instanceof DOMException && cause.name === 'DataCloneError')) throw error
  throw new RepriseError('invalid-options', `A memory keeps plain data only: ${sentence(cause.message)}`, { cause })
}

interface Writes {
  write<T>(method: string, options: Abortable | undefined, send: (ticket: number) => Promise<T>): Promise<T>
  /** Resolves when no write is under way. */
  settled(): Promise<unknown>
}

/** An aborted write is cancelled and still waited for: it rejects with `aborted` only where nothing was stored. */
function createWrites(client: WorkerClient<MemoryApi>): Writes {
  const underWay = new Set<Promise<unknown>>()
  let nextTicket = 0
  const write: Writes['write'] = async (method, options, send) => {
    const signal = signalOf(options, method)
    throwIfAborted(signal)
    const ticket = nextTicket++
    const cancel = (): void => void client.call('cancel', { ticket }).catch(() => {})
    signal?.addEventListener('abort', cancel, { once: true })
    const sent = send(ticket)
    underWay.add(sent)
    try {
      return await sent
    } finally {
      underWay.delete(sent)
      signal?.removeEventListener('abort', cancel)
    }
  }
  return { write, settled: () => Promise.allSettled(underWay) }
}
