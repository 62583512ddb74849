/**
 * The contract of a store: tables of rows by id, read and written in transactions that the store lends.
 * Rows of `trajectories` are the truth, and `ledger` and `episodes` what became of them; `keys`, `observations` and `reasonings`
 * can be computed from them again. Snapshots of the index lie beside them, in `snapshots`, and are never needed.
 */
import type { FeedbackSource } from '../../core/memory.ts'
import type { Trajectory } from '../../core/trajectory.ts'
import type { PackedVectors } from '../../util/packed-vectors.ts'
import type { ShownSummary } from '../ledger.ts'

export interface TrajectoryStore {
  readonly kind: 'indexeddb' | 'memory'
  /** A consistent view of all tables but `snapshots`. `work` must await nothing but its reader. It may run twice. */
  read<T>(work: (reader: StoreReader) => Promise<T>): Promise<T>
  /**
   * All of `work`'s changes to all tables but `snapshots`, durably, or none: rejected work leaves the store as it was. `work` must
   * await nothing but its writer. Where the browser closed the connection it runs once more on a new one, perhaps after all had
   * been stored: it must find out, and do nothing twice.
   * Errors: `memory-quota`, `memory-closed`, `memory-blocked`.
   */
  write<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T>
  /** As `read` and `write`, of `snapshots` alone: neither waits for the other tables. Not durable beyond what the browser does by itself. */
  snapshots: {
    read<T>(work: (reader: StoreReader) => Promise<T>): Promise<T>
    write<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T>
  }
  /** Later reads and writes reject with `memory-closed`. */
  close(): void
}

export interface StoreReader {
  get<T extends Table>(table: T, id: RowId<T>): Promise<Tables[T] | undefined>
  /** How many rows there are. */
  count(table: Table): Promise<number>
  /** Rows in the order of their ids, from the first after `after`. */
  rows<T extends Table>(table: T, page: { after?: RowId<T> | undefined; limit: number }): Promise<Tables[T][]>
  /** All ids, in order. */
  ids<T extends Table>(table: T): Promise<RowId<T>[]>
  /** Rows by an index, in its order, from the first beyond `from`. */
  by<I extends IndexName>(index: I, page: IndexPage<I>): Promise<Tables[(typeof INDEXES)[I]['table']][]>
  /** Rows that have `value` at the index, newest first where `value` is shared by many; at most `limit`, from the first whose id is below `before`. */
  where<I extends LookupName>(
    index: I,
    value: string,
    page?: { limit?: number; before?: RowId<(typeof LOOKUPS)[I]['table']> | undefined },
  ): Promise<Tables[(typeof LOOKUPS)[I]['table']][]>
}

export interface StoreWriter extends StoreReader {
  /** Adds the row, or replaces the one with its id. */
  put<T extends Table>(table: T, row: Tables[T]): Promise<void>
  delete<T extends Table>(table: T, id: RowId<T>): Promise<void>
  /** Deletes rows up to and with this id. */
  deleteUpTo<T extends Table>(table: T, id: RowId<T>): Promise<void>
  clear(table: Table): Promise<void>
}

export interface Tables {
  trajectories: TrajectoryRow
  keys: KeysRow
  observations: StepVectorsRow
  reasonings: StepVectorsRow
  ledger: LedgerRow
  episodes: EpisodeRow
  changes: ChangeRow
  meta: MetaRow
  snapshots: SnapshotRow
}
export type Table = keyof Tables
export type RowId<T extends Table> = Tables[T]['id']

/** All but `snapshots`. */
export const TABLES: readonly Exclude<Table, 'snapshots'>[] = [
  'trajectories',
  'keys',
  'observations',
  'reasonings',
  'ledger',
  'episodes',
  'changes',
  'meta',
]

/** Orders in which rows can be paged through. */
export const INDEXES: {
  readonly seq: { readonly table: 'trajectories'; readonly path: 'seq' }
  readonly utility: { readonly table: 'ledger'; readonly path: readonly string[] }
} = {
  /** When it was stored. */
  seq: { table: 'trajectories', path: 'seq' },
  /** Utility, the older first among equals. */
  utility: { table: 'ledger', path: ['utility', 'seq'] },
}
export type IndexName = keyof typeof INDEXES

export interface IndexPage<I extends IndexName> {
  from?: IndexKey<I> | undefined
  order: 'ascending' | 'descending'
  limit: number
}
export type IndexKey<I extends IndexName> = I extends 'seq' ? number : [utility: number, seq: number]

/** Fields by which rows can be found. */
export const LOOKUPS: {
  readonly supersedes: Lookup<'trajectories'>
  readonly episode: Lookup<'episodes'>
  readonly shown: Lookup<'episodes'>
} = {
  /** Trajectories that say they replace this one. */
  supersedes: { table: 'trajectories', path: 'replaces', many: false },
  /** The booking of this episode, by the id of its trajectory. */
  episode: { table: 'episodes', path: 'episode', many: false },
  /** Episodes that were shown this trajectory. */
  shown: { table: 'episodes', path: 'shownIds', many: true },
}
export type LookupName = keyof typeof LOOKUPS
interface Lookup<T extends Table> {
  readonly table: T
  readonly path: string
  /** Whether the field is a list, each item of which finds the row. */
  readonly many: boolean
}

