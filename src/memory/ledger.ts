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
  const groups = new Map<string, Shown[]>()
  for (const one of shown) {
    const group = groups.get(one.trajectoryId)
    if (group) group.push(one)
    else groups.set(one.trajectoryId, [one])
  }
  return Array.from(groups, ([trajectoryId, group]) => ({
    trajectoryId,
    share: group.length / shown.length,
    prompts: promptsOf(group),
    best: bestOf(group),
  }))
}

function promptsOf(group: readonly Shown[]): ShownSummary['prompts'] {
  const prompts: ShownSummary['prompts'] = {}
  for (const { phase } of group) prompts[phase] = (prompts[phase] ?? 0) + 1
  return prompts
}

/** The first of those that fitted best. */
function bestOf(group: readonly Shown[]): ShownSummary['best'] {
  const { trajectoryId: _, ...best } = group.reduce((a, b) => ((b.score ?? -Infinity) > (a.score ?? -Infinity) ? b : a))
  return best
}
