/**
 * The contract of a store: tables of rows by id, read and written in transactions that the store lends.
 * Rows of `trajectories` are the truth; `keys` and `stepVectors` can be computed from them again.
 */
import type { Shown } from '../../core/memory.ts'
import type { Trajectory } from '../../core/trajectory.ts'

export interface TrajectoryStore {
  readonly kind: 'indexeddb' | 'memory'
  /** A consistent view. `work` must await nothing but its reader. */
  read<T>(work: (reader: StoreReader) => Promise<T>): Promise<T>
  /**
   * All of `work`'s changes, durably, or none: rejected work leaves the store as it was. `work` must await nothing but its writer.
   * Errors: `memory-quota`, `memory-closed`, `memory-blocked`.
   */
  write<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T>
  /** Later reads and writes reject with `memory-closed`. */
  close(): void
}

export interface StoreReader {
  get<T extends Table>(table: T, id: RowId<T>): Promise<Tables[T] | undefined>
  /** How many rows there are. */
  count(table: Table): Promise<number>
  /** Rows in the order of their ids, from the first after `after`. */
  rows<T extends Table>(table: T, page: { after?: RowId<T> | undefined; limit: number }): Promise<Tables[T][]>
  /** Trajectories by when they were stored, from the first beyond `from`. */
  trajectories(page: { from?: number | undefined; order: 'oldest' | 'newest'; limit: number }): Promise<TrajectoryRow[]>
}

export interface StoreWriter extends StoreReader {
  /** Adds the row, or replaces the one with its id. */
  put<T extends Table>(table: T, row: Tables[T]): Promise<void>
  delete<T extends Table>(table: T, id: RowId<T>): Promise<void>
  clear(table: Table): Promise<void>
}

export interface Tables {
  trajectories: TrajectoryRow
  keys: KeysRow
  stepVectors: StepVectorsRow
  ledger: LedgerRow
  episodes: EpisodeRow
  meta: MetaRow
}
export type Table = keyof Tables
export type RowId<T extends Table> = Tables[T]['id']

export const TABLES: readonly Table[] = ['trajectories', 'keys', 'stepVectors', 'ledger', 'episodes', 'meta']

export interface TrajectoryRow {
  id: string
  /** Grows with each trajectory stored. */
  seq: number
  status: 'active' | 'pruned'
  trajectory: Trajectory
}

/** All that a search needs of a successful trajectory. */
export interface KeysRow {
  id: string
  /** `false` once pruned. */
  active: boolean
  goalText: string
  planText: string
  /** Unit length, as many numbers as the embedder has dimensions. */
  goal: Float32Array
  plan: Float32Array
  createdAt: string
  taskId?: string
}

/** The vectors of a successful trajectory's steps, one after another. */
export interface StepVectorsRow {
  id: string
  observations: Float32Array
  reasonings: Float32Array
}

/** In how many episodes a trajectory was shown, and how many of those succeeded. */
export interface LedgerRow {
  id: string
  retrievals: number
  successesWhenRetrieved: number
  /** Only where a curation has a half-life. */
  decayed?: { retrievals: number; successes: number } | undefined
}

/** One recorded episode and what its prompts had shown. */
export interface EpisodeRow {
  id: number
  at: string
  /** The trajectory stored of it, if any. */
  trajectoryId: string | null
  success: boolean
  shown: Shown[]
}

export interface MetaRow {
  id: 'meta'
  embedder: { id: string; dimensions: number }
  /** The next `seq` of a trajectory or id of an episode. */
  nextSeq: number
  /** How often what can be retrieved has changed; missing before the first time. */
  revision?: number
  /** The last of these changes, the oldest first, each with the trajectories that came, went or were pruned. */
  changes?: { revision: number; ids: string[] }[]
}
