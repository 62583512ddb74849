/** The library's own index as its engine fills and asks it. */
import type { Trajectory } from '../../src/core/trajectory.ts'
import { loadHnswLibrary } from '../../src/memory/index/hnsw-index.ts'
import { createTrajectoryIndex } from '../../src/memory/index/trajectory-index.ts'
import { packVectors } from '../../src/util/packed-vectors.ts'
import { DIMENSIONS, type VectorOf } from './vectors.ts'

export interface BuiltIndex {
  /** Ids of the `n` nearest, by goal alone or by goal and plan. */
  search(query: { goal: Float32Array; plan?: Float32Array }, n: number): string[]
}

export async function buildIndex(mode: 'exact' | 'hnsw', trajectories: readonly Trajectory[], vectorOf: VectorOf): Promise<BuiltIndex> {
  const index = createTrajectoryIndex({ dimensions: DIMENSIONS, mode, loadLibrary: loadHnswLibrary })
  for (const { id, goal, plan, createdAt } of trajectories)
    index.add({
      id,
      active: true,
      goalKey: goal,
      planKey: plan,
      createdAt,
      vectors: packVectors([vectorOf(goal), vectorOf(plan)]),
    })
  await index.settled()
  if (index.state().kind !== mode) throw new Error(`no ${mode} index: ${index.state().reason}`)
  return { search: (query, n) => index.candidates(query, { n }).map(({ member }) => member.id) }
}
