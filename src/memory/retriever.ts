/**
 * Which parts of which trajectories to show for a decision, as in *Self-Generated In-Context Examples Improve LLM Agents for
 * Sequential Decision-Making Tasks* (arXiv 2505.00234): the trajectories most like the query's goal and plan, reranked by their best step.
 */
import type { Embedder } from '../core/embedder.ts'
import type { MemoryQuery, RetrieveOptions } from '../core/memory.ts'
import type { Exemplar, Field, Trajectory } from '../core/trajectory.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import type { PackedVectors } from '../util/packed-vectors.ts'
import { embedTexts } from './embed-texts.ts'
import type { Candidate } from './index/key-index.ts'
import type { TrajectoryIndex } from './index/trajectory-index.ts'
import { bestStep, compareRank, spread, windowOf, type BestStep, type Rank } from './ranking.ts'
import { fitsSteps } from './rows.ts'
import type { StoreView } from './store-view.ts'
import type { Found, StepField, TrajectoryCache } from './trajectory-cache.ts'

export interface RetrieverOptions {
  embedder: Embedder
  index: TrajectoryIndex
  cache: TrajectoryCache
  view: Pick<StoreView, 'refresh' | 'onDamaged' | 'onStale'>
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
  if (options.index.size === 0) await abortable(options.view.refresh(), signal)
  if (options.index.size === 0) return []
  const vectors = await embedQuery(query, options.embedder, signal)
  // Asked of the store while this thread searches. Once answered, the index knows all that others had changed before.
  let upToDate: Promise<boolean> = options.view.refresh()
  for (;;) {
    const n = vectors.step ? 6 * k + 10 : 3 * k + 10
    const candidates = options.index.candidates(vectors, { n, excludeTask, spread: k > 1 })
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
  step: { field: StepField; vector: Float32Array } | undefined
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
  steps: PackedVectors | undefined
}

interface Chosen {
  ranked: Ranked
  trajectory: Trajectory
}

type Choice = RetrieverOptions & { k: number; vectors: QueryVectors }

/** The `k` best with their records, or `undefined` where one could not be read, or was removed or replaced meanwhile. */
async function choose(candidates: readonly Candidate[], { k, vectors, cache, ...rest }: Choice): Promise<Chosen[] | undefined> {
  const { step } = vectors
  const ids = candidates.map(({ member }) => member.id)
  const steps = step && soundOnes(await cache.stepVectors(step.field, ids), candidates, rest)
  if (step && !steps) return undefined
  const ranked = candidates.map((candidate, i) => rank(candidate, vectors, steps?.[i])).sort(compareRank)
  const best = spread(ranked, k, ({ candidate }) => candidate.member.source)
  const chosen = best.map(({ candidate }) => candidate)
  const found = await cache.trajectories(best.map(({ id }) => id))
  const verified = found.map((one, i) => verify(one, best[i]?.steps))
  const trajectories = soundOnes(verified, chosen, rest)
  if (!trajectories || !chosen.every(rest.index.holds)) return undefined
  return best.map((ranked, i) => ({ ranked, trajectory: trajectories[i] as Trajectory }))
}

/** What was read, if all could be. What could not be leaves the index, unless it has left it by itself. */
function soundOnes<V>(
  found: readonly Found<V>[],
  candidates: readonly Candidate[],
  { index, view }: Pick<RetrieverOptions, 'index' | 'view'>,
): V[] | undefined {
  const values: V[] = []
  candidates.forEach((candidate, i) => {
    const one = found[i] as Found<V>
    const { id } = candidate.member
    if ('value' in one) values.push(one.value)
    else if (!index.holds(candidate)) return
    else if ('gone' in one) index.remove(id)
    else if ('stale' in one) view.onStale(id)
    else view.onDamaged(id, one.error)
  })
  return values.length === candidates.length ? values : undefined
}

function rank(candidate: Candidate, { plan, step }: QueryVectors, steps: PackedVectors | undefined): Ranked {
  const { member, similarity, parts } = candidate
  const best = step && steps ? bestStep(step.vector, steps) : null
  const scores: Ranked['scores'] = { goal: parts[0] as number }
  if (plan) scores.plan = parts[1] as number
  if (step && best) scores[step.field] = best.similarity
  return { id: member.id, createdAt: member.createdAt, score: similarity + (best?.similarity ?? 0), best, scores, steps, candidate }
}

function verify(found: Found<Trajectory>, steps: PackedVectors | undefined): Found<Trajectory> {
  return 'value' in found && steps && !fitsSteps(found.value, steps) ? { stale: true } : found
}

function exemplarOf({ id, score, scores, best }: Ranked, trajectory: Trajectory, window: number): Exemplar {
  const { goal, plan, createdAt } = trajectory
  return structuredClone({ trajectoryId: id, goal, plan, ...windowOf(trajectory, best?.index ?? null, window), createdAt, score, scores })
}
