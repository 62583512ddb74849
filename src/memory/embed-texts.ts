/** Texts to vectors, each distinct text once, and what comes back checked. */
import type { Embedder } from '../core/embedder.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { abortable } from '../util/abort.ts'
import { checkVectors, concatenate } from '../util/vectors.ts'
import { askEmbedder } from './ask-embedder.ts'

/** Texts given to the embedder at once, so that a long trajectory neither exhausts it nor outlasts an abort by much. */
const BATCH = 128

/** One vector per text, in order. Errors: `embedder-failed`, `aborted`. */
export async function embedTexts(embedder: Embedder, texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
  const places = new Map(Array.from(new Set(texts), (text, place) => [text, place]))
  const distinct = Array.from(places.keys())
  const vectors: Float32Array[] = []
  for (let start = 0; start < distinct.length; start += BATCH) {
    const batch = distinct.slice(start, start + BATCH)
    const answer: unknown = await abortable(askEmbedder(embedder, batch, signal ? { signal } : {}), signal)
    checkVectors(answer, { id: embedder.id, count: batch.length, dimensions: embedder.dimensions })
    vectors.push(...answer)
  }
  return texts.map((text) => vectors[places.get(text) as number] as Float32Array)
}

export interface TrajectoryVectors {
  goal: Float32Array
  plan: Float32Array
  /** One vector per step, one after another. */
  observations: Float32Array
  reasonings: Float32Array
}

/** Every field of a trajectory, embedded separately. Errors: `embedder-failed`, `aborted`. */
export async function embedTrajectory(
  embedder: Embedder,
  { goal, plan, steps }: Trajectory,
  signal?: AbortSignal,
): Promise<TrajectoryVectors> {
  const texts = [goal, plan, ...steps.map((step) => step.observation), ...steps.map((step) => step.reasoning)]
  const vectors = await embedTexts(embedder, texts, signal)
  return {
    goal: vectors[0] as Float32Array,
    plan: vectors[1] as Float32Array,
    observations: concatenate(vectors.slice(2, 2 + steps.length)),
    reasonings: concatenate(vectors.slice(2 + steps.length)),
  }
}
