/** A memory where it works: store, index, retriever and curator put together. It runs in a worker, in Node, or in a test alike. */
import { RepriseError } from '../core/errors.ts'
import type { Embedder } from '../core/embedder.ts'
import { newId as defaultNewId } from '../util/ids.ts'
import { createArchive, type Archive, type ExportPart } from './archive.ts'
import { splitSignal } from './call-options.ts'
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
import { joinPeers, type Peers } from './peers.ts'
import { retrieve } from './retriever.ts'
import { openStoreView, type StoreView } from './store-view.ts'
import type { TrajectoryStore } from './store/trajectory-store.ts'
import { createTrajectoryCache, type TrajectoryCache } from './trajectory-cache.ts'
import { createWriter, type Writer } from './writer.ts'

export interface MemoryEngineOptions {
  store: TrajectoryStore
  embedder: Embedder
  index?: IndexMode
  /** Where handles of this store tell each other of changes. Without one they notice each other only when asked something. */
  channel?: string
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

/**
 * Takes over the store (the embedder stays the caller's), and reads the keys of what can be retrieved. Writes nothing.
 * Errors: `embedder-mismatch`.
 */
export async function createMemoryEngine(options: MemoryEngineOptions): Promise<MemoryEngine> {
  const { store, embedder, index: mode = 'auto', loadLibrary = loadHnswLibrary, threshold, now = Date.now } = options
  const { dimensions } = embedder
  const index = createTrajectoryIndex({ dimensions, mode, loadLibrary, ...(threshold !== undefined && { threshold }) })
  const cache = createTrajectoryCache(store, dimensions)
  const view = await openStoreView({ store, embedder, index, cache })

  const { onDamaged } = view
  const archive = createArchive({ store, embedderId: embedder.id, onDamaged })
  const retrievable = index.ids
  // What fails here fails again, audibly, when this handle is asked something.
  const peers = joinPeers(options.channel, () => void view.refresh().catch(() => {}))
  const writer = createWriter({ store, embedder, view, retrievable, now, onCommitted: peers.announce })
  const completion = { origin: options.origin ?? '', now, newId: options.newId ?? (() => defaultNewId(now())) }
  return methodsOf({ store, embedder, index, cache, view, peers, archive, writer, completion })
}

interface Parts {
  store: TrajectoryStore
  embedder: Embedder
  index: TrajectoryIndex
  cache: TrajectoryCache
  view: StoreView
  peers: Peers
  archive: Archive
  writer: Writer
  completion: Completion
}

function methodsOf(parts: Parts): MemoryEngine {
  const { store, index, view, peers, archive, writer, completion } = parts
  const { whileOpen, close } = createClosing()
  const retrieval = { ...parts, onDamaged: view.onDamaged, refresh: view.refresh }
  return {
    async retrieve(query, options) {
      const [caller, rest] = splitSignal(options, 'retrieve')
      return whileOpen(caller, async (signal) => retrieve(checkQuery(query), { ...checkRetrieveOptions(rest), signal }, retrieval))
    },
    add: (input, { signal: caller } = {}) => whileOpen(caller, async (signal) => writer.add(completeTrajectory(input, completion), signal)),
    record: (episode, { signal: caller } = {}) => whileOpen(caller, async (signal) => writer.record(checkEpisode(episode), signal)),
    curate: (curation, { signal: caller } = {}) =>
      whileOpen(caller, async (signal) => {
        const checked = checkCuration(curation)
        await view.refresh()
        return writer.curate(checked, signal)
      }),
    delete: (id, { signal: caller } = {}) => whileOpen(caller, async (signal) => writer.delete(checkId(id), signal)),
    clear: ({ signal: caller } = {}) => whileOpen(caller, (signal) => writer.clear(signal)),
    has: (id) => whileOpen(undefined, async () => isStored(store, checkId(id))),
    get: (id) => whileOpen(undefined, async () => archive.get(checkId(id))),
    list: ({ signal: caller, ...options } = {}) => whileOpen(caller, async (signal) => archive.list(checkListOptions(options), signal)),
    count: () => whileOpen(undefined, () => store.read((reader) => reader.count('trajectories'))),
    stats: () => whileOpen(undefined, () => statsOf(parts)),
    exportPart: (cursor) => whileOpen(undefined, () => exportPart(archive, cursor)),
    export: (options) => exportLines((cursor, caller) => whileOpen(caller, () => exportPart(archive, cursor)), options),
    settled: () => index.settled(),
    async close() {
      close()
      await writer.idle()
      peers.close()
      store.close()
      index.dispose()
    },
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

async function statsOf({ store, embedder, index, view }: Parts): Promise<MemoryStats> {
  await view.refresh()
  return {
    count: await store.read((reader) => reader.count('trajectories')),
    retrievable: index.size,
    pruned: view.pruned.size,
    corrupt: Array.from(view.corrupt, ([id, message]) => ({ id, message })),
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
