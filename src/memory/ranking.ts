/** The rules by which candidates become exemplars: best step, order, window. Pure, so that they can be read and tested alone. */
import type { Step, Trajectory } from '../core/trajectory.ts'
import { dotPacked, type PackedVectors } from '../util/packed-vectors.ts'

export interface BestStep {
  index: number
  similarity: number
}

/** The step most like the query, the earliest among equals; `null` where there are no steps. */
export function bestStep(query: Float32Array, steps: PackedVectors): BestStep | null {
  let best: BestStep | null = null
  for (let index = 0; index < steps.scales.length; index++) {
    const similarity = dotPacked(query, steps, index)
    if (!best || similarity > best.similarity) best = { index, similarity }
  }
  return best
}

export interface Rank {
  id: string
  /** Milliseconds since 1970. */
  createdAt: number
  score: number
}

/** Best first: score in hundredths, then the newer, then the exact score, then id. */
export function compareRank(a: Rank, b: Rank): number {
  const byHundredths = Math.round(b.score * 100) - Math.round(a.score * 100)
  return byHundredths || b.createdAt - a.createdAt || b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/**
 * The `k` best, of which those of one source are at most half (rounded up), as long as there are others; where there are too few,
 * the best of those passed over fill the rest. In the order they came in.
 */
export function spread<R>(ranked: readonly R[], k: number, sourceOf: (one: R) => string | undefined): R[] {
  const share = Math.ceil(k / 2)
  const counts = new Map<string, number>()
  const [within, beyond]: [R[], R[]] = [[], []]
  for (const one of ranked) {
    const source = sourceOf(one)
    const count = source === undefined ? 0 : (counts.get(source) ?? 0)
    if (source !== undefined) counts.set(source, count + 1)
    if (count < share) within.push(one)
    else beyond.push(one)
  }
  const chosen = new Set(within.concat(beyond).slice(0, k))
  return ranked.filter((one) => chosen.has(one))
}

export interface Window {
  steps: Step[]
  /** The best step's place among them. */
  stepIndex: number | null
  /** Only where the last step is shown. */
  outcome: string | null
}

/** Up to `window` steps on either side of the best one; as many from the start where no step was matched. */
export function windowOf({ steps, outcome }: Trajectory, best: number | null, window: number): Window {
  const from = best === null ? 0 : Math.max(0, best - window)
  const to = Math.min(steps.length, best === null ? 2 * window + 1 : best + window + 1)
  return { steps: steps.slice(from, to), stepIndex: best === null ? null : best - from, outcome: to === steps.length ? outcome : null }
}
