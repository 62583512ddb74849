/** The orders in which stored trajectories can be paged through, and the cursors that mark a place in them. */
import { RepriseError } from '../core/errors.ts'
import type { ListOptions } from './open-memory.ts'
import type { LedgerRow, StoreReader, TrajectoryRow } from './store/trajectory-store.ts'

/** A place in an order: after what gave the cursor, or before all. */
export interface Place {
  order: NonNullable<ListOptions['order']>
  cursor: string | undefined
}

/** A trajectory at its place; without a row where only its counts are left. */
export interface Placed {
  cursor: string
  row: TrajectoryRow | undefined
  /** Where the order reads it anyway. */
  ledger?: LedgerRow
}

/** The next `limit` of the order. Errors: `invalid-options` where the cursor is none of it. */
export function listPlaces(reader: StoreReader, place: Place, limit: number): Promise<Placed[]> {
  return place.order === 'utility' ? byUtility(reader, place.cursor, limit) : bySeq(reader, place, limit)
}

async function bySeq(reader: StoreReader, { order, cursor }: Place, limit: number): Promise<Placed[]> {
  const [from] = numbersOf(cursor, 1)
  const rows = await reader.by('seq', { from, order: order === 'oldest' ? 'ascending' : 'descending', limit })
  return rows.map((row) => ({ cursor: `${row.seq}`, row }))
}

async function byUtility(reader: StoreReader, cursor: string | undefined, limit: number): Promise<Placed[]> {
  const [utility, seq] = numbersOf(cursor, 2)
  const from: [number, number] | undefined = utility === undefined || seq === undefined ? undefined : [utility, seq]
  const ledgers = await reader.by('utility', { from, order: 'ascending', limit })
  const rows = await Promise.all(ledgers.map(({ id }) => reader.get('trajectories', id)))
  return ledgers.map((ledger, i) => ({ cursor: `${ledger.utility}:${ledger.seq}`, row: rows[i], ledger }))
}

function numbersOf(cursor: string | undefined, count: number): number[] {
  if (cursor === undefined) return []
  const parts = cursor.split(':')
  const numbers = parts.map(Number)
  if (numbers.length === count && parts.every(Boolean) && numbers.every(Number.isFinite)) return numbers
  throw new RepriseError('invalid-options', 'list options: cursor is not the next of a page of this order. Begin without one.')
}
