/** Section by section what retrieval promises, over plain arrays and without any index: the judge of the real one. */
import type { MemoryQuery } from '../../src/core/memory.ts'
import type { Exemplar, Field, Trajectory } from '../../src/core/trajectory.ts'
import { dotPacked, packVectors } from '../../src/util/packed-vectors.ts'

export interface OracleQuery {
  query: MemoryQuery
  k: number
  window: number
  excludeTask?: string | undefined
}

type Vectors = (text: string) => Float32Array

/** The exemplars for a query among trajectories, all of which are active. */
export function bruteForce(
  trajectories: readonly Trajectory[],
  vectorOf: Vectors,
  { query, k, window, excludeTask }: OracleQuery,
): Exemplar[] {
  const step = query.observation ?? query.reasoning
  const stepField: Field = query.observation === undefined ? 'reasoning' : 'observation'
  // As they are stored: whole numbers with a scale.
  const cosine = (asked: string, stored: string): number => dotPacked(vectorOf(asked), packVectors([vectorOf(stored)]), 0)

  const candidates = trajectories
    .filter(({ success, taskId }) => success && (excludeTask === undefined || taskId !== excludeTask))
    .map((trajectory) => {
      const goal = cosine(query.goal, trajectory.goal)
      if (query.plan === undefined) return { trajectory, mean: goal, scores: { goal } as Exemplar['scores'] }
      const plan = cosine(query.plan, trajectory.plan)
      return { trajectory, mean: (goal + plan) / 2, scores: { goal, plan } as Exemplar['scores'] }
    })
    .sort((a, b) => b.mean - a.mean || newer(a.trajectory, b.trajectory) || byId(a.trajectory, b.trajectory))
    .slice(0, step === undefined ? 3 * k + 10 : 6 * k + 10)

  const ranked = candidates.map(({ trajectory, mean, scores }) => {
    const similarities = step === undefined ? [] : trajectory.steps.map((one) => cosine(step, one[stepField as 'observation']))
    const best = similarities.length === 0 ? null : similarities.indexOf(Math.max(...similarities))
    const similarity = best === null ? 0 : (similarities[best] as number)
    return { trajectory, best, score: mean + similarity, scores: best === null ? scores : { ...scores, [stepField]: similarity } }
  })
  ranked.sort(
    (a, b) =>
      Math.round(b.score * 100) - Math.round(a.score * 100) ||
      newer(a.trajectory, b.trajectory) ||
      b.score - a.score ||
      byId(a.trajectory, b.trajectory),
  )
  return ranked.slice(0, k).map(({ trajectory, best, score, scores }) => {
    const { id, goal, plan, createdAt, outcome, steps } = trajectory
    const shown = steps.map((_, i) => i).filter((i) => (best === null ? i <= 2 * window : Math.abs(i - best) <= window))
    const reachesEnd = steps.length === 0 || shown.includes(steps.length - 1)
    return {
      trajectoryId: id,
      goal,
      plan,
      steps: shown.map((i) => steps[i] as Trajectory['steps'][number]),
      stepIndex: best === null ? null : shown.indexOf(best),
      outcome: reachesEnd ? outcome : null,
      createdAt,
      score,
      scores,
    }
  })
}

function newer(a: Trajectory, b: Trajectory): number {
  return Date.parse(b.createdAt) - Date.parse(a.createdAt)
}

function byId(a: Trajectory, b: Trajectory): number {
  return a.id < b.id ? -1 : 1
}
