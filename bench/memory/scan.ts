/** What packages without an index do: every stored step is compared with the query, and the best trajectories are kept. */
import type { Trajectory } from '../../src/core/trajectory.ts'
import { concatenate, dot } from '../../src/util/vectors.ts'
import { DIMENSIONS, type VectorOf } from './vectors.ts'

interface Asked {
  goal: Float32Array
  plan: Float32Array
  observation: Float32Array
}

/** Milliseconds of each scan. All vectors lie one after another in memory, which no store could better. */
export function scanAll(
  trajectories: readonly Trajectory[],
  { vectorOf, asked, k }: { vectorOf: VectorOf; asked: readonly Asked[]; k: number },
): number[] {
  const all = trajectories.map(({ goal, plan, steps }) =>
    concatenate([vectorOf(goal), vectorOf(plan), ...steps.map(({ observation }) => vectorOf(observation))]),
  )
  const vectors = concatenate(all)
  const starts = all.map(
    (
      (offset) => (one: Float32Array) =>
        (offset += one.length) - one.length
    )(0),
  )
  return asked.map((query) => {
    const began = performance.now()
    const scores = starts.map((start, i) => {
      const end = starts[i + 1] ?? vectors.length
      const keys = (dot(query.goal, vectors, start) + dot(query.plan, vectors, start + DIMENSIONS)) / 2
      let best = -Infinity
      for (let at = start + 2 * DIMENSIONS; at < end; at += DIMENSIONS) best = Math.max(best, dot(query.observation, vectors, at))
      return { i, score: keys + best }
    })
    const chosen = scores.sort((a, b) => b.score - a.score).slice(0, k)
    if (chosen.length < Math.min(k, trajectories.length)) throw new Error('nothing was compared')
    return performance.now() - began
  })
}
