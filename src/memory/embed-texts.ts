/** Texts to vectors, each distinct text once, and what comes back checked. */
import type { Embedder } from '../core/embedder.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { abortable } from '../util/abort.ts'
import { packVectors, type PackedVectors } from '../util/packed-vectors.ts'
import { checkVectors } from '../util/vectors.ts'
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

/** What is embedded of a trajectory, as it is stored. */
export interface TrajectoryVectors {
  /** Of goal and plan. */
  keys: PackedVectors
  /** One vector per step. */
  observations: PackedVectors
  reasonings: PackedVectors
}

/** Every field of each trajectory, embedded separately, all in the same batches. Errors: `embedder-failed`, `aborted`. */
export async function embedTrajectories(
  embedder: Embedder,
  trajectories: readonly Trajectory[],
  signal?: AbortSignal,
): Promise<TrajectoryVectors[]> {
  const vectors = await embedTexts(embedder, trajectories.flatMap(textsOf), signal)
  let from = 0
  const next = (count: number): PackedVectors => packVectors(vectors.slice(from, (from += count)))
  return trajectories.map(({ steps }) => ({ keys: next(2), observations: next(steps.length), reasonings: next(steps.length) }))
}

/** All texts of a trajectory that are embedded. */
export function textsOf({ goal, plan, steps }: Trajectory): string[] {
  return [goal, plan, ...steps.map(({ observation }) => observation), ...steps.map(({ reasoning }) => reasoning)]
}
