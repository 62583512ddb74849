/** Exemplar selection: of all that several databases learned, for each task the trajectory that helped most. Source: arXiv 2505.00234. */
import { tell } from '../../util/tell.ts'
import * as z from 'zod/mini'
import { RepriseError } from '../../core/errors.ts'
import type { OpenMemory, TrajectoryListing } from '../../memory/open-memory.ts'
import { throwIfAborted } from '../../util/abort.ts'
import { abortSignal, callable, parse, withMethods } from '../../util/validate.ts'
import { withMemory, type Databases } from './databases.ts'

/** What exemplars are read from. `openMemory` gives one. */
export type ExemplarSource = Pick<OpenMemory, 'list' | 'get' | 'close'>

/** What `selectExemplars` takes. */
export interface SelectExemplarsOptions {
  /** Names of the databases to choose from, for instance those that `selectDatabase` ended with. */
  names: readonly string[]
  /** As for `selectDatabase`. Each is open only while it is read, one at a time. */
  databases: Pick<Databases<ExemplarSource>, 'open'>
  /** Where the chosen ones are stored; normally new. What it holds stays, and it is left open. */
  target: Pick<OpenMemory, 'add' | 'has'>
  /** Ends the call, which rejects with `aborted`; what was stored stays, and a second call stores the rest. */
  signal?: AbortSignal
  onEvent?: (event: ExemplarSelectionEvent) => void
}

/** Progress of `selectExemplars`. */
export type ExemplarSelectionEvent =
  /** Part of a database was read. `candidates` and `tasks` count over all databases so far. */
  | { type: 'read'; database: string; candidates: number; tasks: number }
  /** A chosen trajectory is in the target; `stored` is `false` where it was there already. */
  | { type: 'chosen'; row: ExemplarRow; stored: boolean; done: number; total: number }

/** The choice for one task. */
export interface ExemplarRow {
  /** Its `taskId`, or its goal where it has none. */
  task: string
  /** Id of the chosen trajectory. */
  trajectory: string
  /** Where it was chosen from. */
  database: string
  /** Its exemplar quality Q there, 0 to 1; `null` where no episode was shown it. */
  quality: number | null
  retrievals: number
  /** How many it was chosen from: trajectories that can be retrieved, one that several databases have once for each. */
  candidates: number
}

/** What `selectExemplars` resolves with. */
export interface ExemplarSelection {
  /** A row per task, in the order in which the tasks were found. `formatTable` prints it. */
  table: ExemplarRow[]
  /** Trajectories that this call stored; the others of the table were there already. */
  stored: number
}

/**
 * Stores in `target`, for each task, the trajectory with the highest exemplar quality Q of all databases: `Q = Σ o·f / Σ f` over the
 * episodes that were shown it, with outcome o and its share f of what was shown. Tasks are told apart by `taskId`, or by the goal
 * where there is none. Only trajectories that can be retrieved are chosen from: no failed, pruned, retired, superseded or
 * quarantined ones.
 *
 * Order: the higher Q; one that no episode was shown stands below every Q above 0, and above a Q of 0, since it is better to know
 * nothing than that it never helped. Among equals the one with more retrievals, then the newer, then the lower id, then the
 * database named first.
 *
 * Ids, dates and provenance are kept; counts and verdicts begin anew in the target. A call that was interrupted can be made again:
 * it stores what is missing, provided that the databases were not changed meanwhile.
 * Errors: `invalid-options`, `aborted`, those of the memories.
 *
 * @example
 * const target = await openMemory({ name: 'tickets-best', embedder })
 * const { table } = await selectExemplars({ names: databases, databases: { open: (name) => openMemory({ name, embedder }) }, target })
 */
export async function selectExemplars(options: SelectExemplarsOptions): Promise<ExemplarSelection> {
  parse(schema, options, 'selectExemplars options')
  const { signal = new AbortController().signal, onEvent } = options
  throwIfAborted(signal)
  const task: Task = { ...options, signal, emit: (event) => tell(onEvent, event) }
  const table = await choose(task)
  return { table, stored: await storeIn(task, table) }
}

