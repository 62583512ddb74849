/** The whole of a memory as its owner sees it: what the agent's loop needs, and what looks after it. */
import type { Curation, EpisodeRecord, Memory, MemoryQuery, RecordResult, RetrieveOptions } from '../core/memory.ts'
import type { Exemplar, Trajectory, TrajectoryInput } from '../core/trajectory.ts'
import type { IndexState } from './index/vector-index.ts'

/** Options of a call that takes nothing else. */
export interface Abortable {
  /** Ends the waiting; the call rejects with `aborted`. */
  signal?: AbortSignal
}

/**
 * Every call rejects with `memory-closed` once the memory is closed, with `worker-lost` once its worker is gone,
 * and with `aborted` when its signal fires; an aborted write stored nothing.
 */
export interface OpenMemory extends Memory {
  /**
   * Stores a trajectory; resolves once it is durable. An id that is stored already returns what is stored, unchanged.
   * One that is not a success is kept and listed, but never retrieved. Errors: `invalid-options`, `embedder-failed`, `memory-quota`.
   */
  add(trajectory: TrajectoryInput, options?: Abortable): Promise<Trajectory>
  /** Errors as `add`. A trajectory whose id is stored already is not stored again. */
  record(episode: EpisodeRecord, options?: Abortable): Promise<RecordResult>
  /** At most `k` exemplars, best first; fewer only where fewer can be retrieved. Errors: `invalid-options`, `embedder-failed`. */
  retrieve(query: MemoryQuery, options: RetrieveOptions): Promise<Exemplar[]>
  /** Whether a trajectory of this id is stored, pruned ones included. Errors: `invalid-options`. */
  has(id: string, options?: Abortable): Promise<boolean>
  /** `null` where it is not stored. Errors: `memory-corrupt`. */
  get(id: string, options?: Abortable): Promise<TrajectoryListing | null>
  /** The newest first. Errors: `invalid-options`. What is damaged is left out, and named in `stats`. */
  list(options?: ListOptions & Abortable): Promise<ListPage>
  /** Trajectories stored, of whatever status. */
  count(options?: Abortable): Promise<number>
  /** How much is stored, what is wrong with it, and what answers searches; as of now. */
  stats(options?: Abortable): Promise<MemoryStats>
  /**
   * Applies a rule of pruning to all; resolves with the ids taken out of retrieval. They stay stored.
   * Works in parts: one that is aborted may have pruned some. Errors: `invalid-options`.
   */
  curate(curation: Curation, options?: Abortable): Promise<string[]>
  /** Removes a trajectory, its vectors and its counts. `false` where it was not stored. */
  delete(id: string, options?: Abortable): Promise<boolean>
  /** Removes everything. */
  clear(options?: Abortable): Promise<void>
  /** The trajectories as JSON lines, each with its line break: a header, then the oldest first. Reads a page at a time. */
  export(options?: Abortable): AsyncGenerator<string, void, undefined>
  /** Waits for a write that is being committed, then gives everything back. Calls under way reject. */
  close(): Promise<void>
}

/** A stored trajectory and what became of it. */
export interface TrajectoryListing {
  trajectory: Trajectory
  /** `pruned`: taken out of retrieval by curation. */
  status: 'active' | 'pruned'
  /** Episodes that were shown it, each counted once. */
  retrievals: number
  /** Those of them that succeeded. */
  successes: number
  /** `successes / retrievals`, 0 to 1; 1 while there are fewer than three retrievals. */
  utility: number
}

/** Which part of the stored trajectories. */
export interface ListOptions {
  /** 1 to 1,000 (default 50). */
  limit?: number
  /** The `next` of the page before. */
  cursor?: number
  /** Both where absent. */
  status?: 'active' | 'pruned'
  /** Only those with this text in their goal, plan, outcome or steps, whatever its case. */
  search?: string
}

/** A part of the stored trajectories. */
export interface ListPage {
  /** At most `limit`, newest first. */
  items: TrajectoryListing[]
  /** The `cursor` of the next page; absent where nothing follows. The page it leads to may be empty. */
  next?: number
}

/** The state of a memory. */
export interface MemoryStats {
  /** Trajectories stored, of whatever status. */
  count: number
  /** Of these, those that can be retrieved: successful, not pruned, not damaged. */
  retrievable: number
  /** Of these, those that curation took out of retrieval. */
  pruned: number
  /** Trajectories found damaged since the memory was opened. They are left out of retrieval. */
  corrupt: { id: string; message: string }[]
  /** The one it was opened with. */
  embedder: { id: string; dimensions: number }
  /** What answers searches, and why. */
  index: IndexState
  storage: StorageStats
}

/** Where a memory keeps what it holds. The numbers are the browser's estimates, absent where it gives none and for `memory`. */
export interface StorageStats {
  kind: 'indexeddb' | 'memory'
  /** Bytes that everything of this origin takes. */
  usage?: number
  /** Bytes that this origin may use in all. */
  quota?: number
  /** Whether the browser promised to keep what is stored when space runs out. */
  persisted?: boolean
}

/** First line of an export. */
export interface ExportHeader {
  format: 'reprise-trajectories'
  version: 1
  /** Trajectories stored when the export began. */
  count: number
  /** Its id. Vectors are not exported. */
  embedder: string
}
