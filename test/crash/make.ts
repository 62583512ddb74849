/** Trajectories and what to do with them, drawn from a seed. */
import type { EpisodeRecord } from '../../src/core/memory.ts'
import type { Trajectory } from '../../src/core/trajectory.ts'

export type Random = () => number

export interface Draw {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  chance(share: number): boolean
  one<T>(from: readonly T[]): T
  /** So many different ones, or all. */
  some<T>(from: readonly T[], count: number): T[]
}

export function draws(random: Random): Draw {
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1))
  return {
    between,
    chance: (share) => random() < share,
    one: (from) => from[between(0, from.length - 1)] as never,
    some(from, count) {
      const left = from.slice()
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(between(0, left.length - 1), 1)).flat()
    },
  }
}

const WORDS = 'red blue green door window key lamp chest ladder river garden stone letter bridge candle mirror rope bell'.split(' ')

/** Its goal is its own, so that a search for it can find it. */
export function makeTrajectory(id: string, draw: Draw, fields: Partial<Trajectory> = {}): Trajectory {
  const words = (count: number): string => Array.from({ length: count }, () => draw.one(WORDS)).join(' ')
  const success = draw.chance(0.9)
  return {
    id,
    goal: `${words(4)} ${id}`,
    plan: words(8),
    steps: Array.from({ length: draw.between(1, 6) }, () => ({ observation: words(20), reasoning: words(12), action: words(3) })),
    outcome: words(6),
    success,
    reward: success ? 1 : 0,
    createdAt: new Date(Date.UTC(2026, 0, 1) + draw.between(0, 1e9)).toISOString(),
    provenance: { origin: 'https://example.com', model: 'test', rewardSource: 'environment', pageText: false },
    metadata: { note: words(2) },
    ...fields,
  }
}

export const CURATION = { threshold: 0.3, minRetrievals: 3 }

/** An episode that was shown some of these, most often without success, so that some are pruned. */
export function makeEpisode(id: string, shown: readonly string[], draw: Draw): EpisodeRecord {
  const success = draw.chance(0.3)
  return {
    trajectory: makeTrajectory(id, draw, { success, reward: success ? 1 : 0 }),
    shown: draw.some(shown, draw.between(1, 3)).map((trajectoryId) => ({ trajectoryId, phase: 'act', step: 0 })),
    store: draw.chance(0.7),
    curation: CURATION,
  }
}

/** As it is stored after an import. */
export function asImported(trajectory: Trajectory): Trajectory {
  return { ...trajectory, provenance: { ...trajectory.provenance, rewardSource: 'import' } }
}
