/** What an episode's prompts had shown, put short: one entry for each trajectory instead of one for each prompt. */
import type { Shown } from '../core/memory.ts'
import type { Field, Phase } from '../core/trajectory.ts'

/** What one episode was shown of one trajectory. */
export interface ShownSummary {
  trajectoryId: string
  /** Its share of all exemplars that the episode was shown, 0 to 1: `f` of the exemplar quality Q. */
  share: number
  /** In how many prompts of each phase. */
  prompts: Partial<Record<Phase, number>>
  /** The prompt in which it fitted best: steps done, and what it was ranked by where the agent told. */
  best: { phase: Phase; step: number; score?: number; scores?: Partial<Record<Field, number>> }
}

/** In the order in which they were first shown. */
export function summarize(shown: readonly Shown[]): ShownSummary[] {
  const summaries = new Map<string, ShownSummary>()
  for (const { trajectoryId, ...one } of shown) {
    const summary = summaries.get(trajectoryId) ?? { trajectoryId, share: 0, prompts: {}, best: one }
    summary.prompts[one.phase] = (summary.prompts[one.phase] ?? 0) + 1
    summary.share += 1 / shown.length
    if ((one.score ?? -Infinity) > (summary.best.score ?? -Infinity)) summary.best = one
    summaries.set(trajectoryId, summary)
  }
  return Array.from(summaries.values())
}
