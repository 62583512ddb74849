/** What had become of a trajectory where it was exported: its line tells it, so that a backup brings back more than texts. */
import * as z from 'zod/mini'
import { utilityOf } from '../curator.ts'
import { ledgerRowOf } from '../rows.ts'
import type { LedgerRow, TrajectoryRow } from '../store/trajectory-store.ts'

export interface Standing {
  status: TrajectoryRow['status']
  /** How it had fared. */
  ledger?: Omit<LedgerRow, 'id' | 'seq'>
}

const schema = z.object({
  status: z.enum(['active', 'pruned', 'retired', 'quarantined']),
  ledger: z.exactOptional(z.looseObject({ utility: z.number() })),
})

/** Verdicts, and code units of one's note, as a memory keeps them. */
const MOST = 20
const LONGEST_NOTE = 2_000
const LONGEST_NAME = 256

/** `undefined` where there is nothing to tell: it may be retrieved, and never was. */
export function standingOf({ id, seq, status }: TrajectoryRow, stored: LedgerRow | undefined): Standing | undefined {
  const { id: _id, seq: _seq, waiting: _waiting, ...ledger } = ledgerRowOf(stored, id, seq)
  const known = ledger.retrievals > 0 || ledger.shares > 0 || ledger.feedback !== undefined
  return status === 'active' && !known ? undefined : { status, ...(known && { ledger }) }
}

/** What a line says of it; `undefined` where it says nothing that can be read. */
export function readStanding(value: unknown): Standing | undefined {
  const result = z.safeParse(schema, value)
  if (!result.success) return undefined
  const { status, ledger } = result.data
  if (!ledger) return { status }
  const { id: _id, seq: _seq, waiting: _waiting, ...counts } = ledgerRowOf({ ...ledger, id: '', seq: 0 }, '', 0)
  const { last = [] } = counts.feedback ?? {}
  if (
    last.length > MOST ||
    last.some(({ note = '', id, at }) => note.length > LONGEST_NOTE || id.length > LONGEST_NAME || at.length > LONGEST_NAME)
  )
    return { status }
  return { status, ledger: { ...counts, utility: utilityOf({ ...counts, id: '', seq: 0 }) } }
}
