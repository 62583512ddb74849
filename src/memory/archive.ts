/** Looking at what is stored: one by one, in pages, and as lines of a file. Nothing here holds more than a page. */
import type { Trajectory } from '../core/trajectory.ts'
import { throwIfAborted } from '../util/abort.ts'
import { utilityOf } from './curator.ts'
import type { ExportHeader, ListOptions, ListPage, TrajectoryListing } from './open-memory.ts'
import { checkTrajectoryRow, ledgerRowOf } from './rows.ts'
import type { LedgerRow, StoreReader, TrajectoryRow, TrajectoryStore } from './store/trajectory-store.ts'

export interface Archive {
  get(id: string): Promise<TrajectoryListing | null>
  list(options: ListOptions, signal?: AbortSignal): Promise<ListPage>
  /** A part of an export, and where the next begins. */
  lines(cursor: number | undefined): Promise<ExportPart>
  /** The first line of an export. */
  header(): Promise<string>
}

export interface ExportPart {
  lines: string[]
  next?: number
}

export interface ArchiveOptions {
  store: TrajectoryStore
  embedderId: string
  /** Told of a record that cannot be read. */
  onDamaged(id: string, error: Error): void
}

const LIMIT = 50
/** Records read at once. */
const PAGE = 64

export function createArchive({ store, embedderId, onDamaged }: ArchiveOptions): Archive {
  const sound = (row: TrajectoryRow): TrajectoryRow[] => {
    try {
      return [checkTrajectoryRow(row, row.id)]
    } catch (error) {
      onDamaged(row.id, error as Error)
      return []
    }
  }

  return {
    async get(id) {
      const [row, ledger] = await store.read(
        async (reader) => [await reader.get('trajectories', id), await reader.get('ledger', id)] as const,
      )
      return row ? listing(checkTrajectoryRow(row, id), ledger) : null
    },
    async list({ limit = LIMIT, cursor, status, search }, signal) {
      const matches = matcher(status, search)
      const found: TrajectoryRow[] = []
      let from = cursor
      for (let more = true; more;) {
        throwIfAborted(signal)
        const at = from
        const rows = await store.read((reader) => reader.trajectories({ from: at, order: 'newest', limit: PAGE }))
        for (const row of rows) {
          if (found.length === limit) break
          from = row.seq
          found.push(...sound(row).filter(matches))
        }
        more = rows.length === PAGE && found.length < limit
      }
      const ledgers = await store.read((reader) => ledgersOf(reader, found))
      const items = found.map((row, i) => listing(row, ledgers[i]))
      return found.length === limit && from !== undefined ? { items, next: from } : { items }
    },
    async header() {
      const count = await store.read((reader) => reader.count('trajectories'))
      return line({ format: 'reprise-trajectories', version: 1, count, embedder: embedderId })
    },
    async lines(cursor) {
      const rows = await store.read((reader) => reader.trajectories({ from: cursor, order: 'oldest', limit: PAGE }))
      const lines = rows.flatMap(sound).map(({ trajectory }) => line(trajectory))
      const next = rows.at(-1)?.seq
      return rows.length === PAGE && next !== undefined ? { lines, next } : { lines }
    },
  }
}

function line(value: ExportHeader | Trajectory): string {
  return `${JSON.stringify(value)}\n`
}

function ledgersOf(reader: StoreReader, rows: readonly TrajectoryRow[]): Promise<(LedgerRow | undefined)[]> {
  return Promise.all(rows.map(({ id }) => reader.get('ledger', id)))
}

function listing({ id, trajectory, status }: TrajectoryRow, ledger: LedgerRow | undefined): TrajectoryListing {
  const counts = ledgerRowOf(ledger, id)
  return { trajectory, status, retrievals: counts.retrievals, successes: counts.successesWhenRetrieved, utility: utilityOf(counts) }
}

function matcher(status: ListOptions['status'], search: string | undefined): (row: TrajectoryRow) => boolean {
  const wanted = search?.toLowerCase()
  return (row) =>
    (!status || row.status === status) && (!wanted || textsOf(row.trajectory).some((text) => text.toLowerCase().includes(wanted)))
}

function textsOf({ goal, plan, outcome, steps }: Trajectory): string[] {
  return [goal, plan, outcome, ...steps.flatMap((step) => [step.observation, step.reasoning, step.action])]
}
