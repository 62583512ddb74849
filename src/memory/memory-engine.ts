/** A memory where it works: store, index, retriever and curator put together. It runs in a worker, in Node, or in a test alike. */
import { RepriseError } from '../core/errors.ts'
import type { Embedder } from '../core/embedder.ts'
import type { FeedbackSignal } from '../core/memory.ts'
import { newId as defaultNewId } from '../util/ids.ts'
import { createArchive, type Archive } from './archive.ts'
import { splitSignal } from './call-options.ts'
import { textsOf } from './embed-texts.ts'
import { createClosing } from './closing.ts'
import { adoptEmbedder, type OtherEmbedder } from './embedder-check.ts'
import { discardUnfinished, fork } from './forking.ts'
import type { IndexMode } from './index/adaptive-index.ts'
import { loadHnswLibrary, type HnswLibrary } from './index/hnsw-index.ts'
import type { IndexState } from './index/vector-index.ts'
import { createTrajectoryIndex, type TrajectoryIndex } from './index/trajectory-index.ts'
import { createLocks, type Locks } from './locks.ts'
import {
  checkCuration,
  checkEpisode,
  checkEpisodeListOptions,
  checkFeedback,
  checkForkName,
  checkId,
  checkIds,
  checkListOptions,
  checkQuery,
  checkRetrieveOptions,
  checkStatsOptions,
  completeTrajectory,
  type Completion,
} from './memory-options.ts'
import { statsOf } from './memory-stats.ts'
import type { Abortable, MemoryEvent, OpenMemory, TrajectoryListing } from './open-memory.ts'
import { joinPeers, type Peers } from './peers.ts'
import { createRebuilder, type Rebuilder } from './rebuilder.ts'
import { retrieve } from './retriever.ts'
import { soundRow } from './shelf.ts'
import { createSnapshotStore, type SnapshotStore } from './snapshot-store.ts'
import { createSnapshotter, type Snapshotter } from './snapshotter.ts'
import { openStoreView, type StoreView } from './store-view.ts'
import { databaseName } from './store/database-name.ts'
import type { TrajectoryStore } from './store/trajectory-store.ts'
import { createTrajectoryCache, type TrajectoryCache } from './trajectory-cache.ts'
import { createTransactions, type Transactions } from './transactions.ts'
import { exportLines } from './transfer/export-lines.ts'
import { createExporter, type ExportPart, type Exporter } from './transfer/export-part.ts'
import { createImportSession, type ImportSession } from './transfer/import-session.ts'
import { createWriter, type Writer } from './writer.ts'

export interface MemoryEngineOptions {
  store: TrajectoryStore
  embedder: Embedder
  index?: IndexMode
  /**
   * Under which handles of this store, in other tabs and workers too, wait for each other and tell each other of changes. Without
   * one they notice each other only when asked something, and must not be written to at the same time.
   */
  name?: string
  /** Origin of the page, for the provenance of what is added. */
  origin?: string
  now?: () => number
  newId?: () => string
  loadLibrary?: () => Promise<HnswLibrary>
  /** Vectors from which on `index: 'auto'` is approximate. */
  threshold?: number
  /** Beyond so many the least useful are deleted. */
  maxTrajectories?: number
  /** What to do where the store holds vectors of another embedder (default `rebuild`). */
  otherEmbedder?: OtherEmbedder
  onEvent?: (event: MemoryEvent) => void
  /** Opens the store of another memory, for `fork`. */
  openStore?: (name: string) => Promise<TrajectoryStore>
  /** Drops texts from caches of embeddings, all of them where `null`: deleted text must not stay behind. */
  forgetTexts?: (texts: readonly string[] | null) => Promise<void>
}

export interface MemoryEngine extends Omit<OpenMemory, 'import' | 'subscribe' | 'feedback'> {
  /** `feedbackId` tells a repeated call from another verdict. */
  feedback(id: string, signal: FeedbackSignal, options?: Abortable & { feedbackId?: string }): Promise<TrajectoryListing | null>
  /** A part of an export; the first one, without a cursor, begins with the header. */
  exportPart(cursor?: number): Promise<ExportPart>
  startImport(options: { accept: boolean }): ImportSession
  /** Resolves when nothing is being read, made again, built or saved in the background. */
  settled(): Promise<void>
}

/**
 * Takes over the store (the embedder stays the caller's), and reads what the first search needs.
 * Errors: `embedder-mismatch`, and those of the store.
 */
