/** The whole of a memory as its owner sees it: what the agent's loop needs, and what looks after it. */
import type { Curation, EpisodeRecord, FeedbackSignal, Memory, MemoryQuery, RecordResult, RetrieveOptions } from '../core/memory.ts'
import type { Exemplar, Trajectory, TrajectoryInput } from '../core/trajectory.ts'
import type { IndexState } from './index/vector-index.ts'
import type { ShownSummary } from './ledger.ts'
import type { FeedbackEntry } from './store/trajectory-store.ts'

/** Options of a call that takes nothing else. */
export interface Abortable {
  /** Ends the waiting; the call rejects with `aborted`. */
  signal?: AbortSignal
}

/**
 * Every call rejects with `memory-closed` once the memory is closed, and with `aborted` when its signal fires; an aborted write
 * stored nothing, unless it says otherwise. Where the worker dies, or the browser closes the database, it is started or opened
 * again by itself and the call is repeated once; if that fails too it rejects with `worker-lost` or `memory-closed`. Nothing is
 * done twice; but where it had been carried out before its answer was lost, `delete` may say `false`, and `accept` and `curate`
 * name only what was left to do.
 */
export interface OpenMemory extends Memory {
  /**
   * Stores a trajectory; resolves once it is durable. An id that is stored already returns what is stored, unchanged.
   * One that is not a success is kept and listed, but never retrieved. Errors: `invalid-options`, `embedder-failed`, `memory-quota`.
   */
  add(trajectory: TrajectoryInput, options?: Abortable): Promise<Trajectory>
  /**
   * Errors as `add`. A trajectory whose id is stored already is not stored again, and an episode is booked once. One that holds text
   * of a page and is a success by the agent's word alone (`pageText`, `rewardSource: 'agent'`) goes into quarantine, as with `add`,
   * and credits nothing that its episode was shown, until a user confirms it.
   */
  record(episode: EpisodeRecord, options?: Abortable): Promise<RecordResult>
  /**
   * At most `k` exemplars, best first; fewer only where fewer can be retrieved, or while what was stored before is still being read
   * or embedded (`stats` says so). Errors: `invalid-options`, `embedder-failed`.
   */
  retrieve(query: MemoryQuery, options: RetrieveOptions): Promise<Exemplar[]>
  /**
   * A later verdict. It counts as two episodes of `(1 + value) / 2` successes each; −1 takes the trajectory out of retrieval, and 1
   * brings back one that was taken out by curation or feedback, with its counts begun anew; 1 of a user also accepts what waits on
   * the agent's word alone. Resolves with the listing, or `null` where nothing is stored under the id.
   * Errors: `invalid-options`, `embedder-failed`.
   */
  feedback(id: string, signal: FeedbackSignal, options?: Abortable): Promise<TrajectoryListing | null>
  /**
   * Lets trajectories in quarantine be retrieved; resolves with the ids of those that were there. One that waited on the agent's word
   * says from then on that a user judged it (`rewardSource: 'user'`). Errors: `embedder-failed`.
   */
  accept(ids: string | readonly string[], options?: Abortable): Promise<string[]>
  /** Whether a trajectory of this id is stored, retrievable or not; one in quarantine does not count. Errors: `invalid-options`. */
  has(id: string, options?: Abortable): Promise<boolean>
  /** `null` where it is not stored. Errors: `memory-corrupt`. */
  get(id: string, options?: Abortable): Promise<TrajectoryListing | null>
  /** In pages, the newest first unless asked otherwise. Errors: `invalid-options`. What is damaged is left out, and named in `stats`. */
  list(options?: ListOptions & Abortable): Promise<ListPage>
  /** The recorded episodes and what their prompts had shown, the newest first; the latest 10,000 are kept. Errors: `invalid-options`. */
  episodes(options?: EpisodeListOptions & Abortable): Promise<EpisodePage>
  /** Trajectories stored, of whatever status. */
  count(options?: Abortable): Promise<number>
  /** How much is stored, what is wrong with it, and what answers searches; as of now. */
  stats(options?: { perTrajectory?: boolean } & Abortable): Promise<MemoryStats>
  /**
   * Applies a rule of pruning to all; resolves with the ids taken out of retrieval. They stay stored.
   * Works in parts: one that is aborted may have pruned some. Errors: `invalid-options`.
   */
  curate(curation: Curation, options?: Abortable): Promise<string[]>
  /** Removes a trajectory, its vectors and its counts. `false` where it was not stored. */
  delete(id: string, options?: Abortable): Promise<boolean>
  /** Removes everything. */
  clear(options?: Abortable): Promise<void>
  /**
   * Copies everything into a memory of another name, which must not exist or be empty. It appears whole or not at all.
   * Errors: `invalid-options` (the name is taken), `memory-quota`, `memory-blocked`.
   */
  fork(name: string, options?: Abortable): Promise<void>
  /**
   * The trajectories as JSON lines, each with its line break: a header, then the oldest first, then a line with the SHA-256 of all
   * lines before it. Reads a page at a time. Vectors are not exported.
   */
  export(options?: Abortable): AsyncGenerator<string, void, undefined>
  /**
   * Reads what `export` wrote, or trajectory files of package `icrl`. Good lines are stored, in parts; bad ones are reported. An id
   * that is stored already is left as it is. What comes in is marked as imported, and in quarantine (stored, never retrieved)
   * unless `accept` is set. One that is aborted keeps what it had stored, and says how much.
   * Errors: `import-invalid` where nothing was usable; `memory-quota`; with `accept`, `embedder-failed`.
   */
  import(source: ImportSource | readonly ImportSource[], options?: ImportOptions): Promise<ImportResult>
  /** Calls the listener with what happens beside its calls; returns what ends that. */
  subscribe(listener: (event: MemoryEvent) => void): () => void
  /** Waits for a write that is being committed, then gives everything back. Calls under way reject. */
  close(): Promise<void>
}

