/** Every change of a memory: one transaction each, one after another, and the index only after the store has committed. */
import type { Curation, EpisodeRecord, RecordResult } from '../core/memory.ts'
import { RepriseError } from '../core/errors.ts'
import type { Embedder } from '../core/embedder.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { throwIfAborted } from '../util/abort.ts'
import { credit, shouldPrune, shownIds } from './curator.ts'
import { embedTrajectory, type TrajectoryVectors } from './embed-texts.ts'
import type { TrajectoryIndex } from './index/trajectory-index.ts'
import { checkTrajectoryRow, ledgerRowOf } from './rows.ts'
import { TABLES, type KeysRow, type MetaRow, type StoreWriter, type TrajectoryStore } from './store/trajectory-store.ts'
import type { TrajectoryCache } from './trajectory-cache.ts'

export interface Writer {
  /** Returns what is stored under its id from now on, which may be an earlier trajectory. */
  add(trajectory: Trajectory, signal?: AbortSignal): Promise<Trajectory>
  record(episode: EpisodeRecord, signal?: AbortSignal): Promise<RecordResult>
  curate(curation: Curation, signal?: AbortSignal): Promise<string[]>
  delete(id: string, signal?: AbortSignal): Promise<boolean>
  clear(signal?: AbortSignal): Promise<void>
  /** Resolves when nothing is being written. */
  idle(): Promise<void>
}

export interface WriterOptions {
  store: TrajectoryStore
  embedder: Embedder
  index: TrajectoryIndex
  cache: TrajectoryCache
  now(): number
  onPruned(id: string): void
  /** `null` stands for all. */
  onRemoved(id: string | null): void
}

/** Trajectories looked at in one transaction of `curate`. */
const CURATED_AT_ONCE = 500

export function createWriter({ store, embedder, index, cache, now, onPruned, onRemoved }: WriterOptions): Writer {
  let turn: Promise<unknown> = Promise.resolve()

  /** Runs `work` as one transaction when its turn comes, and `apply` after it has been committed. */
  const write = <T>(signal: AbortSignal | undefined, work: (writer: StoreWriter) => Promise<T>, apply: (result: T) => void): Promise<T> => {
    const result = turn.then(async () => {
      throwIfAborted(signal)
      const value = await store.write(work)
      apply(value)
      return value
    })
    turn = result.catch(() => {})
    return result
  }
  const applyPruned = (ids: readonly string[]): void => {
    for (const id of ids) {
      index.remove(id)
      onPruned(id)
    }
  }
  // What cannot be retrieved needs no vectors.
  const vectorsOf = async (trajectory: Trajectory, signal?: AbortSignal): Promise<TrajectoryVectors | undefined> =>
    trajectory.success ? embedTrajectory(embedder, trajectory, signal) : undefined

  return {
    async add(trajectory, signal) {
      const stored = await store.read((reader) => reader.get('trajectories', trajectory.id))
      if (stored) return checkTrajectoryRow(stored, trajectory.id).trajectory
      const vectors = await vectorsOf(trajectory, signal)
      const work = (writer: StoreWriter): Promise<Insertion> => insert(writer, { trajectory, vectors, embedder })
      const result = await write(signal, work, ({ keys }) => keys && index.add(keys))
      return result.trajectory
    },
    async record(episode, signal) {
      const { trajectory, store: wanted } = episode
      const vectors = wanted ? await vectorsOf(trajectory, signal) : undefined
      const work = async (writer: StoreWriter): Promise<RecordResult & { keys: KeysRow | undefined }> => {
        const keys = wanted ? (await insert(writer, { trajectory, vectors, embedder })).keys : undefined
        const pruned = await book(writer, episode)
        await bookEpisode(writer, { episode, embedder, at: new Date(now()).toISOString() })
        return { stored: wanted, pruned, keys }
      }
      const { stored, pruned } = await write(signal, work, ({ keys, pruned: ids }) => {
        if (keys) index.add(keys)
        applyPruned(ids)
      })
      return { stored, pruned }
    },
    async curate(curation, signal) {
      const ids = index.ids()
      const pruned: string[] = []
      for (let start = 0; start < ids.length; start += CURATED_AT_ONCE) {
        const some = ids.slice(start, start + CURATED_AT_ONCE)
        pruned.push(...(await write(signal, (writer) => pruneWhere(writer, { ids: some, curation }), applyPruned)))
      }
      return pruned
    },
    delete: (id, signal) =>
      write(
        signal,
        (writer) => removeAll(writer, id),
        () => {
          index.remove(id)
          cache.forget(id)
          onRemoved(id)
        },
      ),
    clear: (signal) =>
      write(
        signal,
        async (writer) => void (await Promise.all(TABLES.map((table) => writer.clear(table)))),
        () => {
          index.clear()
          cache.clear()
          onRemoved(null)
        },
      ),
    idle: async () => void (await turn),
  }
}