export async function createMemoryEngine(options: MemoryEngineOptions): Promise<MemoryEngine> {
  const { store, embedder, now = Date.now, name } = options
  const locks = createLocks(name)
  await discardUnfinished(store, locks)
  await adoptEmbedder({ store, embedder, locks, otherEmbedder: options.otherEmbedder ?? 'rebuild' })

  const told: Told = { background: {}, emit: (event) => options.onEvent?.(event), onFailed: (error) => told.emit(warningOf(error)) }
  const read = await openRead(options, told)
  const { view, index, snapshots } = read
  // What fails here fails again, audibly, when this handle is asked something.
  const peers = joinPeers(name, () => void view.refresh().catch(() => {}))
  const forgetting = createForgetting(options.forgetTexts, told.onFailed)
  const onCommitted = committedListener({ ...told, ...forgetting, peers, snapshots })
  const transactions = createTransactions({ store, snapshots, embedder, view, locks, onCommitted })
  const writer = createWriter({ store, embedder, transactions, retrievable: index.ids, now, maxTrajectories: options.maxTrajectories })

  const { emit, onFailed, background } = told
  const onProgress = (progress: { done: number; total: number }): void => emit({ type: 'rebuilding', ...progress })
  const rebuilder = (background.rebuilder = createRebuilder({ view, writer, locks, onProgress, onFailed }))
  const snapshotter = (background.snapshotter = createSnapshotter({ store, snapshots, embedder, index, view, locks, onFailed }))
  rebuilder.wake()

  const { onDamaged } = view
  const archive = createArchive({ store, onDamaged })
  const exporter = createExporter({ store, embedderId: embedder.id, onDamaged })
  const completion = { origin: options.origin ?? '', now, newId: options.newId ?? (() => defaultNewId(now())) }
  const parts = { ...read, store, embedder, peers, locks, archive, exporter, writer, transactions, rebuilder, snapshotter, completion }
  return methodsOf({ ...parts, forgetting, openStore: options.openStore, name })
}

/** Who is told of what happens by itself. What works in the background is told from the beginning, before all of it is there. */
interface Told {
  background: { rebuilder?: Rebuilder; snapshotter?: Snapshotter }
  emit(event: MemoryEvent): void
  onFailed(error: unknown): void
}

interface Read {
  index: TrajectoryIndex
  cache: TrajectoryCache
  snapshots: SnapshotStore
  view: StoreView
}

async function openRead(options: MemoryEngineOptions, { background, emit, onFailed }: Told): Promise<Read> {
  const { store, embedder, index: mode = 'auto', loadLibrary = loadHnswLibrary, threshold } = options
  const onChange = (state: IndexState): void => {
    background.snapshotter?.consider()
    emit({ type: 'index', state })
  }
  const index = createTrajectoryIndex({ dimensions: embedder.dimensions, mode, loadLibrary, threshold, onChange })
  const cache = createTrajectoryCache(store, embedder.dimensions)
  const snapshots = createSnapshotStore(store)
  const onChanged = (ids: readonly string[] | null): void => {
    background.snapshotter?.consider()
    emit({ type: 'changed', ids })
  }
  const onStale = (): void => background.rebuilder?.wake()
  const view = await openStoreView({ store, snapshots, embedder, index, cache, onChanged, onStale, onFailed })
  return { index, cache, snapshots, view }
}

type Committed = Parameters<Parameters<typeof createTransactions>[0]['onCommitted']>[0]
type Listening = Told & Pick<Forgetting, 'forget'> & { peers: Peers; snapshots: SnapshotStore }

function committedListener({ peers, snapshots, background, forget, emit, onFailed }: Listening): (committed: Committed) => void {
  return ({ change, evicted, forgotten }) => {
    peers.announce()
    background.snapshotter?.consider()
    if (change.cleared) snapshots.clear().catch(onFailed)
    if (forgotten.length > 0) void forget(forgotten)
    if (evicted.length > 0) emit({ type: 'evicted', ids: evicted })
  }
}

interface Forgetting {
  /** Drops texts from the caches of embeddings. What fails is told of, and holds up nothing. */
  forget(texts: readonly string[] | null): Promise<void>
  /** Resolves when nothing is being dropped. */
  settled(): Promise<void>
}

function createForgetting(forgetTexts: MemoryEngineOptions['forgetTexts'], onFailed: Told['onFailed']): Forgetting {
  const underWay = new Set<Promise<void>>()
  return {
    async forget(texts) {
      const forgetting = (forgetTexts?.(texts) ?? Promise.resolve()).catch(onFailed)
      underWay.add(forgetting)
      await forgetting
      underWay.delete(forgetting)
    },
    settled: async () => void (await Promise.all(underWay)),
  }
}

function warningOf(error: unknown): MemoryEvent {
  return { type: 'warning', message: error instanceof Error ? error.message : String(error) }
}