const schema: z.ZodMiniType = z.strictObject({
  names: z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
  databases: withMethods('open'),
  target: withMethods('add', 'has'),
  signal: z.optional(abortSignal),
  onEvent: z.optional(callable),
})

type Task = Pick<SelectExemplarsOptions, 'names' | 'databases' | 'target'> & {
  signal: AbortSignal
  emit(event: ExemplarSelectionEvent): void
}

/** Listings read at once. */
const PAGE = 100

/** Reads every database once, and keeps of each task no more than which trajectory it is. */
async function choose({ names, databases, signal, emit }: Task): Promise<ExemplarRow[]> {
  const choices = new Map<string, Candidate & { candidates: number }>()
  let candidates = 0
  for (const database of names)
    await withMemory({ databases, signal }, database, async (memory) => {
      let cursor: string | undefined
      do {
        throwIfAborted(signal)
        const page = await memory.list({ status: 'active', order: 'oldest', limit: PAGE, ...(cursor !== undefined && { cursor }), signal })
        for (const listing of page.items.filter(({ status }) => status === 'active')) {
          const key = keyOf(listing)
          const before = choices.get(key)
          const candidate = candidateOf(listing, database)
          const better = before && compare(before, candidate) <= 0 ? before : candidate
          choices.set(key, { ...better, candidates: (before?.candidates ?? 0) + 1 })
        }
        candidates += page.items.length
        emit({ type: 'read', database, candidates, tasks: choices.size })
        cursor = page.next
      } while (cursor !== undefined)
    })
  return Array.from(choices.values(), ({ createdAt: _createdAt, ...row }) => row)
}

/** A task id and a goal may read the same and be different tasks. */
function keyOf({ trajectory: { taskId, goal } }: TrajectoryListing): string {
  return JSON.stringify(taskId === undefined ? { goal } : { taskId })
}

type Candidate = Omit<ExemplarRow, 'candidates'> & { createdAt: number }

function candidateOf({ trajectory, quality, retrievals }: TrajectoryListing, database: string): Candidate {
  const { id, taskId, goal, createdAt } = trajectory
  return { task: taskId ?? goal, trajectory: id, database, quality, retrievals, createdAt: Date.parse(createdAt) }
}

/** Below 0 where `a` is to be preferred, 0 where only the database differs. */
function compare(a: Candidate, b: Candidate): number {
  return (
    worth(b) - worth(a) ||
    b.retrievals - a.retrievals ||
    b.createdAt - a.createdAt ||
    (a.trajectory === b.trajectory ? 0 : a.trajectory < b.trajectory ? -1 : 1)
  )
}

function worth({ quality }: Candidate): number {
  return quality ?? Number.MIN_VALUE
}

/** Resolves with how many were not there yet. */
async function storeIn({ names, databases, target, signal, emit }: Task, table: readonly ExemplarRow[]): Promise<number> {
  let done = 0
  let stored = 0
  const settled = (row: ExemplarRow, isNew: boolean): void => {
    if (isNew) stored++
    emit({ type: 'chosen', row, stored: isNew, done: ++done, total: table.length })
  }
  const missing: ExemplarRow[] = []
  for (const row of table) {
    throwIfAborted(signal)
    if (await target.has(row.trajectory, { signal })) settled(row, false)
    else missing.push(row)
  }
  for (const database of names) {
    const rows = missing.filter((row) => row.database === database)
    if (rows.length === 0) continue
    await withMemory({ databases, signal }, database, async (memory) => {
      for (const row of rows) {
        throwIfAborted(signal)
        const listing = await memory.get(row.trajectory, { signal })
        if (!listing) throw vanished(row)
        await target.add(listing.trajectory, { signal })
        settled(row, true)
      }
    })
  }
  return stored
}

function vanished({ trajectory, database }: ExemplarRow): RepriseError {
  return new RepriseError(
    'invalid-options',
    `The database "${database}" lost the trajectory "${trajectory}" while exemplars were selected. What was stored in the target is kept. Call again once the databases are at rest.`,
  )
}