interface Insertion {
  trajectory: Trajectory
  /** Of a trajectory that is new and can be retrieved. */
  keys: KeysRow | undefined
}

interface NewTrajectory {
  trajectory: Trajectory
  vectors: TrajectoryVectors | undefined
  embedder: Embedder
}

async function insert(writer: StoreWriter, { trajectory, vectors, embedder }: NewTrajectory): Promise<Insertion> {
  const { id, goal, plan, createdAt, taskId } = trajectory
  const stored = await writer.get('trajectories', id)
  if (stored) return { trajectory: checkTrajectoryRow(stored, id).trajectory, keys: undefined }
  const seq = await nextSeq(writer, embedder)
  await writer.put('trajectories', { id, seq, status: 'active', trajectory })
  if (!vectors) return { trajectory, keys: undefined }
  const keys: KeysRow = { id, active: true, goalText: goal, planText: plan, goal: vectors.goal, plan: vectors.plan, createdAt }
  if (taskId !== undefined) keys.taskId = taskId
  await writer.put('keys', keys)
  await writer.put('stepVectors', { id, observations: vectors.observations, reasonings: vectors.reasonings })
  return { trajectory, keys }
}

/** Also makes sure that vectors of two embedders never meet in one store. */
async function nextSeq(writer: StoreWriter, { id, dimensions }: Embedder): Promise<number> {
  const meta = await writer.get('meta', 'meta')
  const embedder = { id, dimensions }
  if (meta && !sameEmbedder(meta, embedder) && (await writer.count('keys')) > 0) throw mismatch(meta, embedder)
  const seq = meta?.nextSeq ?? 1
  await writer.put('meta', { id: 'meta', embedder, nextSeq: seq + 1 })
  return seq
}

export function sameEmbedder({ embedder }: MetaRow, { id, dimensions }: MetaRow['embedder']): boolean {
  return embedder.id === id && embedder.dimensions === dimensions
}

export function mismatch({ embedder: stored }: MetaRow, given: MetaRow['embedder']): RepriseError {
  return new RepriseError(
    'embedder-mismatch',
    `This memory holds vectors of the embedder ${stored.id} (${stored.dimensions} numbers), but was opened with ${given.id} ` +
      `(${given.dimensions} numbers). Nothing was touched. Open it with ${stored.id}, open a memory of another name, or delete this one with deleteMemory().`,
  )
}

/** Credits what was shown, and prunes what has proved unhelpful. Ids that are no longer stored are ignored. */
async function book(writer: StoreWriter, { trajectory, shown, curation }: EpisodeRecord): Promise<string[]> {
  const known: string[] = []
  for (const id of shownIds(shown)) {
    if ((await writer.get('keys', id)) === undefined) continue
    known.push(id)
    await writer.put('ledger', credit(ledgerRowOf(await writer.get('ledger', id), id), trajectory.success))
  }
  return curation ? pruneWhere(writer, { ids: known, curation }) : []
}

interface EpisodeEntry {
  episode: EpisodeRecord
  embedder: Embedder
  at: string
}

async function bookEpisode(writer: StoreWriter, { episode, embedder, at }: EpisodeEntry): Promise<void> {
  const { trajectory, store, shown } = episode
  const id = await nextSeq(writer, embedder)
  await writer.put('episodes', { id, at, trajectoryId: store ? trajectory.id : null, success: trajectory.success, shown: shown.slice() })
}

async function pruneWhere(writer: StoreWriter, { ids, curation }: { ids: readonly string[]; curation: Curation }): Promise<string[]> {
  const pruned: string[] = []
  for (const id of ids) {
    const keys = await writer.get('keys', id)
    if (keys?.active !== true || !shouldPrune(ledgerRowOf(await writer.get('ledger', id), id), curation)) continue
    const row = await writer.get('trajectories', id)
    if (row) await writer.put('trajectories', { ...row, status: 'pruned' })
    await writer.put('keys', { ...keys, active: false })
    pruned.push(id)
  }
  return pruned
}

async function removeAll(writer: StoreWriter, id: string): Promise<boolean> {
  const stored = (await writer.get('trajectories', id)) !== undefined
  for (const table of ['trajectories', 'keys', 'stepVectors', 'ledger'] as const) await writer.delete(table, id)
  return stored
}