interface Parts extends Read {
  store: TrajectoryStore
  embedder: Embedder
  peers: Peers
  locks: Locks
  archive: Archive
  exporter: Exporter
  writer: Writer
  transactions: Transactions
  rebuilder: Rebuilder
  snapshotter: Snapshotter
  completion: Completion
  forgetting: Forgetting
  openStore: MemoryEngineOptions['openStore']
  name: string | undefined
}

function methodsOf(parts: Parts): MemoryEngine {
  const { store, index, view, peers, archive, exporter, writer, transactions, rebuilder, snapshotter, completion, forgetting } = parts
  const { whileOpen, close } = createClosing()
  return {
    async retrieve(query, options) {
      const [caller, rest] = splitSignal(options, 'retrieve')
      return whileOpen(caller, async (signal) => retrieve(checkQuery(query), { ...checkRetrieveOptions(rest), signal }, parts))
    },
    add: (input, { signal: caller } = {}) => whileOpen(caller, async (signal) => writer.add(completeTrajectory(input, completion), signal)),
    record: (episode, { signal: caller } = {}) => whileOpen(caller, async (signal) => writer.record(checkEpisode(episode), signal)),
    feedback: (id, feedback, { signal: caller, feedbackId = completion.newId() } = {}) =>
      whileOpen(caller, async (signal) => {
        const known = await writer.feedback(checkId(id), { ...checkFeedback(feedback), feedbackId }, signal)
        return known ? archive.get(id) : null
      }),
    accept: (ids, { signal: caller } = {}) => whileOpen(caller, async (signal) => writer.accept(checkIds(ids), signal)),
    curate: (curation, { signal: caller } = {}) =>
      whileOpen(caller, async (signal) => {
        const checked = checkCuration(curation)
        await view.refresh()
        await view.loaded
        return writer.curate(checked, signal)
      }),
    delete: (id, { signal: caller } = {}) =>
      whileOpen(caller, async (signal) => {
        // Before, so that no crash leaves the vectors of what is gone.
        const row = await store.read((reader) => soundRow(reader, checkId(id)))
        if (row) await forgetting.forget(textsOf(row.trajectory))
        return writer.delete(id, signal)
      }),
    clear: ({ signal: caller } = {}) =>
      whileOpen(caller, async (signal) => {
        await forgetting.forget(null)
        return writer.clear(signal)
      }),
    has: (id) => whileOpen(undefined, async () => isStored(store, checkId(id))),
    get: (id) => whileOpen(undefined, async () => archive.get(checkId(id))),
    list: ({ signal: caller, ...options } = {}) => whileOpen(caller, async (signal) => archive.list(checkListOptions(options), signal)),
    episodes: ({ signal: caller, ...options } = {}) => whileOpen(caller, async () => archive.episodes(checkEpisodeListOptions(options))),
    count: () => whileOpen(undefined, () => store.read((reader) => reader.count('trajectories'))),
    stats: ({ signal: caller, ...options } = {}) =>
      whileOpen(caller, async () => statsOf(parts, checkStatsOptions(options).perTrajectory ?? false)),
    fork: (name, { signal: caller } = {}) => whileOpen(caller, async (signal) => forkAs(checkForkName(name), parts, signal)),
    exportPart: (cursor) => whileOpen(undefined, () => exporter.exportPart(cursor)),
    export: (options) => exportLines((cursor, caller) => whileOpen(caller, () => exporter.exportPart(cursor)), options),
    startImport: ({ accept }) =>
      createImportSession({
        accept,
        now: completion.now,
        store: (trajectories, { signal: caller, ...options }) =>
          whileOpen(caller, (signal) => writer.importAll(trajectories, { ...options, signal })),
      }),
    async settled() {
      await view.loaded
      await rebuilder.settled()
      await index.settled()
      await snapshotter.settled()
    },
    async close() {
      close()
      view.close()
      rebuilder.close()
      snapshotter.close()
      await transactions.idle()
      await forgetting.settled()
      await snapshotter.settled()
      peers.close()
      store.close()
      index.dispose()
    },
  }
}

/** What waits in quarantine is not the owner's yet: adding one of that id takes its place. */
function isStored(store: TrajectoryStore, id: string): Promise<boolean> {
  return store.read(async (reader) => {
    const row = await reader.get('trajectories', id)
    return row !== undefined && row.status !== 'quarantined'
  })
}

async function forkAs(name: string, { store, locks, openStore, name: own }: Parts, signal: AbortSignal): Promise<void> {
  if (!openStore) throw new RepriseError('invalid-options', 'fork: a memory that keeps nothing cannot be copied under another name.')
  if (databaseName(name) === own) throw new RepriseError('invalid-options', `fork: this memory is called "${name}" itself.`)
  await fork({ source: store, locks, name, openStore, signal })
}
