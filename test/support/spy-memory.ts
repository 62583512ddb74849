/** A memory that hands out what it is told and remembers what it was told, for tests of the loop alone. */
import type { EpisodeRecord, Memory, MemoryQuery, RetrieveOptions } from '../../src/core/memory.ts'
import type { Exemplar, Trajectory, TrajectoryInput } from '../../src/core/trajectory.ts'

export interface SpyMemory extends Memory {
  queries: { query: MemoryQuery; options: RetrieveOptions }[]
  records: EpisodeRecord[]
  added: TrajectoryInput[]
}

export function spyMemory(exemplars: (query: MemoryQuery) => Exemplar[] = () => []): SpyMemory {
  const memory: SpyMemory = {
    queries: [],
    records: [],
    added: [],
    async retrieve(query, options) {
      memory.queries.push({ query, options })
      return exemplars(query)
    },
    async record(episode) {
      memory.records.push(structuredClone(episode))
      return { stored: episode.store, pruned: [] }
    },
    async add(trajectory) {
      memory.added.push(trajectory)
      return trajectory as Trajectory
    },
    has: (id) => memory.added.some((trajectory) => trajectory.id === id),
  }
  return memory
}

export function exemplarOf(trajectoryId: string): Exemplar {
  return {
    trajectoryId,
    goal: `goal ${trajectoryId}`,
    plan: '',
    steps: [{ observation: 'o', reasoning: 'r', action: 'a' }],
    stepIndex: 0,
    outcome: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    score: 1,
    scores: { goal: 1 },
  }
}