/** What happens in a memory without being asked for. */
export type MemoryEvent =
  /** Another tab or handle changed these; `null` where it was too much to tell. */
  | { type: 'changed'; ids: readonly string[] | null }
  /** `maxTrajectories` was exceeded, or too many waited to be confirmed, and these were deleted. */
  | { type: 'evicted'; ids: readonly string[] }
  /** Vectors that were missing, damaged or of another embedder are being made again. */
  | { type: 'rebuilding'; done: number; total: number }
  /** What answers searches has changed. */
  | { type: 'index'; state: IndexState }
  /** A lost worker was started again, or a closed connection opened again. Nothing acknowledged was lost. */
  | { type: 'recovered'; message: string }
  /** Something did not work that nobody was waiting for. */
  | { type: 'warning'; message: string }

/** Text of JSON lines, or bytes of it; one file each where there are several. */
export type ImportSource = string | Blob | ReadableStream<string | Uint8Array> | AsyncIterable<string | Uint8Array>

export interface ImportOptions extends Abortable {
  /** Let what is imported be retrieved at once. Only for files that nobody else could have written. */
  accept?: boolean
  /** After each part that was stored. */
  onProgress?(progress: ImportProgress): void
}

export interface ImportProgress {
  /** Lines, or files of package `icrl`, that were looked at. */
  lines: number
  imported: number
  /** Stored already. */
  skipped: number
  invalid: number
}

export interface ImportResult extends ImportProgress {
  /** The first thousand bad lines. `file` counts the sources from 0, `line` from 1. */
  problems: { file: number; line: number; reason: string }[]
  /** Whether the SHA-256 at the end of an export is that of its lines; `missing` where a file has none. The worst of all files. */
  checksum: 'ok' | 'missing' | 'mismatch'
}

