/** What the loop needs of a memory. `openMemory` gives one; anything that keeps this contract will do. */
import type { Awaitable } from './json.ts'
import type { Exemplar, Field, Phase, Trajectory, TrajectoryInput } from './trajectory.ts'

/** The texts of a decision. Which are there decides by which keys trajectories are compared. */
export interface MemoryQuery {
  goal: string
  /** Absent before it is made. */
  plan?: string
  /** At most one of `observation` and `reasoning`: the step key. */
  observation?: string
  reasoning?: string
}

/** How much is retrieved. */
export interface RetrieveOptions {
  /** Exemplars at most; a whole number from 0. */
  k: number
  /** Steps shown on either side of the best one: a whole number from 0, or `Infinity` (default 5). */
  window?: number
  /** Trajectories of this task are left out. */
  excludeTask?: string
  /** Ends the call, which rejects with `aborted`. */
  signal?: AbortSignal
}

/** One exemplar in one prompt. */
export interface Shown {
  trajectoryId: string
  phase: Phase
  /** Steps done when it was shown. */
  step: number
  /** What it was ranked by, as its exemplar said; kept for the question why it was shown. */
  score?: number
  scores?: Partial<Record<Field, number>>
}

/** Who gave a verdict on a trajectory after its episode. */
export type FeedbackSource = 'user' | 'verifier' | 'review'

/** A verdict on a stored trajectory that came after its episode: a review, a user's edit, a fix that had to be undone. */
export interface FeedbackSignal {
  /** −1 (it did harm) to 1 (it was right). */
  value: number
  source: FeedbackSource
  /** For people; at most 2,000 characters. */
  note?: string
}

/** When a trajectory is taken out of retrieval: enough retrievals, and too few successes among them. */
export interface Curation {
  /** Pruned when utility is strictly below this (0 to 1). */
  threshold: number
  /** Retrievals before utility is believed, 1 or more. */
  minRetrievals: number
  /**
   * Retrievals after which an episode counts half as much, more than 0. For worlds that change: a plain ratio forgets
   * slowly. Absent, every episode counts the same.
   */
  halfLife?: number
}

/** A finished episode as the memory is told of it. */
export interface EpisodeRecord {
  trajectory: Trajectory
  /** Every exemplar of every prompt of the episode, in order; empty where none was shown. */
  shown: readonly Shown[]
  /** Keep the trajectory. Without it only the ledger learns of the outcome. */
  store: boolean
  /** `false` prunes nothing. */
  curation: Curation | false
}

/** What became of a recorded episode. */
export interface RecordResult {
  /** The trajectory is in the memory: `true` wherever `store` was asked for. */
  stored: boolean
  /** Ids taken out of retrieval by this episode's outcome. */
  pruned: string[]
  /** It is stored, but waits for somebody to confirm it: it holds text of a page, and its success is the agent's own word. */
  quarantined?: boolean
}

/**
 * What the loop calls: `retrieve` for each decision, `record` once at the end of an episode that trains, `has` and `add` for seeds.
 * Errors of the library's own: `invalid-options`, `embedder-failed`, `memory-corrupt`, `memory-quota`, `memory-closed`,
 * `worker-lost`, `aborted`. Whatever a memory throws ends the episode.
 */
export interface Memory {
  /** The most relevant parts of successful trajectories, best first. Writes nothing. */
  retrieve(query: MemoryQuery, options: RetrieveOptions): Promise<Exemplar[]>
  /**
   * Trajectory, vectors, ledger and pruning in one durable transaction.
   * When the signal fires it settles soon, and rejects with `aborted` only where nothing was stored.
   */
  record(episode: EpisodeRecord, options?: { signal?: AbortSignal }): Promise<RecordResult>
  /** Stores a trajectory durably; what the input leaves out is filled in. */
  add(trajectory: TrajectoryInput, options?: { signal?: AbortSignal }): Promise<Trajectory>
  /** Whether a trajectory of this id is stored, retrievable or not; what waits to be accepted does not count. */
  has(id: string): Awaitable<boolean>
}
