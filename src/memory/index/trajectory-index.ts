/** The two indexes of trajectories: over goals, and over goals and plans together. */
import type { KeysRow } from '../store/trajectory-store.ts'
import { createAdaptiveIndex, type AdaptiveIndex, type AdaptiveIndexOptions } from './adaptive-index.ts'
import { createKeyIndex, type Candidate, type KeyIndex, type Member } from './key-index.ts'
import type { IndexState } from './vector-index.ts'

export interface TrajectoryIndex {
  /** Trajectories that can be retrieved. */
  readonly size: number
  /** Whether the candidate is still what it was, and not removed or replaced meanwhile. */
  holds(candidate: Candidate): boolean
  ids(): string[]
  add(row: KeysRow): void
  remove(id: string): void
  /** By the goal alone where no plan is given, else by the mean of both similarities: half the inner product of the joined vectors. */
  candidates(
    query: { goal: Float32Array; plan?: Float32Array | undefined },
    options: { n: number; excludeTask?: string | undefined },
  ): Candidate[]
  state(): IndexState
  /** Resolves when no graph is being built. */
  settled(): Promise<void>
  /** Leaves it empty. */
  clear(): void
  dispose(): void
}

/** Empty; `dimensions` are the embedder's. */
export function createTrajectoryIndex(options: AdaptiveIndexOptions): TrajectoryIndex {
  let goals = createPart(options)
  let pairs = createPart({ ...options, dimensions: 2 * options.dimensions })
  const members = new Map<string, Member>()
  const dispose = (): void => {
    goals.vectors.dispose()
    pairs.vectors.dispose()
  }

  return {
    get size() {
      return members.size
    },
    holds: ({ member }) => members.get(member.id) === member,
    ids: () => Array.from(members.keys()),
    add({ id, createdAt, taskId, goalText, planText, goal, plan }) {
      const member: Member = { id, createdAt: Date.parse(createdAt), taskId }
      members.set(id, member) // first, so that it can be removed again where one of the indexes cannot take it
      goals.keys.add(member, { texts: [goalText], vectors: [goal] })
      pairs.keys.add(member, { texts: [goalText, planText], vectors: [goal, plan] })
    },
    remove(id) {
      if (!members.delete(id)) return
      goals.keys.remove(id)
      pairs.keys.remove(id)
    },
    candidates: ({ goal, plan }, wanted) => (plan ? pairs.keys.candidates([goal, plan], wanted) : goals.keys.candidates([goal], wanted)),
    state: () => pairs.vectors.state(),
    settled: async () => void (await Promise.all([goals.vectors.settled(), pairs.vectors.settled()])),
    clear() {
      dispose()
      members.clear()
      goals = createPart(options)
      pairs = createPart({ ...options, dimensions: 2 * options.dimensions })
    },
    dispose,
  }
}

function createPart(options: AdaptiveIndexOptions): { vectors: AdaptiveIndex; keys: KeyIndex } {
  const vectors = createAdaptiveIndex(options)
  return { vectors, keys: createKeyIndex(vectors) }
}
