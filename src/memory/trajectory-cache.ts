/** Records and step vectors as retrieval reads them: from the store, for candidates only, hot ones from RAM. */
import type { Trajectory } from '../core/trajectory.ts'
import { createLruCache, type LruCache } from './lru-cache.ts'
import { checkStepVectorsRow, checkTrajectoryRow } from './rows.ts'
import type { StepVectorsRow, Table, TrajectoryStore } from './store/trajectory-store.ts'

export interface TrajectoryCache {
  /** One for each id, in order; an error stands for a row that is missing or damaged. */
  stepVectors(ids: readonly string[]): Promise<(StepVectorsRow | Error)[]>
  trajectories(ids: readonly string[]): Promise<(Trajectory | Error)[]>
  /** To be called after each change of a stored trajectory. */
  forget(id: string): void
  clear(): void
}

const STEP_VECTOR_BYTES = 48 * 2 ** 20
const TRAJECTORY_CHARACTERS = 8 * 2 ** 20

export function createTrajectoryCache(store: TrajectoryStore, dimensions: number): TrajectoryCache {
  const stepVectors = createLruCache<StepVectorsRow>(STEP_VECTOR_BYTES, (row) => 2 * row.observations.byteLength + 64)
  const trajectories = createLruCache<Trajectory>(TRAJECTORY_CHARACTERS, weightOf)
  /** Grows with each change: what was read before one must not be kept after it. */
  let changes = 0

  const load = async <V>({ cache, table, check }: Source<V>, ids: readonly string[]): Promise<(V | Error)[]> => {
    const found = ids.map((id): V | Error | undefined => cache.get(id))
    if (!found.includes(undefined)) return found as (V | Error)[]
    const before = changes
    await store.read(async (reader) => {
      const rows = await Promise.all(ids.map((id, i) => (found[i] === undefined ? reader.get(table, id) : Promise.resolve(undefined))))
      rows.forEach((row, i) => {
        const id = ids[i] as string
        if (found[i] === undefined) found[i] = attempt(() => check(row, id))
      })
    })
    found.forEach((value, i) => {
      if (changes === before && value !== undefined && !(value instanceof Error)) cache.set(ids[i] as string, value)
    })
    return found as (V | Error)[]
  }

  return {
    stepVectors: (ids) =>
      load({ cache: stepVectors, table: 'stepVectors', check: (row, id) => checkStepVectorsRow(row, id, dimensions) }, ids),
    trajectories: (ids) =>
      load({ cache: trajectories, table: 'trajectories', check: (row, id) => checkTrajectoryRow(row, id).trajectory }, ids),
    forget(id) {
      changes++
      stepVectors.delete(id)
      trajectories.delete(id)
    },
    clear() {
      changes++
      stepVectors.clear()
      trajectories.clear()
    },
  }
}

interface Source<V> {
  cache: LruCache<V>
  table: Extract<Table, 'stepVectors' | 'trajectories'>
  check(row: unknown, id: string): V
}

function attempt<V>(work: () => V): V | Error {
  try {
    return work()
  } catch (error) {
    return error as Error
  }
}

function weightOf({ goal, plan, outcome, steps }: Trajectory): number {
  return steps.reduce(
    (sum, step) => sum + step.observation.length + step.reasoning.length + step.action.length,
    200 + goal.length + plan.length + outcome.length,
  )
}
