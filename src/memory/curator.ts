/** Credit and pruning: what a trajectory's record of helping says about it. Pure functions over counts. */
import type { Curation, Shown } from '../core/memory.ts'

export interface Counts {
  /** Episodes in whose prompts it was shown. */
  retrievals: number
  /** Those of them that succeeded. */
  successesWhenRetrieved: number
  /** Both counts with older episodes weighing less; only where the curation has a half-life. */
  decayed?: { retrievals: number; successes: number } | undefined
}

/** Retrievals before the ratio means anything. */
const BELIEVED = 3

/** Share of successes among the episodes that were shown it, with the weights of the decay; 1 while there are fewer than three. */
export function utilityOf({ retrievals, successesWhenRetrieved, decayed }: Counts): number {
  if (retrievals < BELIEVED) return 1
  return decayed ? decayed.successes / decayed.retrievals : successesWhenRetrieved / retrievals
}

/** Whether enough episodes were shown it, and too few of them succeeded. */
export function shouldPrune(counts: Counts, { threshold, minRetrievals }: Curation): boolean {
  return counts.retrievals >= minRetrievals && utilityOf(counts) < threshold
}

/** The trajectories that an episode was shown, each once however often it stood in a prompt. */
export function shownIds(shown: readonly Shown[]): string[] {
  return Array.from(new Set(shown.map(({ trajectoryId }) => trajectoryId)))
}

/**
 * The counts after one more episode. With a `halfLife` of h an episode weighs half as much once h later ones were counted, so
 * that a trajectory that helped a hundred times can still be pruned soon after it ceased to.
 */
export function credit<C extends Counts>({ decayed, ...counts }: C, success: boolean, halfLife?: number): Omit<C, 'decayed'> & Counts {
  const { retrievals, successesWhenRetrieved: successes } = counts
  const won = success ? 1 : 0
  const next = { ...counts, retrievals: retrievals + 1, successesWhenRetrieved: successes + won }
  if (halfLife === undefined) return next
  const before = decayed ?? { retrievals, successes }
  const kept = 2 ** (-1 / halfLife)
  return { ...next, decayed: { retrievals: before.retrievals * kept + 1, successes: before.successes * kept + won } }
}
