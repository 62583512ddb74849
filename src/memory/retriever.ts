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
import type { Found, TrajectoryCache } from './trajectory-cache.ts'

export interface RetrieverOptions {
  embedder: Embedder
  index: TrajectoryIndex
  cache: TrajectoryCache
  /** Told of a trajectory that cannot be read; must take it out of the index. */
  onDamaged(id: string, error: Error): void
  /** Brings index and cache up to date with the store; `true` where they have been since this was called. */
  refresh(): Promise<boolean>
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
  if (k === 0) return []
  if (options.index.size === 0) await abortable(options.refresh(), signal)
  if (options.index.size === 0) return []
  const vectors = await embedQuery(query, options.embedder, signal)
  // Asked of the store while this thread searches. Once answered, the index knows all that others had changed before.
  let upToDate: Promise<boolean> = options.refresh()
  for (;;) {
    const n = vectors.step ? 6 * k + 10 : 3 * k + 10
    const candidates = options.index.candidates(vectors, { n, excludeTask })
    const [current, chosen] = await abortable(Promise.all([upToDate, choose(candidates, { k, vectors, ...options })]), signal)
    // What could not be read or was taken out has left the index by now, and another may come in its place.
    if (current && chosen?.every(({ ranked }) => options.index.holds(ranked.candidate)))
      return chosen.map(({ ranked, trajectory }) => exemplarOf(ranked, trajectory, window))
    upToDate = Promise.resolve(true)
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
  candidate: Candidate
  best: BestStep | null
  scores: Partial<Record<Field, number>>
  stepVectors: StepVectorsRow | undefined
}

interface Chosen {
  ranked: Ranked
  trajectory: Trajectory
}

type Choice = RetrieverOptions & { k: number; vectors: QueryVectors }

/** The `k` best with their records, or `undefined` where one turned out to be damaged, or was removed or replaced meanwhile. */
async function choose(candidates: readonly Candidate[], { k, vectors, cache, embedder, ...rest }: Choice): Promise<Chosen[] | undefined> {
  const ids = candidates.map(({ member }) => member.id)
  const stepVectors = vectors.step ? await cache.stepVectors(ids) : undefined
  if (stepVectors && !allSound(stepVectors, candidates, rest)) return undefined
  const best = candidates
    .map((candidate, i) => rank(candidate, vectors, stepVectors?.[i] as StepVectorsRow | undefined))
    .sort(compareRank)
    .slice(0, k)
  const trajectories = await cache.trajectories(best.map(({ id }) => id))
  const verified = trajectories.map((trajectory, i) => verify(trajectory, best[i]?.stepVectors, embedder.dimensions))
  const chosen = best.map(({ candidate }) => candidate)
  if (!allSound(verified, chosen, rest) || !chosen.every(rest.index.holds)) return undefined
  return best.map((ranked, i) => ({ ranked, trajectory: verified[i] as Trajectory }))
}

/** Whether all could be read. Those that could not leave the index, unless they have left it by themselves. */
function allSound(
  found: readonly Found<object>[],
  candidates: readonly Candidate[],
  { index, onDamaged }: Pick<RetrieverOptions, 'index' | 'onDamaged'>,
): boolean {
  let sound = true
  candidates.forEach((candidate, i) => {
    const value = found[i]
    if (value !== null && !(value instanceof Error)) return
    sound = false
    if (!index.holds(candidate)) return
    if (value === null) index.remove(candidate.member.id)
    else onDamaged(candidate.member.id, value)
  })
  return sound
}

function rank(candidate: Candidate, { plan, step }: QueryVectors, stepVectors: StepVectorsRow | undefined): Ranked {
  const { member, similarity, parts } = candidate
  const rows = stepVectors && (step?.field === 'reasoning' ? stepVectors.reasonings : stepVectors.observations)
  const best = step && rows ? bestStep(step.vector, rows) : null
  const scores: Ranked['scores'] = { goal: parts[0] as number }
  if (plan) scores.plan = parts[1] as number
  if (step && best) scores[step.field] = best.similarity
  return { id: member.id, createdAt: member.createdAt, score: similarity + (best?.similarity ?? 0), best, scores, stepVectors, candidate }
}

function verify(trajectory: Found<Trajectory>, stepVectors: StepVectorsRow | undefined, dimensions: number): Found<Trajectory> {
  if (!trajectory || trajectory instanceof Error || !stepVectors) return trajectory
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
