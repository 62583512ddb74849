/** An export where the memory works: a page of what is stored at a time, as JSON lines. Nothing is remembered between two parts. */
import type { Trajectory } from '../../core/trajectory.ts'
import type { ExportHeader } from '../open-memory.ts'
import { checkTrajectoryRow } from '../rows.ts'
import { standingOf, type Standing } from './standing.ts'
import type { LedgerRow, TrajectoryRow, TrajectoryStore } from '../store/trajectory-store.ts'

export interface Exporter {
  /** The trajectories stored after the one that `cursor` stands for; the first part, without one, begins with the header. */
  exportPart(cursor?: number): Promise<ExportPart>
}

export interface ExportPart {
  /** Each with its line break. */
  lines: string[]
  /** The cursor of the next part; absent where nothing follows. */
  next?: number
}

export interface ExporterOptions {
  store: TrajectoryStore
  embedderId: string
  /** Told of a record that cannot be read: it is left out. */
  onDamaged(id: string, error: Error): void
}

/** Records read at once. */
const PAGE = 32
/** Code units after which a part ends: the page must not stop for a part. */
const PART = 1_000_000

export function createExporter({ store, embedderId, onDamaged }: ExporterOptions): Exporter {
  const lineOf = (row: TrajectoryRow, ledger: LedgerRow | undefined): string[] => {
    try {
      const checked = checkTrajectoryRow(row, row.id)
      const standing = standingOf(checked, ledger)
      return [line({ ...checked.trajectory, ...(standing && { standing }) })]
    } catch (error) {
      onDamaged(row.id, error as Error)
      return []
    }
  }

  return {
    async exportPart(cursor) {
      const [count, rows, ledgers] = await store.read(async (reader) => {
        const page = await reader.by('seq', { from: cursor, order: 'ascending', limit: PAGE })
        const total = cursor === undefined ? await reader.count('trajectories') : 0
        return [total, page, await Promise.all(page.map(({ id }) => reader.get('ledger', id)))] as const
      })
      const lines = cursor === undefined ? [line({ format: 'reprise-trajectories', version: 1, count, embedder: embedderId })] : []
      let size = 0
      let taken = 0
      for (; taken < rows.length && size < PART; taken++) {
        const added = lineOf(rows[taken] as TrajectoryRow, ledgers[taken])
        size += added.join('').length
        lines.push(...added)
      }
      const next = rows[taken - 1]?.seq
      return next !== undefined && (taken < rows.length || rows.length === PAGE) ? { lines, next } : { lines }
    },
  }
}

function line(value: ExportHeader | (Trajectory & { standing?: Standing })): string {
  return `${JSON.stringify(value)}\n`
}
