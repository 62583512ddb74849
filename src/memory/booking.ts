/** What a finished episode says about what it was shown: credit, pruning, and the entry in the ledger. Within a transaction of its caller. */
import type { Curation, EpisodeRecord, RecordResult } from '../core/memory.ts'
import { credit, shouldPrune, type Credit } from './curator.ts'
import { listingOfEpisode } from './episode-rows.ts'
import { summarize, type ShownSummary } from './ledger.ts'
import { isUnconfirmed } from './page-text.ts'
import { changeStatus, ledgerOf, soundRow } from './shelf.ts'
import type { EpisodeRow, LedgerRow, StoreReader, StoreWriter } from './store/trajectory-store.ts'
import type { Draft } from './transactions.ts'

/** Bookings kept, and how many may come before the oldest go. */
const EPISODES = 10_000
const EPISODES_BEYOND = 256

/** What was answered when this episode was booked before. */
export async function bookedResult(reader: StoreReader, episode: string): Promise<RecordResult | undefined> {
  const [row] = await reader.where('episode', episode, { limit: 1 })
  return row && { stored: row.stored, pruned: row.pruned, ...(row.quarantined && { quarantined: true }) }
}

export interface Booking {
  /** ISO 8601. */
  at: string
  /** Its trajectory waits to be confirmed. */
  quarantined: boolean
}

/**
 * Credits what was shown, prunes what has proved unhelpful, and writes down the episode. Ids that are no longer stored are ignored.
 * An outcome that nobody has confirmed says nothing yet of what was shown: neither success nor failure is credited.
 */
export async function book(draft: Draft, episode: EpisodeRecord, { at, quarantined }: Booking): Promise<string[]> {
  const { trajectory, curation } = episode
  const { id, goal, success } = trajectory
  const shown = summarize(episode.shown)
  const halfLife = curation ? curation.halfLife : undefined
  const owed = isUnconfirmed(trajectory)
  const known = owed ? [] : await creditAll(draft, shown, { success, halfLife })
  const pruned = curation ? await pruneWhere(draft, known, curation) : []
  const row: EpisodeRow = {
    id: draft.meta.nextSeq++,
    episode: id,
    at,
    goal,
    stored: episode.store,
    success,
    pruned,
    shown,
    shownIds: idsOf(shown),
  }
  if (quarantined) row.quarantined = true
  if (owed) row.owed = halfLife === undefined ? {} : { halfLife }
  await bookEpisode(draft, row)
  return pruned
}

/** Credits what an episode was shown, now that its outcome is confirmed; once. */
export async function creditOwed(draft: Draft, episode: string): Promise<void> {
  const [row] = await draft.writer.where('episode', episode, { limit: 1 })
  const [listing] = listingOfEpisode(row)
  if (!row?.owed || !listing) return
  const { owed, ...settled } = row
  const halfLife = Number(owed.halfLife) > 0 ? owed.halfLife : undefined
  await creditAll(draft, listing.shown, { success: listing.success, halfLife })
  await draft.writer.put('episodes', settled)
}

/** Returns the ids of those that were credited. */
async function creditAll({ writer }: Draft, shown: readonly ShownSummary[], outcome: Omit<Credit, 'share'>): Promise<string[]> {
  const known: string[] = []
  for (const { trajectoryId, share } of shown) {
    const row = await creditable(writer, trajectoryId)
    if (!row) continue
    known.push(trajectoryId)
    await writer.put('ledger', credit(row, { ...outcome, share }))
  }
  return known
}

/** The counts of a trajectory that is stored; its record is read only where they are missing. One in quarantine helped nobody. */
async function creditable(writer: StoreWriter, id: string): Promise<LedgerRow | undefined> {
  const ledger = await writer.get('ledger', id)
  if (ledger) return ledger.utility < 0 ? undefined : ledgerOf(writer, ledger)
  const row = await soundRow(writer, id)
  return row && row.status !== 'quarantined' ? ledgerOf(writer, row) : undefined
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
