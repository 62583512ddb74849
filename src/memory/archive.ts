/** Looking at what is stored: one by one, and in pages. Nothing here holds more than a page. */
import type { Trajectory } from '../core/trajectory.ts'
import { throwIfAborted } from '../util/abort.ts'
import { qualityOf, utilityOf } from './curator.ts'
import { episodesBefore, listingOfEpisode } from './episode-rows.ts'
import { listPlaces, type Place } from './list-orders.ts'
import type { EpisodeListOptions, EpisodePage, ListOptions, ListPage, TrajectoryListing, TrajectoryStatus } from './open-memory.ts'
import { checkTrajectoryRow, ledgerRowOf } from './rows.ts'
import type { LedgerRow, StoreReader, TrajectoryRow, TrajectoryStore } from './store/trajectory-store.ts'

export interface Archive {
  /** Errors: `memory-corrupt`. */
  get(id: string): Promise<TrajectoryListing | null>
  /** Errors: `invalid-options` where the cursor is none of the order. */
  list(options: ListOptions, signal?: AbortSignal): Promise<ListPage>
  episodes(options: EpisodeListOptions): Promise<EpisodePage>
}

export interface ArchiveOptions {
  store: TrajectoryStore
  /** Told of a record that cannot be read. */
  onDamaged(id: string, error: Error): void
}

const LIMIT = 50
/** Records read at once. */
const PAGE = 64

export function createArchive({ store, onDamaged }: ArchiveOptions): Archive {
  const sound = (row: TrajectoryRow): TrajectoryRow | undefined => {
    try {
      return checkTrajectoryRow(row, row.id)
    } catch (error) {
      onDamaged(row.id, error as Error)
      return undefined
    }
  }
  const find = async (reader: StoreReader, { place, size, matches }: Look): Promise<Seen> => {
    const places = await listPlaces(reader, place, size)
    const matching = places.flatMap(({ row, ...rest }) => {
      const checked = row && sound(row)
      return checked && matches(checked) ? [{ row: checked, ...rest }] : []
    })
    const found = await Promise.all(
      matching.map(async ({ row, ledger, cursor }) => ({ cursor, item: listingOf(row, ledger ?? (await reader.get('ledger', row.id))) })),
    )
    const end = places.length === size ? places.at(-1)?.cursor : undefined
    return end === undefined ? { found } : { found, end }
  }

  return {
    get: (id) =>
      store.read(async (reader) => {
        const row = await reader.get('trajectories', id)
        return row ? listingOf(checkTrajectoryRow(row, id), await reader.get('ledger', id)) : null
      }),
    async list({ limit = LIMIT, cursor, order = 'newest', status, search }, signal) {
      const matches = matcher(status, search)
      const size = status || search ? PAGE : Math.min(PAGE, limit)
      const items: TrajectoryListing[] = []
      for (let from = cursor; ;) {
        throwIfAborted(signal)
        const place: Place = { order, cursor: from }
        const { found, end } = await store.read((reader) => find(reader, { place, size, matches }))
        const taken = found.slice(0, limit - items.length)
        items.push(...taken.map(({ item }) => item))
        const last = taken.at(-1)
        if (items.length === limit && last) return { items, next: last.cursor }
        if (end === undefined) return { items }
        from = end
      }
    },
    async episodes({ limit = LIMIT, cursor, trajectoryId }) {
      const rows = await store.read((reader) => episodesBefore(reader, { before: cursor, limit, trajectoryId }))
      const items = rows.flatMap(listingOfEpisode)
      const last = rows.length === limit ? rows.at(-1) : undefined
      return last ? { items, next: last.id } : { items }
    },
  }
}

/** Why a trajectory is retrieved or is not, by the reason that would have to go first. */
export function statusOf({ status, supersededBy, trajectory }: TrajectoryRow): TrajectoryStatus {
  if (status === 'quarantined') return status
  if (!trajectory.success) return 'failed'
  return supersededBy === undefined ? status : 'superseded'
}

/** A stored trajectory and what its row of the ledger says, which may be missing or damaged. */
export function listingOf(row: TrajectoryRow, stored: LedgerRow | undefined): TrajectoryListing {
  const ledger = ledgerRowOf(stored, row.id, row.seq)
  return {
    trajectory: row.trajectory,
    status: statusOf(row),
    ...(row.supersededBy !== undefined && { supersededBy: row.supersededBy }),
    retrievals: ledger.retrievals,
    successes: ledger.successesWhenRetrieved,
    utility: utilityOf(ledger),
    quality: qualityOf(ledger),
    feedback: ledger.feedback?.last ?? [],
  }
}

interface Look {
  place: Place
  size: number
  matches(row: TrajectoryRow): boolean
}

/** What a page of the store has of what is looked for. */
interface Seen {
  found: Found[]
  /** Where the next page begins; absent where there is none. */
  end?: string
}

interface Found {
  item: TrajectoryListing
  /** For the page that follows it. */
  cursor: string
}

function matcher(status: TrajectoryStatus | undefined, search: string | undefined): (row: TrajectoryRow) => boolean {
  const wanted = search?.toLowerCase()
  return (row) =>
    (!status || statusOf(row) === status) && (!wanted || textsOf(row.trajectory).some((text) => text.toLowerCase().includes(wanted)))
}

function textsOf({ goal, plan, outcome, steps }: Trajectory): string[] {
  return [goal, plan, outcome, ...steps.flatMap((step) => [step.observation, step.reasoning, step.action])]
}
