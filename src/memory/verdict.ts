/** What a verdict on a stored trajectory does, beside being counted. Within a transaction of its caller. */
import type { FeedbackSignal } from '../core/memory.ts'
import { renewed, verdictOf, withFeedback } from './curator.ts'
import type { TrajectoryVectors } from './embed-texts.ts'
import { isUnconfirmed } from './page-text.ts'
import { changeStatus, ledgerOf, putLedger, settle } from './shelf.ts'
import type { FeedbackEntry, TrajectoryRow } from './store/trajectory-store.ts'
import type { Draft } from './transactions.ts'
import { release } from './waiting-room.ts'

/** A verdict that was given before is not counted again. `vectors` are needed where it confirms the trajectory. */
export async function applyVerdict(draft: Draft, row: TrajectoryRow, { entry, vectors }: Verdict): Promise<void> {
  const ledger = await ledgerOf(draft.writer, row)
  if (ledger.feedback?.last.some(({ id }) => id === entry.id)) return
  const counted = withFeedback(ledger, entry)
  const verdict = verdictOf(entry.value)
  const out = row.status === 'pruned' || row.status === 'retired'
  await putLedger(draft, row, verdict === 'restore' && out ? renewed(counted) : counted)
  if (confirms(row, entry)) await release(draft, row, { status: 'active', vectors })
  // One in quarantine waits on, and stays out when it is accepted.
  else if (row.status === 'quarantined' && verdict === 'retire') await settle(draft, { ...row, onAccept: 'retired' })
  else if (verdict === 'restore' && out) await changeStatus(draft, row, { status: 'active' })
  else if (verdict === 'retire' && (row.status === 'active' || row.status === 'pruned'))
    await changeStatus(draft, row, { status: 'retired' })
}

interface Verdict {
  entry: FeedbackEntry
  vectors: TrajectoryVectors | undefined
}

/**
 * Whether a user says that what waits on the agent's word was a success. A model may have written a review, and been told what to
 * write by the very text that waits; and of an imported one nobody saw what it did.
 */
export function confirms({ status, trajectory }: TrajectoryRow, { source, value }: Pick<FeedbackSignal, 'source' | 'value'>): boolean {
  return status === 'quarantined' && isUnconfirmed(trajectory) && source === 'user' && verdictOf(value) === 'restore'
}
