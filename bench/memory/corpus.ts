/** What is stored and what is asked, decided by a number alone: every page and worker makes the same. */
import type { MemoryQuery } from '../../src/core/memory.ts'
import type { Phase, Trajectory } from '../../src/core/trajectory.ts'
import { KINDS, placedText, placeFor, type Place } from './vectors.ts'

export const STEPS = 10
/** As an agent asks by default. */
export const K = 3

const FIRST_DAY = Date.UTC(2026, 0, 1)
const MINUTE = 60_000

/** Number `i` of the stored ones, at least 0; each is a minute newer than the one before. */
export function trajectoryAt(i: number): Trajectory {
  const place = placeFor(`${i}`)
  return {
    id: idOf(i),
    goal: placedText('goal', place, 60),
    plan: placedText('plan', place, 120),
    steps: Array.from({ length: STEPS }, (_, step) => {
      // An episode passes through places of its kind's surroundings: some of its own topic, some of others'.
      const seen: Place = { ...place, topic: placeFor(`${i}/${step}`).topic, number: `${i}/${step}` }
      return { observation: placedText('seen', seen, 160), reasoning: placedText('thought', seen, 100), action: `go to place ${step}` }
    }),
    outcome: 'It is done.',
    success: true,
    reward: 1,
    createdAt: new Date(FIRST_DAY + i * MINUTE).toISOString(),
    provenance: { origin: '', model: 'bench/none', rewardSource: 'seed', pageText: false },
    metadata: {},
  }
}

/** Ids that sort as their numbers do. */
export function idOf(i: number): string {
  return `t${String(i).padStart(7, '0')}`
}

/** Query number `i` of a phase. Its texts are stored nowhere; queries in a row ask for different kinds. */
export function queryAt(phase: Phase, i: number): MemoryQuery {
  const place: Place = { ...placeFor(`query ${i}`), kind: (i * 7) % KINDS }
  const [goal, plan] = [placedText('goal', place, 60), placedText('plan', place, 120)]
  if (phase === 'plan') return { goal }
  if (phase === 'reason') return { goal, plan, observation: placedText('seen', place, 160) }
  return { goal, plan, reasoning: placedText('thought', place, 100) }
}
