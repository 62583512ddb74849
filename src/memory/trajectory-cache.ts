/** Records and step vectors as retrieval reads them: from the store, for candidates only, hot ones from RAM. */
import type { Trajectory } from '../core/trajectory.ts'
import { createLruCache, type LruCache } from './lru-cache.ts'
import { checkStepVectorsRow, checkTrajectoryRow } from './rows.ts'
import type { StepVectorsRow, StoreReader, Table, TrajectoryStore } from './store/trajectory-store.ts'

export interface TrajectoryCache {
  /** One for each id, in order. */
  stepVectors(ids: readonly string[]): Promise<Found<StepVectorsRow>[]>
  trajectories(ids: readonly string[]): Promise<Found<Trajectory>[]>
  /** To be called after each change of a stored trajectory. */
  forget(id: string): void
  clear(): void
}

/** What was read; an error where it is missing or damaged, `null` where nothing is stored under the id any more. */
export type Found<V> = V | Error | null

const STEP_VECTOR_BYTES = 48 * 2 ** 20
const TRAJECTORY_CHARACTERS = 8 * 2 ** 20

export function createTrajectoryCache(store: TrajectoryStore, dimensions: number): TrajectoryCache {
  const stepVectors = createLruCache<StepVectorsRow>(STEP_VECTOR_BYTES, (row) => 2 * row.observations.byteLength + 64)
  const trajectories = createLruCache<Trajectory>(TRAJECTORY_CHARACTERS, weightOf)
  /** Grows with each change: what was read before one must not be kept after it. */
  let changes = 0

  const load = async <V>({ cache, table, check }: Source<V>, ids: readonly string[]): Promise<Found<V>[]> => {
    const cached = ids.map((id) => cache.get(id))
    const missing = ids.filter((_, i) => cached[i] === undefined)
    if (missing.length === 0) return cached as V[]
    const before = changes
    const read = await store.read((reader) => Promise.all(missing.map((id) => readOne(reader, { id, table, check }))))
    const loaded = new Map(missing.map((id, i) => [id, read[i] as Found<V>]))
    if (changes === before) for (const [id, value] of loaded) if (value !== null && !(value instanceof Error)) cache.set(id, value)
    return ids.map((id, i) => cached[i] ?? (loaded.get(id) as Found<V>))
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

async function readOne<V>(reader: StoreReader, { id, table, check }: { id: string } & Omit<Source<V>, 'cache'>): Promise<Found<V>> {
  const row = await reader.get(table, id)
  // Deleted meanwhile, or by another tab: then there is nothing to complain of.
  if (!row && !(await reader.get('trajectories', id)) && !(await reader.get('keys', id))) return null
  try {
    return check(row, id)
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
