/** Credit and pruning: what a trajectory's record of helping says about it. Pure functions over counts. */
import type { Curation, Shown } from '../core/memory.ts'

export interface Counts {
  /** Episodes in whose prompts it was shown. */
  retrievals: number
  /** Those of them that succeeded. */
  successesWhenRetrieved: number
}

/** Retrievals before the ratio means anything. */
const BELIEVED = 3

/** Share of successes among the episodes that were shown it; 1 while there are fewer than three. */
export function utilityOf({ retrievals, successesWhenRetrieved }: Counts): number {
  return retrievals < BELIEVED ? 1 : successesWhenRetrieved / retrievals
}

/** Whether enough episodes were shown it, and too few of them succeeded. */
export function shouldPrune(counts: Counts, { threshold, minRetrievals }: Curation): boolean {
  return counts.retrievals >= minRetrievals && utilityOf(counts) < threshold
}

/** The trajectories that an episode was shown, each once however often it stood in a prompt. */
export function shownIds(shown: readonly Shown[]): string[] {
  return Array.from(new Set(shown.map(({ trajectoryId }) => trajectoryId)))
}

/** The counts after one more episode. */
export function credit<C extends Counts>(counts: C, success: boolean): C {
  return {
    ...counts,
    retrievals: counts.retrievals + 1,
    successesWhenRetrieved: counts.successesWhenRetrieved + (success ? 1 : 0),
  }
}
