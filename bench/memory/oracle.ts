/**
 * What a memory ought to answer, by comparing everything with everything in float32 as the method is published (arXiv 2505.00234): written
 * apart from the library, so that a mistake in the one does not hide in the other. Slow on purpose.
 */
import type { MemoryQuery } from '../../src/core/memory.ts'
import type { VectorOf } from './vectors.ts'

/** What is stored, as far as ranking sees it. */
export interface Stored {
  id: string
  goal: string
  plan: string
  steps: readonly { observation: string; reasoning: string }[]
  createdAt: string
}

/** One exemplar: which trajectory, and the step around which it is shown. */
export interface Answer {
  id: string
  /** `null` where the query has no step key. */
  step: number | null
}

export interface Oracle {
  /** The `k` exemplars, best first. `stepVector` may answer with what a store would keep of a step's vector. */
  answer(query: MemoryQuery, k: number): Answer[]
}

export interface OracleOptions {
  vectorOf: VectorOf
  /** What comparing sees of a stored vector; the vector itself by default. */
  storedAs?: (vector: Float32Array) => Float32Array
}

/** Keeps the vectors of goals and plans, and makes those of steps when they are asked for. */
export function createOracle(stored: readonly Stored[], { vectorOf, storedAs = (vector) => vector }: OracleOptions): Oracle {
  const keys = stored.map(({ goal, plan }) => [storedAs(vectorOf(goal)), storedAs(vectorOf(plan))] as const)
  const dates = stored.map(({ createdAt }) => Date.parse(createdAt))

  return {
    answer({ goal, plan, observation, reasoning }, k) {
      const [forGoal, forPlan] = [vectorOf(goal), plan === undefined ? undefined : vectorOf(plan)]
      const field = observation === undefined ? 'reasoning' : 'observation'
      const text = observation ?? reasoning
      const forStep = text === undefined ? undefined : vectorOf(text)
      const scored = stored.map((trajectory, i) => {
        const [goalVector, planVector] = keys[i] as readonly [Float32Array, Float32Array]
        const byGoal = cosine(forGoal, goalVector)
        return { trajectory, date: dates[i] as number, score: forPlan ? (byGoal + cosine(forPlan, planVector)) / 2 : byGoal }
      })
      const candidates = scored.sort((a, b) => b.score - a.score || b.date - a.date).slice(0, forStep ? 6 * k + 10 : 3 * k + 10)
      const finals = candidates.map(({ trajectory, date, score }) => {
        if (!forStep) return { id: trajectory.id, date, score, step: null }
        const similarities = trajectory.steps.map((step) => cosine(forStep, storedAs(vectorOf(step[field]))))
        const best = Math.max(...similarities)
        return { id: trajectory.id, date, score: score + best, step: similarities.indexOf(best) }
      })
      return finals
        .sort(byRank)
        .slice(0, k)
        .map(({ id, step }) => ({ id, step }))
    },
  }
}

interface Final {
  id: string
  date: number
  score: number
}

/** Score rounded to hundredths, then the newer, then the exact score, then id. */
function byRank(a: Final, b: Final): number {
  const rounded = Math.round(b.score * 100) - Math.round(a.score * 100)
  if (rounded !== 0) return rounded
  if (a.date !== b.date) return b.date - a.date
  if (a.score !== b.score) return b.score - a.score
  return a.id < b.id ? -1 : 1
}

function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/** Share of the oracle's exemplars that were given at the same rank with the same step. */
export function shareOfEqual(expected: readonly (readonly Answer[])[], given: readonly (readonly Answer[])[]): number {
  let [equal, all] = [0, 0]
  expected.forEach((answers, query) => {
    answers.forEach(({ id, step }, rank) => {
      const got = given[query]?.[rank]
      all += 1
      if (got?.id === id && got.step === step) equal += 1
    })
  })
  return equal / all
}

/** A vector as it is after being kept as whole numbers from −`largest` to `largest` with one scale. */
export function rounded(vector: Float32Array, largest: number): Float32Array {
  const scale = vector.reduce((max, value) => Math.max(max, Math.abs(value)), 0) / largest || 1
  return vector.map((value) => Math.round(value / scale) * scale)
}
