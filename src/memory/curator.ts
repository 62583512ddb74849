/** Credit, verdicts and pruning: what a trajectory's record of helping says about it. Pure functions over rows of the ledger. */
import type { Curation } from '../core/memory.ts'
import type { FeedbackEntry, LedgerRow } from './store/trajectory-store.ts'

/** What one episode that was shown a trajectory says about it. */
export interface Credit {
  success: boolean
  /** The trajectory's share of all exemplars that the episode was shown, 0 to 1. */
  share: number
  /** Of the curation; more than 0. */
  halfLife?: number | undefined
}

/** Episodes' worth of evidence before the ratio means anything. */
const BELIEVED = 3
/** How many episodes a verdict counts for. */
const VERDICT = 2
/** Verdicts that are kept one by one. */
const KEPT = 20

/** Of a trajectory that no episode was shown yet. */
export function newLedger(id: string, seq: number): LedgerRow {
  return { id, seq, utility: 1, retrievals: 0, successesWhenRetrieved: 0, shares: 0, sharesOfSuccesses: 0 }
}

/**
 * The row after one more episode. With a `halfLife` of h an episode weighs half as much once h later ones were counted, so
 * that a trajectory that helped a hundred times can still be pruned soon after it ceased to.
 */
export function credit({ decayed, ...row }: LedgerRow, { success, share, halfLife }: Credit): LedgerRow {
  const { retrievals, successesWhenRetrieved: successes } = row
  const won = success ? 1 : 0
  const next = {
    ...row,
    retrievals: retrievals + 1,
    successesWhenRetrieved: successes + won,
    shares: row.shares + share,
    sharesOfSuccesses: row.sharesOfSuccesses + won * share,
  }
  if (halfLife === undefined) return upToDate(next)
  const before = decayed ?? { retrievals, successes }
  const kept = 2 ** (-1 / halfLife)
  return upToDate({ ...next, decayed: { retrievals: before.retrievals * kept + 1, successes: before.successes * kept + won } })
}

/** The row after a verdict, which counts as two episodes of `(1 + value) / 2` successes each. The last twenty are kept. */
export function withFeedback(row: LedgerRow, entry: FeedbackEntry): LedgerRow {
  const { last, weight, successes } = row.feedback ?? { last: [], weight: 0, successes: 0 }
  const won = (VERDICT * (1 + entry.value)) / 2
  const feedback = { last: [...last, entry].slice(-KEPT), weight: weight + VERDICT, successes: successes + won }
  return upToDate({ ...row, feedback })
}

/** Of a trajectory that is given another chance: no evidence, with the verdicts and the sums of the exemplar quality kept. */
export function renewed({ id, seq, shares, sharesOfSuccesses, feedback }: LedgerRow): LedgerRow {
  const kept = feedback && { feedback: { last: feedback.last, weight: 0, successes: 0 } }
  return { ...newLedger(id, seq), shares, sharesOfSuccesses, ...kept }
}

/** Share of successes among the episodes that were shown it and the verdicts on it, 0 to 1; 1 while there are fewer than three. */
export function utilityOf(row: LedgerRow): number {
  if (evidenceOf(row) < BELIEVED) return 1
  const { retrievals, successes } = row.decayed ?? { retrievals: row.retrievals, successes: row.successesWhenRetrieved }
  const { weight, successes: verdicts } = row.feedback ?? { weight: 0, successes: 0 }
  return ratio(successes + verdicts, retrievals + weight) ?? 1
}

/** How many episodes' worth is known of it. */
export function evidenceOf({ retrievals, feedback }: LedgerRow): number {
  return retrievals + (feedback?.weight ?? 0)
}

/** The exemplar quality `Q = Σ o·f / Σ f` (ICRL, arXiv 2505.00234), 0 to 1; `null` before the first episode that was shown it. */
export function qualityOf({ shares, sharesOfSuccesses }: LedgerRow): number | null {
  return ratio(sharesOfSuccesses, shares)
}

/** Whether enough is known of it, and too little of that is success. */
export function shouldPrune(row: LedgerRow, { threshold, minRetrievals }: Curation): boolean {
  return evidenceOf(row) >= minRetrievals && utilityOf(row) < threshold
}

/** What a verdict does beside being counted. */
export function verdictOf(value: number): 'retire' | 'restore' | 'none' {
  if (value === -1) return 'retire'
  return value === 1 ? 'restore' : 'none'
}

function upToDate(row: LedgerRow): LedgerRow {
  return { ...row, utility: utilityOf(row) }
}

/** `null` where it is no number: a stored row may say anything. */
function ratio(part: number, whole: number): number | null {
  const share = part / whole
  return share >= 0 ? Math.min(1, share) : null
}
