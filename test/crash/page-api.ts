/** What the test and the page that is killed say to each other. */
import type { EpisodeRecord, FeedbackSignal, MemoryQuery, RecordResult } from '../../src/core/memory.ts'
import type { Trajectory } from '../../src/core/trajectory.ts'
import type { MemoryStats, TrajectoryStatus } from '../../src/memory/open-memory.ts'

/** Of the vectors of all memories of these tests. */
export const DIMENSIONS = 64

export type IndexKind = 'auto' | 'exact' | 'hnsw'

export type Action =
  | { kind: 'add'; trajectory: Trajectory }
  | { kind: 'record'; episode: EpisodeRecord }
  | { kind: 'delete'; id: string }
  | { kind: 'feedback'; id: string; signal: FeedbackSignal }
  | { kind: 'accept'; ids: string[] }
  | { kind: 'fork'; name: string }
  | { kind: 'import'; trajectories: Trajectory[]; accept: boolean }

/** To open a memory takes long where its store is of version 1. */
export type Step = Action | { kind: 'open'; name: string; index: IndexKind }

export type Result =
  | RecordResult
  | { stored: Trajectory }
  | { deleted: boolean }
  | { known: boolean }
  | { accepted: string[] }
  | { imported: number; skipped: number; invalid: number }
  | null

export type Report =
  | { type: 'begin' }
  /** `i` is the action's place in the list that `run` was given. */
  | { type: 'acknowledged'; i: number; result: Result }
  | { type: 'progress'; i: number; imported: number }
  | { type: 'failed'; i: number; code: string; message: string }
  | { type: 'end' }

export interface PageApi {
  open(name: string, index: IndexKind): Promise<void>
  /** Does all of it, so many at a time, and reports. Never rejects. */
  run(steps: readonly Step[], options: { lanes: number }): Promise<void>
  perform(action: Action): Promise<Result>
  /** Kills the worker behind the memory's back. */
  terminateWorker(): void
  /** Ids, best first. */
  retrieve(query: MemoryQuery): Promise<string[]>
  survey(queries: readonly MemoryQuery[], options: SurveyOptions): Promise<Survey>
  close(): Promise<void>
  dump(name: string): Promise<Dump | null>
  /** Makes a store of version 1. */
  makeVersion1(name: string, trajectories: readonly Trajectory[], embedder: { id: string; dimensions: number }): Promise<void>
  deleteMemory(name: string): Promise<void>
}

export interface SurveyOptions {
  k: number
  /** Wait until a graph answers. */
  graph: boolean
  /** Wait until so many can be retrieved, as long as that may take. */
  retrievable?: number
}

export interface Survey {
  count: number
  stats: Pick<MemoryStats, 'count' | 'retrievable' | 'pruned' | 'corrupt'> & { index: 'exact' | 'hnsw' }
  listed: { id: string; status: TrajectoryStatus; retrievals: number; verdicts: number }[]
  /** For each query the ids with their scores, best first. */
  retrieved: [id: string, score: number][][]
}

/** Rows as they lie there; instead of typed arrays their sizes. */
export interface Dump {
  version: number
  tables: Record<string, Record<string, unknown>[]>
}
