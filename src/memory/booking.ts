/** What a finished episode says about what it was shown: credit, pruning, and the entry in the ledger. Within a transaction of its caller. */
import type { Curation, EpisodeRecord, RecordResult } from '../core/memory.ts'
import { credit, shouldPrune } from './curator.ts'
import { summarize, type ShownSummary } from './ledger.ts'
import { changeStatus, ledgerOf, soundRow } from './shelf.ts'
import type { EpisodeRow, LedgerRow, StoreReader, StoreWriter } from './store/trajectory-store.ts'
import type { Draft } from './transactions.ts'

/** Bookings kept, and how many may come before the oldest go. */
const EPISODES = 10_000
const EPISODES_BEYOND = 256

/** What was answered when this episode was booked before. */
export async function bookedResult(reader: StoreReader, episode: string): Promise<RecordResult | undefined> {
  const [row] = await reader.where('episode', episode, { limit: 1 })
  return row && { stored: row.stored, pruned: row.pruned }
}

/** Credits what was shown, prunes what has proved unhelpful, and writes down the episode. Ids that are no longer stored are ignored. */
export async function book(draft: Draft, { trajectory, shown, store, curation }: EpisodeRecord, at: string): Promise<string[]> {
  const { writer, meta } = draft
  const summaries = summarize(shown)
  const known: string[] = []
  for (const { trajectoryId, share } of summaries) {
    const row = await creditable(writer, trajectoryId)
    if (!row) continue
    known.push(trajectoryId)
    const halfLife = curation ? curation.halfLife : undefined
    await writer.put('ledger', credit(row, { success: trajectory.success, share, halfLife }))
  }
  const pruned = curation ? await pruneWhere(draft, known, curation) : []
  const { id: episode, goal, success } = trajectory
  await bookEpisode(draft, {
    id: meta.nextSeq++,
    episode,
    at,
    goal,
    stored: store,
    success,
    pruned,
    shown: summaries,
    shownIds: idsOf(summaries),
  })
  return pruned
}

/** The counts of a trajectory that is stored; its record is read only where they are missing. */
async function creditable(writer: StoreWriter, id: string): Promise<LedgerRow | undefined> {
  const ledger = await writer.get('ledger', id)
  if (ledger) return ledgerOf(writer, ledger)
  const row = await soundRow(writer, id)
  return row && ledgerOf(writer, row)
}

function idsOf(shown: readonly ShownSummary[]): string[] {
  return shown.map(({ trajectoryId }) => trajectoryId)
}

async function bookEpisode({ writer, meta }: Draft, row: EpisodeRow): Promise<void> {
  await writer.put('episodes', row)
  if (row.id - (meta.episodesChecked ?? 0) < EPISODES_BEYOND) return
  meta.episodesChecked = row.id
  const ids = await writer.ids('episodes')
  const last = ids.at(-EPISODES - 1)
  if (last !== undefined) await writer.deleteUpTo('episodes', last)
}

export async function pruneWhere(draft: Draft, ids: readonly string[], curation: Curation): Promise<string[]> {
  const pruned: string[] = []
  for (const id of ids) {
    const ledger = await draft.writer.get('ledger', id)
    if (!ledger || !shouldPrune(await ledgerOf(draft.writer, ledger), curation)) continue
    const row = await soundRow(draft.writer, id)
    if (row?.status !== 'active') continue
    await changeStatus(draft, row, { status: 'pruned' })
    pruned.push(id)
  }
  return pruned
}
