/** Every change of a memory that its owner asks for. Each can be repeated: what was done already is found, and not done twice. */
import type { Curation, EpisodeRecord, FeedbackSignal, RecordResult } from '../core/memory.ts'
import type { Embedder } from '../core/embedder.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { book, bookedResult, pruneWhere } from './booking.ts'
import { NO_EMBEDDER } from './embedder-check.ts'
import { embedTrajectories, type TrajectoryVectors } from './embed-texts.ts'
import { isUnconfirmed } from './page-text.ts'
import { checkTrajectoryRow } from './rows.ts'
import { evict, insert, remove, removeEverything, settle, soundRow } from './shelf.ts'
import type { StoreReader, TrajectoryRow, TrajectoryStore } from './store/trajectory-store.ts'
import type { ImportItem } from './transfer/import-session.ts'
import type { Transactions } from './transactions.ts'
import { applyVerdict, confirms } from './verdict.ts'
import { admit, release } from './waiting-room.ts'

export interface Writer {
  /** Returns what is stored under its id from now on, which may be an earlier trajectory. */
  add(trajectory: Trajectory, signal?: AbortSignal): Promise<Trajectory>
  record(episode: EpisodeRecord, signal?: AbortSignal): Promise<RecordResult>
  /** `feedbackId` tells a repeated call from another verdict. `false` where nothing is stored under the id. */
  feedback(id: string, feedback: FeedbackSignal & { feedbackId: string }, signal?: AbortSignal): Promise<boolean>
  accept(ids: readonly string[], signal?: AbortSignal): Promise<string[]>
  /** As one transaction. */
  importAll(
    items: readonly ImportItem[],
    options: { accept: boolean; signal?: AbortSignal },
  ): Promise<{ imported: number; skipped: number }>
  curate(curation: Curation, signal?: AbortSignal): Promise<string[]>
  delete(id: string, signal?: AbortSignal): Promise<boolean>
  clear(signal?: AbortSignal): Promise<void>
  /** Makes keys and vectors again; returns the ids of those whose record cannot be read, with the reason. */
  rebuild(ids: readonly string[], signal?: AbortSignal): Promise<Map<string, Error>>
}

export interface WriterOptions {
  store: TrajectoryStore
  embedder: Embedder
  transactions: Transactions
  /** Trajectories that can be retrieved. */
  retrievable(): string[]
  now(): number
  maxTrajectories: number | undefined
}

/** Trajectories looked at in one transaction of `curate`, and embedded at once. */
const CURATED_AT_ONCE = 500
const EMBEDDED_AT_ONCE = 16