export interface TrajectoryRow {
  id: string
  /** Grows with each trajectory stored. */
  seq: number
  /** `quarantined`: imported, or a success by the agent's word alone, and not accepted yet. `retired`: by feedback. `pruned`: by curation. */
  status: 'active' | 'pruned' | 'retired' | 'quarantined'
  /** What becomes of one in quarantine when it is accepted, where that is not `active`. */
  onAccept?: 'pruned' | 'retired'
  /** The trajectory that replaces it. */
  supersededBy?: string
  /** The one that it replaces; only while it may do so: it is a success and active. */
  replaces?: string
  /** Size of the trajectory as JSON, in UTF-16 code units. */
  bytes: number
  trajectory: Trajectory
}

/** All that a search needs of a trajectory; there is one for each. */
export interface KeysRow {
  id: string
  /** Whether it may be retrieved: successful, and neither quarantined, pruned, retired nor superseded. */
  active: boolean
  /** Names of goal and plan: equal for equal texts. */
  goalKey: string
  planKey: string
  createdAt: string
  taskId?: string
  /** Name of the source of its page text; absent where it holds none, and in rows of before there were sources. */
  source?: string
  /** Of goal and plan, in this order. Missing where it may not be retrieved, or was not embedded yet. */
  vectors?: PackedVectors
  /** Id of the embedder of these and of the steps' vectors. */
  embedder?: string
}

/** The vectors of the observations, or the reasonings, of a trajectory's steps. */
export interface StepVectorsRow extends PackedVectors {
  id: string
}

/** How a trajectory has fared; there is one for each. */
export interface LedgerRow {
  id: string
  /** Of the trajectory's row. */
  seq: number
  /**
   * As of the counts below, so that rows can be ordered by it; −1 while the trajectory is in quarantine, −2 where it waits there on
   * the agent's word alone.
   */
  utility: number
  /** Name of the source of its text; only while it waits on the agent's word. */
  waiting?: string
  /** Episodes that were shown it. */
  retrievals: number
  successesWhenRetrieved: number
  /** Only where a curation has a half-life. */
  decayed?: { retrievals: number; successes: number } | undefined
  /** For Q: the sum of its shares of episodes' retrievals, and of those of the successful ones. */
  shares: number
  sharesOfSuccesses: number
  /** The latest verdicts, oldest first, and the weights of all. */
  feedback?: { last: FeedbackEntry[]; weight: number; successes: number }
}

/** A verdict given later. */
export interface FeedbackEntry {
  /** Given once, however often the call was repeated. */
  id: string
  /** ISO 8601. */
  at: string
  /** −1 (harmful) to 1 (right). */
  value: number
  source: FeedbackSource
  note?: string
}

/** One recorded episode and what its prompts had shown. */
export interface EpisodeRow {
  id: number
  /** Id of its trajectory, stored or not: an episode is booked once. */
  episode: string
  at: string
  goal: string
  stored: boolean
  success: boolean
  /** What the booking took out of retrieval. */
  pruned: string[]
  /** Its trajectory was put into quarantine, since nobody had confirmed its success. */
  quarantined?: true
  /** What it was shown is not credited, since nobody has confirmed its outcome yet; how it would have been. */
  owed?: { halfLife?: number }
  shown: ShownSummary[]
  shownIds: string[]
}

/** One change of what can be retrieved. */
export interface ChangeRow {
  /** Its number: one more than that of the change before. */
  id: number
  /** Trajectories that came, went or changed; `null` where all went. */
  ids: string[] | null
}

export interface MetaRow {
  id: 'meta'
  embedder: { id: string; dimensions: number }
  /** The next `seq` of a trajectory or id of an episode. */
  nextSeq: number
  /** Number of the last change; 0 before the first. */
  revision: number
  /** Changes up to this one are forgotten. */
  forgotten: number
  /** The snapshot of the index that was saved last covers the changes up to this one. */
  covered?: number
  /** Sums over what is stored, for `stats`. */
  bytes: { trajectories: number; vectors: number }
  /** Trajectories that curation took out of retrieval. */
  pruned: number
  /** Up to which number the oldest of too many episodes were looked for. */
  episodesChecked?: number
  /** Set while this store is being filled by a fork: what it holds is not whole, and nobody was told that it is stored. */
  unfinished?: true
}

/** A part of a snapshot of the index, or the list of the parts. */
export interface SnapshotRow {
  id: string
  /** Revision of the store that the snapshot covers; only with the list. */
  revision?: number
  embedder?: string
  parts?: { id: string; bytes: number; sha256: string }[]
  bytes?: Uint8Array<ArrayBuffer>
}
