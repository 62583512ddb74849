/** A memory where it works: store, index, retriever and curator put together. It runs in a worker, in Node, or in a test alike. */
import { RepriseError } from '../core/errors.ts'
import type { Embedder } from '../core/embedder.ts'
import { newId as defaultNewId } from '../util/ids.ts'
import { createArchive, type Archive, type ExportPart } from './archive.ts'
import { exportLines } from './export-lines.ts'
import type { IndexMode } from './index/adaptive-index.ts'
import { loadHnswLibrary, type HnswLibrary } from './index/hnsw-index.ts'
import { createTrajectoryIndex, type TrajectoryIndex } from './index/trajectory-index.ts'
import {
  checkCuration,
  checkEpisode,
  checkId,
  checkListOptions,
  checkQuery,
  checkRetrieveOptions,
  completeTrajectory,
  type Completion,
} from './memory-options.ts'
import type { MemoryStats, OpenMemory, StorageStats } from './open-memory.ts'
import { retrieve } from './retriever.ts'
import { checkKeysRow } from './rows.ts'
import type { TrajectoryStore } from './store/trajectory-store.ts'
import { createTrajectoryCache, type TrajectoryCache } from './trajectory-cache.ts'
import { createWriter, mismatch, sameEmbedder, type Writer } from './writer.ts'

export interface MemoryEngineOptions {
  store: TrajectoryStore
  embedder: Embedder
  index?: IndexMode
  /** Origin of the page, for the provenance of what is added. */
  origin?: string
  now?: () => number
  newId?: () => string
  loadLibrary?: () => Promise<HnswLibrary>
  /** Vectors from which on `index: 'auto'` is approximate. */
  threshold?: number
}

export interface MemoryEngine extends OpenMemory {
  /** A part of an export; the first one, without a cursor, begins with the header. */
  exportPart(cursor?: number): Promise<ExportPart>
  /** Resolves when the index is not being rebuilt. */
  settled(): Promise<void>
}

/** Rows of keys read at once when a memory is opened. */
const PAGE = 500

/**
 * Takes over the store (the embedder stays the caller's), and reads the keys of what can be retrieved. Writes nothing.
 * Errors: `embedder-mismatch`.
 */
export async function createMemoryEngine(options: MemoryEngineOptions): Promise<MemoryEngine> {
  const { store, embedder, index: mode = 'auto', loadLibrary = loadHnswLibrary, threshold, now = Date.now } = options
  const { dimensions } = embedder
  const index = createTrajectoryIndex({ dimensions, mode, loadLibrary, ...(threshold !== undefined && { threshold }) })
  const cache = createTrajectoryCache(store, dimensions)
  const outcasts = createOutcasts(index)
  await refuseOtherEmbedder(store, embedder)
  await loadKeys(store, { dimensions, index, outcasts })

  const { onDamaged } = outcasts
  const archive = createArchive({ store, embedderId: embedder.id, onDamaged })
  const writer = createWriter({ store, embedder, index, cache, now, ...outcasts })
  const completion = { origin: options.origin ?? '', now, newId: options.newId ?? (() => defaultNewId(now())) }
  return methodsOf({ store, embedder, index, cache, outcasts, archive, writer, completion })
}

interface Parts {
  store: TrajectoryStore
  embedder: Embedder
  index: TrajectoryIndex
  cache: TrajectoryCache
  outcasts: Outcasts
  archive: Archive
  writer: Writer
  completion: Completion
}

function methodsOf(parts: Parts): MemoryEngine {
  const { store, index, archive, writer, completion } = parts
  const { whileOpen, close } = createClosing()
  const retrieval = { ...parts, onDamaged: parts.outcasts.onDamaged }
  return {
    retrieve: (query, options) =>
      whileOpen(options?.signal, async (signal) => retrieve(checkQuery(query), { ...checkRetrieveOptions(options), signal }, retrieval)),
    add: (input, { signal: caller } = {}) => whileOpen(caller, async (signal) => writer.add(completeTrajectory(input, completion), signal)),
    record: (episode, { signal: caller } = {}) => whileOpen(caller, async (signal) => writer.record(checkEpisode(episode), signal)),
    curate: (curation, { signal: caller } = {}) => whileOpen(caller, async (signal) => writer.curate(checkCuration(curation), signal)),
    delete: (id, { signal: caller } = {}) => whileOpen(caller, async (signal) => writer.delete(checkId(id), signal)),
    clear: ({ signal: caller } = {}) => whileOpen(caller, (signal) => writer.clear(signal)),
    has: (id) => whileOpen(undefined, async () => isStored(store, checkId(id))),
    get: (id) => whileOpen(undefined, async () => archive.get(checkId(id))),
    list: ({ signal: caller, ...options } = {}) => whileOpen(caller, async (signal) => archive.list(checkListOptions(options), signal)),
    count: () => whileOpen(undefined, () => store.read((reader) => reader.count('trajectories'))),
    stats: () => whileOpen(undefined, () => statsOf(parts)),
    exportPart: (cursor) => whileOpen(undefined, () => exportPart(archive, cursor)),
    export: ({ signal: caller } = {}) => exportLines((cursor) => whileOpen(caller, () => exportPart(archive, cursor))),
    settled: () => index.settled(),
    async close() {
      close()
      await writer.idle()
      store.close()
      index.dispose()
    },
  }
}