/** Why a trajectory is retrieved, or is not: `active` alone is. */
export type TrajectoryStatus =
  | 'active'
  | 'failed' //      it was no success
  | 'pruned' //      by curation
  | 'retired' //     by feedback
  | 'superseded' //  by a newer one
  | 'quarantined' // imported or unconfirmed, and not accepted yet

/** A stored trajectory and what became of it. */
export interface TrajectoryListing {
  trajectory: Trajectory
  status: TrajectoryStatus
  /** Id of the trajectory that replaced it. */
  supersededBy?: string
  /** Episodes that were shown it, each counted once. */
  retrievals: number
  /** Those of them that succeeded. */
  successes: number
  /** Share of successes, 0 to 1, with feedback counted double; 1 while less than three episodes' worth is known. */
  utility: number
  /** `Σ o·f / Σ f` over the episodes that were shown it, `f` its share of what they were shown; `null` before the first. */
  quality: number | null
  /** The latest verdicts, oldest first. */
  feedback: FeedbackEntry[]
}

/** Which part of the stored trajectories. */
export interface ListOptions {
  /** 1 to 1,000 (default 50). */
  limit?: number
  /** The `next` of the page before, with the other options unchanged. */
  cursor?: string
  /** All where absent. */
  status?: TrajectoryStatus
  /** Only those with this text in their goal, plan, outcome or steps, whatever its case. */
  search?: string
  /** `'newest'` (default) or `'oldest'` first; `'utility'` the lowest first, the older first among equals. */
  order?: 'newest' | 'oldest' | 'utility'
}

/** A part of the stored trajectories. */
export interface ListPage {
  /** At most `limit`. */
  items: TrajectoryListing[]
  /** The `cursor` of the next page; absent where nothing follows. The page it leads to may be empty. */
  next?: string
}

/** Which part of the recorded episodes. */
export interface EpisodeListOptions {
  /** 1 to 1,000 (default 50). */
  limit?: number
  /** The `next` of the page before. */
  cursor?: number
  /** Only episodes that were shown this trajectory. */
  trajectoryId?: string
}

export interface EpisodePage {
  items: EpisodeListing[]
  next?: number
}

/** A recorded episode: what was shown, and what came of it. */
export interface EpisodeListing {
  /** Id of its trajectory. */
  id: string
  /** ISO 8601. */
  at: string
  goal: string
  success: boolean
  /** Its trajectory was kept. */
  stored: boolean
  /** Its outcome is the agent's own word, after text that others may have written: what it was shown is not credited, until a user confirms it. */
  unconfirmed?: true
  shown: ShownSummary[]
}

/** The state of a memory. */
export interface MemoryStats {
  /** Trajectories stored, of whatever status. */
  count: number
  /** Of these, those that can be retrieved at this moment. */
  retrievable: number
  /** Of these, those that curation took out of retrieval. */
  pruned: number
  /** Present while what was stored is still being read. */
  loading?: { done: number; total: number }
  /** Present while vectors are being made again. */
  rebuilding?: { done: number; total: number }
  /** Trajectories found damaged since the memory was opened. They are left out of retrieval. */
  corrupt: { id: string; message: string }[]
  /** The one it was opened with. */
  embedder: { id: string; dimensions: number }
  /** What answers searches, and why. */
  index: IndexState
  /** Bytes by kind, before the browser's own overhead: records (as JSON), vectors, and the saved index. */
  bytes: { trajectories: number; vectors: number; index: number }
  storage: StorageStats
  /** Only where asked for, with `perTrajectory`: all of them, in no particular order. */
  trajectories?: { id: string; retrievals: number; successes: number; utility: number; quality: number | null }[]
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
  /** What it answered when it was asked to, at the first `add`; absent before that. */
  persistence?: 'granted' | 'refused' | 'unavailable'
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

/** Last line of an export. */
export interface ExportTrailer {
  format: 'reprise-trajectories'
  end: true
  /** Trajectories written. */
  count: number
  /** Of all lines before this one, as UTF-8, line breaks included; in hexadecimal. */
  sha256: string
}
