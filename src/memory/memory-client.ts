/** The page's side of a memory: calls into its worker, and nothing else, so that the page itself never searches or waits. */
import * as z from 'zod/mini'
import type { Embedder, EmbedderLink } from '../core/embedder.ts'
import { RepriseError } from '../core/errors.ts'
import type { Awaitable } from '../core/json.ts'
import { tell } from '../util/tell.ts'
import { callable, parse } from '../util/validate.ts'
import type { WorkerClient } from '../util/worker-rpc/client.ts'
import { askEmbedder } from './ask-embedder.ts'
import type { IndexMode } from './index/adaptive-index.ts'
import { memoryBehind } from './memory-calls.ts'
import type { MemoryApi, OpenInput } from './memory-service.ts'
import type { MemoryEvent, OpenMemory } from './open-memory.ts'
import { createRecoveringWorker, type RecoveringWorker } from './recovering-worker.ts'

export interface ConnectMemoryOptions {
  /** Memories of one origin are told apart by it. */
  name: string
  /** `memory` keeps nothing beyond the life of its worker. */
  storage?: 'indexeddb' | 'memory'
  /** `auto` (the default) is exact while the store is small. */
  index?: IndexMode
  /** Trajectories kept; the least useful go first, the older first among equals. All by default. */
  maxTrajectories?: number
  /** What is done with vectors of another embedder: `rebuild` (default) makes them again, `refuse` rejects with `embedder-mismatch`. */
  otherEmbedder?: 'rebuild' | 'refuse'
  /** Ask the browser to keep what is stored, at the first thing stored (default). */
  persist?: boolean
  embedder: Embedder
  createWorker: () => Awaitable<Worker>
  /** Serves on a port the embedder of a host that has no link of its own. */
  serveEmbedder: (embedder: Embedder, port: MessagePort) => void
}

const optionsSchema = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  storage: z.optional(z.enum(['indexeddb', 'memory'])),
  index: z.optional(z.enum(['auto', 'exact', 'hnsw'])),
  maxTrajectories: z.optional(z.int().check(z.gte(1))),
  otherEmbedder: z.optional(z.enum(['rebuild', 'refuse'])),
  persist: z.optional(z.boolean()),
  embedder: z.object({ id: z.string().check(z.minLength(1)), dimensions: z.int().check(z.gte(1)), embed: callable }),
  createWorker: callable,
  serveEmbedder: callable,
})

/**
 * Starts the worker and opens the memory in it; the embedder stays the caller's to close. A worker that is lost later is replaced
 * by itself, unless what the memory held was in it.
 * Errors: `invalid-options`, `worker-lost`, `memory-blocked`, `memory-quota`, `embedder-mismatch`.
 */
export async function connectMemory(options: ConnectMemoryOptions): Promise<OpenMemory> {
  const {
    name,
    storage = 'indexeddb',
    index = 'auto',
    maxTrajectories,
    otherEmbedder = 'rebuild',
    persist = true,
  } = parse(optionsSchema, options, 'openMemory options')
  const { embedder, serveEmbedder } = options
  const listeners = new Map<symbol, (event: MemoryEvent) => void>()
  const worker = startWorker(options, {
    input: { name, storage, index, origin: globalThis.location?.origin ?? '', maxTrajectories, otherEmbedder },
    linkTo: () => linkTo(embedder, serveEmbedder),
    emit: (event) => listeners.forEach((listener) => tell(listener, event)),
  })
  try {
    await worker.get()
  } catch (error) {
    await worker.close(new RepriseError('memory-closed', 'The memory could not be opened.'), async () => {})
    throw error
  }
  const lasting = storage === 'indexeddb'
  return memoryBehind({ worker, listeners, lasting, persist: persist && lasting })
}

interface Opening {
  input: Omit<OpenInput, 'embedder'>
  /** Another link for each worker: a port can be given away only once. */
  linkTo(): Linked
  emit(event: MemoryEvent): void
}

function startWorker({ createWorker, embedder }: ConnectMemoryOptions, { input, linkTo, emit }: Opening): RecoveringWorker<MemoryApi> {
  const { id, dimensions } = embedder
  const open = async (client: WorkerClient<MemoryApi>): Promise<WorkerClient<MemoryApi>> => {
    const { link, unlink } = linkTo()
    void client.lost.then(unlink)
    client.call('events', null, { onEvent: emit }).catch(() => {}) // it ends with the worker
    const transfer = link.kind === 'port' ? [link.port] : []
    await client.call('open', { ...input, embedder: { id, dimensions, link } }, { transfer })
    return client
  }
  return createRecoveringWorker<MemoryApi>({
    name: 'memory worker',
    fallback: 'memory-blocked',
    createWorker,
    prepare: open,
    irreplaceable:
      input.storage === 'memory'
        ? "The memory worker was lost, and with it all that this memory held: it was opened with storage: 'memory'. Open another one."
        : undefined,
    onRecovered: () =>
      emit({ type: 'recovered', message: 'The memory worker was lost and has been started again. Nothing it had acknowledged was lost.' }),
    onLost: ({ message }) => emit({ type: 'warning', message }),
  })
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
