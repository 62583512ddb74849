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

  const n = step === undefined ? 3 * k + 10 : 6 * k + 10
  const inOrder = trajectories
    .filter(({ success, taskId }) => success && (excludeTask === undefined || taskId !== excludeTask))
    .map((trajectory) => {
      const goal = cosine(query.goal, trajectory.goal)
      if (query.plan === undefined) return { trajectory, mean: goal, scores: { goal } as Exemplar['scores'] }
      const plan = cosine(query.plan, trajectory.plan)
      return { trajectory, mean: (goal + plan) / 2, scores: { goal, plan } as Exemplar['scores'] }
    })
    .sort((a, b) => b.mean - a.mean || newer(a.trajectory, b.trajectory) || byId(a.trajectory, b.trajectory))
  const nearest = inOrder.slice(0, n)
  const crowd = k > 1 ? crowdIn(nearest.map((one) => one.trajectory)) : undefined
  const others = crowd === undefined ? [] : inOrder.filter((one) => sourceOf(one.trajectory) !== crowd).slice(0, Math.floor(n / 2))
  const candidates = inOrder.filter((one) => nearest.includes(one) || others.includes(one))

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
  const chosen = spread(
    ranked.map((one) => one.trajectory),
    k,
  )
  return ranked
    .filter((one) => chosen.has(one.trajectory))
    .map(({ trajectory, best, score, scores }) => {
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

/** Whose page text it holds. */
function sourceOf({ provenance: { pageText, source, origin } }: Trajectory): string | undefined {
  return pageText ? (source ?? origin) : undefined
}

/** The source that more than half of them are of. */
function crowdIn(trajectories: readonly Trajectory[]): string | undefined {
  const sources = trajectories.map(sourceOf)
  return sources.find(
    (source) => source !== undefined && sources.filter((other) => other === source).length > Math.ceil(sources.length / 2),
  )
}

/** The `k` first of which no source has more than half; where there are too few, the first of the rest beside them. */
function spread(ranked: readonly Trajectory[], k: number): Set<Trajectory> {
  const chosen = new Set<Trajectory>()
  const isFull = (source: string | undefined): boolean =>
    source !== undefined && Array.from(chosen).filter((one) => sourceOf(one) === source).length >= Math.ceil(k / 2)
  for (const one of ranked) if (chosen.size < k && !isFull(sourceOf(one))) chosen.add(one)
  for (const one of ranked) if (chosen.size < k) chosen.add(one)
  return chosen
}

function newer(a: Trajectory, b: Trajectory): number {
  return Date.parse(b.createdAt) - Date.parse(a.createdAt)
}

function byId(a: Trajectory, b: Trajectory): number {
  return a.id < b.id ? -1 : 1
}
