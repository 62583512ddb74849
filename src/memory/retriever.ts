/**
 * Which parts of which trajectories to show for a decision, as in *Self-Generated In-Context Examples Improve LLM Agents for
 * Sequential Decision-Making Tasks* (arXiv 2505.00234): the trajectories most like the query's goal and plan, reranked by their best step.
 */
import type { Embedder } from '../core/embedder.ts'
import type { MemoryQuery, RetrieveOptions } from '../core/memory.ts'
import type { Exemplar, Field, Trajectory } from '../core/trajectory.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { embedTexts } from './embed-texts.ts'
import type { Candidate } from './index/key-index.ts'
import type { TrajectoryIndex } from './index/trajectory-index.ts'
import { bestStep, compareRank, windowOf, type BestStep, type Rank } from './ranking.ts'
import { checkStepCount } from './rows.ts'
import type { StepVectorsRow } from './store/trajectory-store.ts'
import type { TrajectoryCache } from './trajectory-cache.ts'

export interface RetrieverOptions {
  embedder: Embedder
  index: TrajectoryIndex
  cache: TrajectoryCache
  /** Told of a trajectory that cannot be read; it must leave the index, or there would be no end. */
  onDamaged(id: string, error: Error): void
}

/** Steps on either side of the best one, unless the caller wants another number. */
const WINDOW = 5

/** Writes nothing. Of the options `k` and `window` must be valid. */
export async function retrieve(
  query: MemoryQuery,
  { k, window = WINDOW, excludeTask, signal }: RetrieveOptions,
  options: RetrieverOptions,
): Promise<Exemplar[]> {
  throwIfAborted(signal)
  if (k === 0 || options.index.size === 0) return []
  const vectors = await embedQuery(query, options.embedder, signal)
  for (;;) {
    const n = vectors.step ? 6 * k + 10 : 3 * k + 10
    const candidates = options.index.candidates(vectors, { n, excludeTask })
    const chosen = await abortable(choose(candidates, { k, vectors, ...options }), signal)
    // One that is damaged has left the index by now, and another may come in its place.
    if (chosen) return chosen.map(({ ranked, trajectory }) => exemplarOf(ranked, trajectory, window))
  }
}

interface QueryVectors {
  goal: Float32Array
  plan: Float32Array | undefined
  step: { field: 'observation' | 'reasoning'; vector: Float32Array } | undefined
}

async function embedQuery(
  { goal, plan, observation, reasoning }: MemoryQuery,
  embedder: Embedder,
  signal?: AbortSignal,
): Promise<QueryVectors> {
  const step = observation ?? reasoning
  const texts = [goal, plan, step].filter((text) => text !== undefined)
  const vectors = await embedTexts(embedder, texts, signal)
  const last = vectors.at(-1) as Float32Array
  return {
    goal: vectors[0] as Float32Array,
    plan: plan === undefined ? undefined : (vectors[1] as Float32Array),
    step: step === undefined ? undefined : { field: observation === undefined ? 'reasoning' : 'observation', vector: last },
  }
}

interface Ranked extends Rank {
  best: BestStep | null
  scores: Partial<Record<Field, number>>
  stepVectors: StepVectorsRow | undefined
}

interface Chosen {
  ranked: Ranked
  trajectory: Trajectory
}

type Choice = RetrieverOptions & { k: number; vectors: QueryVectors }

/** The `k` best with their records, or `undefined` where something could not be read. */
async function choose(candidates: readonly Candidate[], { k, vectors, cache, embedder, onDamaged }: Choice): Promise<Chosen[] | undefined> {
  const ids = candidates.map(({ member }) => member.id)
  const stepVectors = vectors.step ? await cache.stepVectors(ids) : undefined
  let sound = true
  const isSound = <T>(value: T | Error | undefined, id: string): value is T => {
    if (!(value instanceof Error)) return true
    onDamaged(id, value)
    return (sound = false)
  }
  const ranked = candidates.flatMap((candidate, i) => {
    const row = stepVectors?.[i]
    return isSound(row, candidate.member.id) ? [rank(candidate, vectors, row as StepVectorsRow | undefined)] : []
  })
  if (!sound) return undefined
  const best = ranked.sort(compareRank).slice(0, k)
  const trajectories = await cache.trajectories(best.map(({ id }) => id))
  const chosen = best.flatMap((one, i) => {
    const trajectory = verified(trajectories[i] as Trajectory | Error, one.stepVectors, embedder.dimensions)
    return isSound<Trajectory>(trajectory, one.id) ? [{ ranked: one, trajectory }] : []
  })
  return sound ? chosen : undefined
}

function rank({ member, similarity, parts }: Candidate, { plan, step }: QueryVectors, stepVectors: StepVectorsRow | undefined): Ranked {
  const rows = stepVectors && (step?.field === 'reasoning' ? stepVectors.reasonings : stepVectors.observations)
  const best = step && rows ? bestStep(step.vector, rows) : null
  const scores: Ranked['scores'] = { goal: parts[0] as number }
  if (plan) scores.plan = parts[1] as number
  if (step && best) scores[step.field] = best.similarity
  return { id: member.id, createdAt: member.createdAt, score: similarity + (best?.similarity ?? 0), best, scores, stepVectors }
}

function verified(trajectory: Trajectory | Error, stepVectors: StepVectorsRow | undefined, dimensions: number): Trajectory | Error {
  if (trajectory instanceof Error || !stepVectors) return trajectory
  try {
    checkStepCount(trajectory, stepVectors, dimensions)
    return trajectory
  } catch (error) {
    return error as Error
  }
}

function exemplarOf({ id, score, scores, best }: Ranked, trajectory: Trajectory, window: number): Exemplar {
  const { goal, plan, createdAt } = trajectory
  return structuredClone({ trajectoryId: id, goal, plan, ...windowOf(trajectory, best?.index ?? null, window), createdAt, score, scores })
}