/** Trajectories that are stored but not retrieved. */
interface Outcasts {
  pruned: Set<string>
  /** What is wrong, by id. */
  corrupt: Map<string, string>
  onPruned(id: string): void
  onDamaged(id: string, error: Error): void
  /** `null` stands for all. */
  onRemoved(id: string | null): void
}

function createOutcasts(index: TrajectoryIndex): Outcasts {
  const pruned = new Set<string>()
  const corrupt = new Map<string, string>()
  return {
    pruned,
    corrupt,
    onPruned: (id) => void pruned.add(id),
    onDamaged(id, error) {
      corrupt.set(id, error.message)
      index.remove(id)
    },
    onRemoved(id) {
      for (const ids of [corrupt, pruned]) {
        if (id === null) ids.clear()
        else ids.delete(id)
      }
    },
  }
}

async function refuseOtherEmbedder(store: TrajectoryStore, embedder: Embedder): Promise<void> {
  const { meta, keys } = await store.read(async (reader) => ({ meta: await reader.get('meta', 'meta'), keys: await reader.count('keys') }))
  if (meta && keys > 0 && !sameEmbedder(meta, embedder)) throw mismatch(meta, embedder)
}

interface Loading {
  dimensions: number
  index: TrajectoryIndex
  outcasts: Outcasts
}

async function loadKeys(store: TrajectoryStore, { dimensions, index, outcasts }: Loading): Promise<void> {
  let after: string | undefined
  for (let more = true; more;) {
    const from = after
    const rows = await store.read((reader) => reader.rows('keys', { after: from, limit: PAGE }))
    for (const row of rows) {
      try {
        const keys = checkKeysRow(row, row.id, dimensions)
        if (keys.active) index.add(keys)
        else outcasts.onPruned(keys.id)
      } catch (error) {
        outcasts.onDamaged(row.id, error as Error)
      }
    }
    after = rows.at(-1)?.id
    more = rows.length === PAGE
  }
}

function isStored(store: TrajectoryStore, id: string): Promise<boolean> {
  return store.read(async (reader) => (await reader.get('trajectories', id)) !== undefined)
}

interface Closing {
  /** Runs `work` with a signal that fires with the caller's, or when the memory closes. */
  whileOpen<T>(caller: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>
  close(): void
}

function createClosing(): Closing {
  const closed = new AbortController()
  const error = new RepriseError('memory-closed', 'The memory is closed. What it had acknowledged is kept. Open it again to use it.')
  return {
    async whileOpen(caller, work) {
      if (closed.signal.aborted) throw error
      try {
        return await work(AbortSignal.any(caller ? [caller, closed.signal] : [closed.signal]))
      } catch (reason) {
        throw closed.signal.aborted && !caller?.aborted ? error : reason
      }
    },
    close: () => closed.abort(error),
  }
}

async function exportPart(archive: Archive, cursor: number | undefined): Promise<ExportPart> {
  const part = await archive.lines(cursor)
  return cursor === undefined ? { ...part, lines: [await archive.header(), ...part.lines] } : part
}

async function statsOf({ store, embedder, index, outcasts }: Parts): Promise<MemoryStats> {
  return {
    count: await store.read((reader) => reader.count('trajectories')),
    retrievable: index.size,
    pruned: outcasts.pruned.size,
    corrupt: Array.from(outcasts.corrupt, ([id, message]) => ({ id, message })),
    embedder: { id: embedder.id, dimensions: embedder.dimensions },
    index: index.state(),
    storage: await storageStats(store),
  }
}

async function storageStats({ kind }: TrajectoryStore): Promise<StorageStats> {
  const storage = typeof navigator === 'undefined' ? undefined : navigator.storage
  if (kind === 'memory' || !storage) return { kind }
  const { usage, quota } = await storage.estimate().catch((): StorageEstimate => ({}))
  const persisted = await storage.persisted().catch(() => undefined)
  return {
    kind,
    ...(usage !== undefined && { usage }),
    ...(quota !== undefined && { quota }),
    ...(persisted !== undefined && { persisted }),
  }
}
