/** The tables that version 1 would have had for these trajectories. */
import type { Trajectory } from '../../../src/core/trajectory.ts'
import { randomUnitVector, seededRandom } from '../../support/random.ts'
import type { TablesOf1 } from '../../support/version-1.ts'

export function tablesOf1(trajectories: readonly Trajectory[], embedder: { id: string; dimensions: number }): Required<TablesOf1> {
  const random = seededRandom(trajectories.length)
  const vectors = (count: number): Float32Array => {
    const all = new Float32Array(count * embedder.dimensions)
    for (let i = 0; i < count; i++) all.set(randomUnitVector(random, embedder.dimensions), i * embedder.dimensions)
    return all
  }
  const seqOf = (i: number): number => i + 1
  const retrievable = trajectories.filter(({ success }) => success)
  return {
    trajectories: trajectories.map((trajectory, i) => ({ id: trajectory.id, seq: seqOf(i), status: 'active', trajectory })),
    keys: retrievable.map(({ id, goal, plan, createdAt }) => ({
      id,
      active: true,
      goalText: goal,
      planText: plan,
      goal: vectors(1),
      plan: vectors(1),
      createdAt,
    })),
    stepVectors: retrievable.map(({ id, steps }) => ({ id, observations: vectors(steps.length), reasonings: vectors(steps.length) })),
    ledger: retrievable.map(({ id }) => ({ id, retrievals: 3, successesWhenRetrieved: 2 })),
    episodes: trajectories.map(({ id, createdAt, success }, i) => ({
      id: seqOf(trajectories.length + i),
      at: createdAt,
      trajectoryId: id,
      success,
      shown: [{ trajectoryId: trajectories[0]?.id, phase: 'plan', step: 0 }],
    })),
    meta: [{ id: 'meta', embedder, nextSeq: seqOf(2 * trajectories.length), revision: 0, changes: [] }],
  }
}
