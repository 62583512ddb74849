/** Every change of a memory: one transaction each, one after another, and the index only after the store has committed. */
import type { Curation, EpisodeRecord, RecordResult } from '../core/memory.ts'
import type { Embedder } from '../core/embedder.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { throwIfAborted } from '../util/abort.ts'
import { noteChange } from './changes.ts'
import { credit, shouldPrune, shownIds } from './curator.ts'
import { embedTrajectory, type TrajectoryVectors } from './embed-texts.ts'
import { refuseOtherEmbedder } from './embedder-check.ts'
import { checkTrajectoryRow, ledgerRowOf } from './rows.ts'
import type { Change, StoreView } from './store-view.ts'
import { TABLES, type KeysRow, type StoreWriter, type TrajectoryStore } from './store/trajectory-store.ts'

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
  view: StoreView
  /** Trajectories that can be retrieved. */
  retrievable(): string[]
  now(): number
  /** Told of each change once it is committed. */
  onCommitted(): void
}

/** Trajectories looked at in one transaction of `curate`. */
const CURATED_AT_ONCE = 500

/** What a transaction has done: the result for its caller, and what that changes of what can be retrieved. */
interface Done<T> {
  value: T
  change: Change
}

export function createWriter({ store, embedder, view, retrievable, now, onCommitted }: WriterOptions): Writer {
  let turn: Promise<unknown> = Promise.resolve()

  /** Runs `work` as one transaction when its turn comes, and takes its change over after it has been committed. */
  const write = <T>(signal: AbortSignal | undefined, work: (writer: StoreWriter) => Promise<Done<T>>): Promise<T> => {
    const result = turn.then(async () => {
      throwIfAborted(signal)
      const { value, change, revision } = await store.write(async (writer) => {
        const done = await work(writer)
        return { ...done, revision: await noteChange(writer, done.change, embedder) }
      })
      view.committed(change, revision)
      if (revision !== undefined) onCommitted()
      return value
    })
    turn = result.catch(() => {})
    return result
  }
  // What cannot be retrieved needs no vectors.
  const vectorsOf = async (trajectory: Trajectory, signal?: AbortSignal): Promise<TrajectoryVectors | undefined> =>
    trajectory.success ? embedTrajectory(embedder, trajectory, signal) : undefined

  return {
    async add(trajectory, signal) {
      const stored = await store.read((reader) => reader.get('trajectories', trajectory.id))
      if (stored) return checkTrajectoryRow(stored, trajectory.id).trajectory
      const vectors = await vectorsOf(trajectory, signal)
      return write(signal, async (writer) => {
        const { trajectory: value, keys } = await insert(writer, { trajectory, vectors, embedder })
        return { value, change: { stored: keys } }
      })
    },
    async record(episode, signal) {
      const { trajectory, store: wanted } = episode
      const vectors = wanted ? await vectorsOf(trajectory, signal) : undefined
      return write(signal, async (writer) => {
        const stored = wanted ? (await insert(writer, { trajectory, vectors, embedder })).keys : undefined
        const pruned = await book(writer, episode)
        await bookEpisode(writer, { episode, embedder, at: new Date(now()).toISOString() })
        return { value: { stored: wanted, pruned }, change: { stored, pruned } }
      })
    },
    async curate(curation, signal) {
      const ids = retrievable()
      const all: string[] = []
      for (let start = 0; start < ids.length; start += CURATED_AT_ONCE) {
        const some = ids.slice(start, start + CURATED_AT_ONCE)
        const pruned = await write(signal, async (writer) => {
          const value = await pruneWhere(writer, { ids: some, curation })
          return { value, change: { pruned: value } }
        })
        all.push(...pruned)
      }
      return all
    },
    delete: (id, signal) => write(signal, (writer) => removeAll(writer, id)),
    clear: (signal) =>
      write(signal, async (writer) => {
        const meta = await writer.get('meta', 'meta')
        await Promise.all(TABLES.map((table) => writer.clear(table)))
        // Not what was stored, only that it is gone: others have to learn of it.
        if (meta) await writer.put('meta', meta)
        return { value: undefined, change: { cleared: true } }
      }),
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
async function nextSeq(writer: StoreWriter, embedder: Embedder): Promise<number> {
  const meta = await writer.get('meta', 'meta')
  await refuseOtherEmbedder(writer, meta, embedder)
  const seq = meta?.nextSeq ?? 1
  await writer.put('meta', { ...meta, id: 'meta', embedder: { id: embedder.id, dimensions: embedder.dimensions }, nextSeq: seq + 1 })
  return seq
}

/** Credits what was shown, and prunes what has proved unhelpful. Ids that are no longer stored are ignored. */
async function book(writer: StoreWriter, { trajectory, shown, curation }: EpisodeRecord): Promise<string[]> {
  const known: string[] = []
  for (const id of shownIds(shown)) {
    if ((await writer.get('keys', id)) === undefined) continue
    known.push(id)
    const counts = ledgerRowOf(await writer.get('ledger', id), id)
    await writer.put('ledger', credit(counts, trajectory.success, curation ? curation.halfLife : undefined))
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

async function removeAll(writer: StoreWriter, id: string): Promise<Done<boolean>> {
  const value = (await writer.get('trajectories', id)) !== undefined
  const known = value || (await writer.get('keys', id)) !== undefined
  for (const table of ['trajectories', 'keys', 'stepVectors', 'ledger'] as const) await writer.delete(table, id)
  return { value, change: known ? { deleted: id } : {} }
}
