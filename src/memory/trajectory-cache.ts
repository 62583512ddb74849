/** Records and step vectors as retrieval reads them: from the store, for candidates only, hot ones from RAM. */
import type { Trajectory } from '../core/trajectory.ts'
import type { PackedVectors } from '../util/packed-vectors.ts'
import { createLruCache, type LruCache } from './lru-cache.ts'
import { checkTrajectoryRow, stepVectorsOf } from './rows.ts'
import type { StoreReader, TrajectoryStore } from './store/trajectory-store.ts'

export type StepField = 'observation' | 'reasoning'

export interface TrajectoryCache {
  /** One for each id, in order: the vectors of one text of each step. */
  stepVectors(field: StepField, ids: readonly string[]): Promise<Found<PackedVectors>[]>
  trajectories(ids: readonly string[]): Promise<Found<Trajectory>[]>
  /** To be called after each change of a stored trajectory. */
  forget(id: string): void
  clear(): void
}

/**
 * What was read: `{ gone: true }` where nothing is stored under the id any more, `{ stale: true }` where vectors have to be made
 * again, and an error where the record itself cannot be read.
 */
export type Found<V> = { value: V } | { gone: true } | { stale: true } | { error: Error }

/** Of each of the two kinds of step vectors: five hundred trajectories of ten steps and 384 numbers. */
const STEP_VECTOR_BYTES = 4 * 2 ** 20
/** Of records as JSON, notes of the host included. */
const RECORD_CHARACTERS = 2 ** 20

interface Kept {
  trajectory: Trajectory
  characters: number
}

export function createTrajectoryCache(store: TrajectoryStore, dimensions: number): TrajectoryCache {
  const vectorCache = (): LruCache<PackedVectors> => createLruCache(STEP_VECTOR_BYTES, ({ values }) => values.byteLength + 128)
  const caches = {
    observation: vectorCache(),
    reasoning: vectorCache(),
    record: createLruCache<Kept>(RECORD_CHARACTERS, ({ characters }) => characters + 200),
  }
  /** Grows with each change: what was read before one must not be kept after it. */
  let changes = 0

  const load = async <V>(cache: LruCache<V>, ids: readonly string[], read: ReadOne<V>): Promise<Found<V>[]> => {
    const cached = ids.map((id) => cache.get(id))
    const missing = ids.filter((_, i) => cached[i] === undefined)
    if (missing.length === 0) return cached.map((value) => ({ value: value as V }))
    const before = changes
    const found = await store.read((reader) => Promise.all(missing.map((id) => read(reader, id))))
    const loaded = new Map(missing.map((id, i) => [id, found[i] as Found<V>]))
    if (changes === before) for (const [id, one] of loaded) if ('value' in one) cache.set(id, one.value)
    return ids.map((id, i) => (cached[i] === undefined ? (loaded.get(id) as Found<V>) : { value: cached[i] }))
  }

  return {
    stepVectors: (field, ids) =>
      load(caches[field], ids, async (reader, id) => {
        const row = await reader.get(field === 'observation' ? 'observations' : 'reasonings', id)
        const vectors = stepVectorsOf(row, dimensions)
        if (vectors) return { value: { values: vectors.values, scales: vectors.scales } }
        // Deleted meanwhile, or by another tab: then there is nothing to make again.
        return (await reader.get('trajectories', id)) === undefined ? { gone: true } : { stale: true }
      }),
    async trajectories(ids) {
      const found = await load<Kept>(caches.record, ids, async (reader, id) => {
        const row = await reader.get('trajectories', id)
        if (!row && !(await reader.get('keys', id))) return { gone: true }
        try {
          const { trajectory, bytes } = checkTrajectoryRow(row, id)
          return { value: { trajectory, characters: bytes } }
        } catch (error) {
          return { error: error as Error }
        }
      })
      return found.map((one) => ('value' in one ? { value: one.value.trajectory } : one))
    },
    forget(id) {
      changes++
      for (const cache of Object.values(caches)) cache.delete(id)
    },
    clear() {
      changes++
      for (const cache of Object.values(caches)) cache.clear()
    },
  }
}

type ReadOne<V> = (reader: StoreReader, id: string) => Promise<Found<V>>