export function createWriter({ store, embedder, transactions, retrievable, now, maxTrajectories }: WriterOptions): Writer {
  const { write } = transactions
  /** What cannot be retrieved needs no vectors, nor what is stored already. */
  const vectorsOf = async (trajectory: Trajectory, signal?: AbortSignal): Promise<TrajectoryVectors | undefined> =>
    trajectory.success && !isUnconfirmed(trajectory) ? (await embedTrajectories(embedder, [trajectory], signal))[0] : undefined
  const at = (): string => new Date(now()).toISOString()

  const rebuild: Writer['rebuild'] = async (ids, signal) => {
    const unreadable = new Map<string, Error>()
    const rows = await store.read((reader) => readAll(reader, ids, (id, error) => unreadable.set(id, error)))
    const vectors = await vectorsOfAll(embedder, rows.filter(needsVectors).map(trajectoryOf), signal)
    await write(signal, async (draft) => {
      for (const id of ids) if ((await draft.writer.get('trajectories', id)) === undefined) await remove(draft, id)
      for (const { id, seq } of rows) {
        const row = await soundRow(draft.writer, id)
        if (row?.seq === seq) await settle(draft, row, vectors.get(id))
      }
    })
    return unreadable
  }

  return {
    rebuild,
    async add(trajectory, signal) {
      const stored = await store.read((reader) => reader.get('trajectories', trajectory.id))
      if (stored && stored.status !== 'quarantined') return checkTrajectoryRow(stored, trajectory.id).trajectory
      const vectors = await vectorsOf(trajectory, signal)
      return write(signal, async (draft) => {
        const value = await admit(draft, { trajectory, vectors })
        await evict(draft, maxTrajectories)
        return value
      })
    },
    async record(episode, signal) {
      const { trajectory, store: wanted } = episode
      const booked = await store.read((reader) => bookedResult(reader, trajectory.id))
      if (booked) return booked
      const vectors = wanted ? await vectorsOf(trajectory, signal) : undefined
      return write(signal, async (draft) => {
        const before = await bookedResult(draft.writer, trajectory.id)
        if (before) return before
        const quarantined = wanted && isUnconfirmed(await admit(draft, { trajectory, vectors }))
        const pruned = await book(draft, episode, { at: at(), quarantined })
        await evict(draft, maxTrajectories)
        return { stored: wanted, pruned, ...(quarantined && { quarantined }) }
      })
    },
    async feedback(id, { feedbackId, ...feedback }, signal) {
      const before = await store.read((reader) => soundRow(reader, id))
      const confirmed = before && confirms(before, feedback) && before.trajectory.success ? [before.trajectory] : []
      const vectors = await vectorsOfAll(embedder, confirmed, signal)
      return write(signal, async (draft) => {
        const stored = await draft.writer.get('trajectories', id)
        if (stored === undefined) return false
        const row = checkTrajectoryRow(stored, id)
        const entry = { id: feedbackId, at: at(), ...feedback }
        await applyVerdict(draft, row, { entry, vectors: row.seq === before?.seq ? vectors.get(id) : undefined })
        return true
      })
    },
    async accept(ids, signal) {
      const accepted: string[] = []
      for (let start = 0; start < ids.length; start += EMBEDDED_AT_ONCE) {
        const some = ids.slice(start, start + EMBEDDED_AT_ONCE)
        const rows = (await store.read((reader) => readAll(reader, some, () => {}))).filter(({ status }) => status === 'quarantined')
        const vectors = await vectorsOfAll(
          embedder,
          rows.map(trajectoryOf).filter(({ success }) => success),
          signal,
        )
        const done = await write(signal, async (draft) => {
          const value: string[] = []
          for (const { id, seq } of rows) {
            const row = await soundRow(draft.writer, id)
            if (row?.seq !== seq || row.status !== 'quarantined') continue
            await release(draft, row, { status: row.onAccept ?? 'active', vectors: vectors.get(id) })
            value.push(id)
          }
          return value
        })
        accepted.push(...done)
      }
      return accepted
    },
    async importAll(items, { accept, signal }) {
      const known = await store.read((reader) => Promise.all(items.map(({ trajectory: { id } }) => reader.get('trajectories', id))))
      const news = items.filter((_, i) => known[i] === undefined || (accept && known[i].status === 'quarantined'))
      const embedded = news.filter(
        ({ trajectory, standing }) => accept && trajectory.success && (standing?.status ?? 'active') === 'active',
      )
      const vectors = await vectorsOfAll(
        embedder,
        embedded.map(({ trajectory }) => trajectory),
        signal,
      )
      return write(signal, async (draft) => {
        let imported = 0
        for (const item of news) {
          const { id } = item.trajectory
          const stored = await draft.writer.get('trajectories', id)
          const { status = 'active', ledger } = item.standing ?? {}
          if (stored && !(accept && stored.status === 'quarantined' && status !== 'quarantined')) continue
          const taken = { trajectory: item.trajectory, vectors: vectors.get(id) }
          if (accept) await insert(draft, { ...taken, status, ledger })
          else await insert(draft, { ...taken, status: 'quarantined', onAccept: isOut(status) ? status : undefined })
          imported++
        }
        await evict(draft, maxTrajectories)
        return { imported, skipped: items.length - imported }
      })
    },
    async curate(curation, signal) {
      const ids = retrievable()
      const all: string[] = []
      for (let start = 0; start < ids.length; start += CURATED_AT_ONCE) {
        const some = ids.slice(start, start + CURATED_AT_ONCE)
        all.push(...(await write(signal, (draft) => pruneWhere(draft, some, curation))))
      }
      return all
    },
    async delete(id, signal) {
      // Run once more after its connection was lost, it would find nothing of what it had deleted.
      let deleted = false
      await write(signal, async (draft) => void (deleted = (await remove(draft, id)) || deleted))
      return deleted
    },
    clear: (signal) =>
      write(signal, async (draft) => {
        await removeEverything(draft.writer)
        // Not what was stored, only that it is gone: others have to learn of it.
        draft.meta = {
          ...draft.meta,
          embedder: NO_EMBEDDER,
          bytes: { trajectories: 0, vectors: 0 },
          pruned: 0,
          forgotten: draft.meta.revision,
        }
        delete draft.meta.covered
        draft.change.cleared = true
      }),
  }
}

/** What was taken out of retrieval elsewhere stays out, also once it is accepted. */
function isOut(status: TrajectoryRow['status']): status is 'pruned' | 'retired' {
  return status === 'pruned' || status === 'retired'
}

function needsVectors({ status, trajectory }: TrajectoryRow): boolean {
  return trajectory.success && status !== 'quarantined'
}

async function vectorsOfAll(
  embedder: Embedder,
  trajectories: readonly Trajectory[],
  signal: AbortSignal | undefined,
): Promise<Map<string, TrajectoryVectors | undefined>> {
  const vectors = await embedTrajectories(embedder, trajectories, signal)
  return new Map(trajectories.map(({ id }, i) => [id, vectors[i]]))
}

function trajectoryOf({ trajectory }: TrajectoryRow): Trajectory {
  return trajectory
}

/** Those that are stored and can be read. */
async function readAll(
  reader: StoreReader,
  ids: readonly string[],
  onUnreadable: (id: string, error: Error) => void,
): Promise<TrajectoryRow[]> {
  const rows = await Promise.all(ids.map((id) => reader.get('trajectories', id)))
  return rows.flatMap((row, i) => {
    if (row === undefined) return []
    const id = ids[i] as string
    try {
      return checkTrajectoryRow(row, id)
    } catch (error) {
      onUnreadable(id, error as Error)
      return []
    }
  })
}
