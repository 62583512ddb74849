/** What runs inside the memory worker: one memory, opened once, behind methods that take one input each. */
import type { Embedder, EmbedderLink } from '../core/embedder.ts'
import { RepriseError } from '../core/errors.ts'
import type { Curation, EpisodeRecord, MemoryQuery, RecordResult, RetrieveOptions } from '../core/memory.ts'
import type { Exemplar, Trajectory, TrajectoryInput } from '../core/trajectory.ts'
import type { CallContext } from '../util/worker-rpc/serve.ts'
import type { ExportPart } from './archive.ts'
import type { IndexMode } from './index/adaptive-index.ts'
import { createMemoryEngine, type MemoryEngine } from './memory-engine.ts'
import type { ListOptions, ListPage, MemoryStats, TrajectoryListing } from './open-memory.ts'
import { databaseName } from './store/database-name.ts'
import { openIdbStore } from './store/idb-store.ts'
import { openMemoryStore } from './store/memory-store.ts'

export interface OpenInput {
  name: string
  storage: 'indexeddb' | 'memory'
  index: IndexMode
  embedder: LinkedEmbedder
  /** Origin of the page. */
  origin: string
}

/** Which embedder the page has, and how this worker reaches it. */
export interface LinkedEmbedder {
  id: string
  dimensions: number
  link: EmbedderLink
}

/** A write's caller learns of its real outcome even when it aborts: `cancel` names it by its ticket. */
interface Ticket {
  ticket: number
}

// A type, not an interface: only then it counts as methods by name.
export type MemoryApi = {
  open(input: OpenInput): Promise<void>
  retrieve(input: { query: MemoryQuery; options: Omit<RetrieveOptions, 'signal'> }, context: CallContext): Promise<Exemplar[]>
  has(input: { id: string }): Promise<boolean>
  get(input: { id: string }): Promise<TrajectoryListing | null>
  list(input: ListOptions, context: CallContext): Promise<ListPage>
  count(input: null): Promise<number>
  stats(input: null): Promise<MemoryStats>
  exportPart(input: { cursor: number | undefined }): Promise<ExportPart>
  add(input: { trajectory: TrajectoryInput } & Ticket): Promise<Trajectory>
  record(input: { episode: EpisodeRecord } & Ticket): Promise<RecordResult>
  curate(input: { curation: Curation } & Ticket): Promise<string[]>
  delete(input: { id: string } & Ticket): Promise<boolean>
  clear(input: Ticket): Promise<void>
  cancel(input: Ticket): void
  close(input: null): Promise<void>
}

export interface MemoryServiceOptions {
  /** Reaches the page's embedder. What it returns is asked for the same texts again and again: it should remember them. */
  createEmbedder(embedder: LinkedEmbedder): Embedder
}

/** The handler behind `workers/memory.worker.ts`. */
export function createMemoryService({ createEmbedder }: MemoryServiceOptions): MemoryApi {
  let opened: { engine: MemoryEngine; embedder: Embedder } | undefined
  const engine = (): MemoryEngine => {
    if (opened) return opened.engine
    throw new RepriseError('memory-closed', 'The memory is not open.')
  }
  const tickets = new Map<number, AbortController>()
  const cancellable = async <T>({ ticket }: Ticket, work: (options: { signal: AbortSignal }) => Promise<T>): Promise<T> => {
    const controller = new AbortController()
    tickets.set(ticket, controller)
    try {
      return await work({ signal: controller.signal })
    } finally {
      tickets.delete(ticket)
    }
  }

  return {
    async open({ name, storage, index, origin, embedder: linked }) {
      const embedder = createEmbedder(linked)
      const store = storage === 'memory' ? openMemoryStore() : await openIdbStore({ name })
      const channel = storage === 'memory' ? {} : { channel: databaseName(name) }
      try {
        opened = { engine: await createMemoryEngine({ store, embedder, index, origin, ...channel }), embedder }
      } catch (error) {
        store.close()
        throw error
      }
    },
    retrieve: ({ query, options }, { signal }) => engine().retrieve(query, { ...options, signal }),
    has: ({ id }) => engine().has(id) as Promise<boolean>,
    get: ({ id }) => engine().get(id),
    list: (options, { signal }) => engine().list({ ...options, signal }),
    count: () => engine().count(),
    stats: () => engine().stats(),
    exportPart: ({ cursor }) => engine().exportPart(cursor),
    add: (input) => cancellable(input, (options) => engine().add(input.trajectory, options)),
    record: (input) => cancellable(input, (options) => engine().record(input.episode, options)),
    curate: (input) => cancellable(input, (options) => engine().curate(input.curation, options)),
    delete: (input) => cancellable(input, (options) => engine().delete(input.id, options)),
    clear: (input) => cancellable(input, (options) => engine().clear(options)),
    cancel: ({ ticket }) => tickets.get(ticket)?.abort(),
    async close() {
      await opened?.engine.close()
      opened?.embedder.close?.()
    },
  }
}
