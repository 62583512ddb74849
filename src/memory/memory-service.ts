/** What runs inside the memory worker: one memory, opened once, behind methods that take one input each. */
import type { Embedder, EmbedderLink } from '../core/embedder.ts'
import { RepriseError } from '../core/errors.ts'
import type { Curation, EpisodeRecord, FeedbackSignal, MemoryQuery, RecordResult, RetrieveOptions } from '../core/memory.ts'
import type { Exemplar, Trajectory, TrajectoryInput } from '../core/trajectory.ts'
import type { CallContext } from '../util/worker-rpc/serve.ts'
import { createImportDesk, type ImportApi } from './import-desk.ts'
import type { IndexMode } from './index/adaptive-index.ts'
import { createMemoryEngine, type MemoryEngine } from './memory-engine.ts'
import type { EpisodeListOptions, EpisodePage, ListOptions, ListPage, MemoryEvent, MemoryStats, TrajectoryListing } from './open-memory.ts'
import { databaseName } from './store/database-name.ts'
import { openIdbStore } from './store/idb-store.ts'
import { openMemoryStore } from './store/memory-store.ts'
import type { ExportPart } from './transfer/export-part.ts'

export interface OpenInput {
  name: string
  storage: 'indexeddb' | 'memory'
  index: IndexMode
  embedder: LinkedEmbedder
  /** Origin of the page. */
  origin: string
  maxTrajectories?: number | undefined
  otherEmbedder: 'rebuild' | 'refuse'
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
export type MemoryApi = ImportApi & {
  open(input: OpenInput): Promise<void>
  /** Emits what happens in the memory, from before it is opened until it is closed. */
  events(input: null, context: CallContext): Promise<void>
  retrieve(input: { query: MemoryQuery; options: Omit<RetrieveOptions, 'signal'> }, context: CallContext): Promise<Exemplar[]>
  has(input: { id: string }, context: CallContext): Promise<boolean>
  get(input: { id: string }, context: CallContext): Promise<TrajectoryListing | null>
  list(input: ListOptions, context: CallContext): Promise<ListPage>
  episodes(input: EpisodeListOptions, context: CallContext): Promise<EpisodePage>
  count(input: null, context: CallContext): Promise<number>
  stats(input: { perTrajectory?: boolean }, context: CallContext): Promise<MemoryStats>
  exportPart(input: { cursor: number | undefined }): Promise<ExportPart>
  add(input: { trajectory: TrajectoryInput } & Ticket): Promise<Trajectory>
  record(input: { episode: EpisodeRecord } & Ticket): Promise<RecordResult>
  feedback(input: { id: string; signal: FeedbackSignal; feedbackId: string } & Ticket): Promise<TrajectoryListing | null>
  accept(input: { ids: string | readonly string[] } & Ticket): Promise<string[]>
  curate(input: { curation: Curation } & Ticket): Promise<string[]>
  delete(input: { id: string } & Ticket): Promise<boolean>
  clear(input: Ticket): Promise<void>
  fork(input: { name: string } & Ticket): Promise<void>
  cancel(input: Ticket): void
  close(input: null): Promise<void>
}

/** An embedder that may remember texts, also those that a memory has deleted. */
export type MemoryEmbedder = Embedder & { forget?(texts: readonly string[] | null): Promise<void> }

export interface MemoryServiceOptions {
  /**
   * Reaches the page's embedder. What it returns is asked for the same texts again and again: it should remember them, and beyond
   * this worker's life only where `lasting` is set.
   */
  createEmbedder(embedder: LinkedEmbedder, options: { lasting: boolean }): MemoryEmbedder
}

/** The handler behind `workers/memory.worker.ts`. */
export function createMemoryService({ createEmbedder }: MemoryServiceOptions): MemoryApi {
  let opened: Opened | undefined
  const engine = (): MemoryEngine => {
    if (opened) return opened.engine
    throw new RepriseError('memory-closed', 'The memory is not open.')
  }
  const tickets = createTickets()
  const { cancellable } = tickets
  const audience = createAudience()

  return {
    async open(input) {
      const embedder = createEmbedder(input.embedder, { lasting: input.storage === 'indexeddb' })
      opened = await openEngine(input, { embedder, onEvent: audience.emit })
    },
    events: (_, { emit }) => audience.join(emit),
    retrieve: ({ query, options }, { signal }) => engine().retrieve(query, { ...options, signal }),
    has: ({ id }, { signal }) => engine().has(id, { signal }),
    get: ({ id }, { signal }) => engine().get(id, { signal }),
    list: (options, { signal }) => engine().list({ ...options, signal }),
    episodes: (options, { signal }) => engine().episodes({ ...options, signal }),
    count: (_, { signal }) => engine().count({ signal }),
    stats: (options, { signal }) => engine().stats({ ...options, signal }),
    exportPart: ({ cursor }) => engine().exportPart(cursor),
    ...createImportDesk((options) => engine().startImport(options)),
    add: (input) => cancellable(input, (options) => engine().add(input.trajectory, options)),
    record: (input) => cancellable(input, (options) => engine().record(input.episode, options)),
    feedback: (input) =>
      cancellable(input, (options) => engine().feedback(input.id, input.signal, { ...options, feedbackId: input.feedbackId })),
    accept: (input) => cancellable(input, (options) => engine().accept(input.ids, options)),
    curate: (input) => cancellable(input, (options) => engine().curate(input.curation, options)),
    delete: (input) => cancellable(input, (options) => engine().delete(input.id, options)),
    clear: (input) => cancellable(input, (options) => engine().clear(options)),
    fork: (input) => cancellable(input, (options) => engine().fork(input.name, options)),
    cancel: ({ ticket }) => tickets.cancel(ticket),
    async close() {
      await opened?.engine.close()
      opened?.embedder.close?.()
      audience.leave()
    },
  }
}

interface Opened {
  engine: MemoryEngine
  embedder: MemoryEmbedder
}

interface Surroundings {
  embedder: MemoryEmbedder
  onEvent(event: MemoryEvent): void
}

async function openEngine(input: OpenInput, { embedder, onEvent }: Surroundings): Promise<Opened> {
  const { name, storage, index, origin, maxTrajectories, otherEmbedder } = input
  const lasting = storage === 'indexeddb'
  const store = lasting ? await openIdbStore({ name }) : openMemoryStore()
  try {
    const engine = await createMemoryEngine({
      store,
      embedder,
      index,
      origin,
      otherEmbedder,
      onEvent,
      ...(maxTrajectories !== undefined && { maxTrajectories }),
      ...(embedder.forget && { forgetTexts: embedder.forget }),
      ...(lasting && { name: databaseName(name), openStore: (forked: string) => openIdbStore({ name: forked }) }),
    })
    return { engine, embedder }
  } catch (error) {
    store.close()
    throw error
  }
}

interface Tickets {
  cancellable<T>(ticket: Ticket, work: (options: { signal: AbortSignal }) => Promise<T>): Promise<T>
  cancel(ticket: number): void
}

function createTickets(): Tickets {
  const running = new Map<number, AbortController>()
  return {
    async cancellable({ ticket }, work) {
      const controller = new AbortController()
      running.set(ticket, controller)
      try {
        return await work({ signal: controller.signal })
      } finally {
        running.delete(ticket)
      }
    },
    cancel: (ticket) => running.get(ticket)?.abort(),
  }
}

interface Audience {
  emit(event: MemoryEvent): void
  /** Resolves when the audience is sent home. */
  join(listener: (event: MemoryEvent) => void): Promise<void>
  leave(): void
}

function createAudience(): Audience {
  const listeners = new Map<(event: MemoryEvent) => void, () => void>()
  return {
    emit: (event) => listeners.forEach((_, listener) => listener(event)),
    join: (listener) => new Promise((resolve) => listeners.set(listener, resolve)),
    leave() {
      for (const resolve of listeners.values()) resolve()
      listeners.clear()
    },
  }
}
