/**
 * Database selection by population-based training: several databases learn from the same tasks, and again and again the worst of
 * them gives way to a copy of the best. Source: arXiv 2505.00234.
 */
import * as z from 'zod/mini'
import { RepriseError } from '../../core/errors.ts'
import { throwIfAborted } from '../../util/abort.ts'
import { abortSignal, callable, parse, withMethods } from '../../util/validate.ts'
import { alone } from './alone.ts'
import type { SelectableMemory } from './databases.ts'
import { rowsOf, standings, type SelectionRow } from './population.ts'
import type { Books } from './progress.ts'
import type { SelectDatabaseOptions } from './selection-options.ts'
import { beginSegment, makeCopies, openPopulation, runSegment } from './stages.ts'
import type { Training } from './train-member.ts'

/** How a selection ended. */
export interface DatabaseSelection {
  /** Name of the database that did best in the last segment; among equals as `table` says. */
  best: string
  /** Names of all databases at the end, by member. For `selectExemplars`. */
  databases: string[]
  /** A row per segment and member, segment by segment. `formatTable` prints it. */
  table: SelectionRow[]
}

/**
 * Trains `size` databases on the same goals, in segments that double. After each segment but the last, the database with the fewest
 * successes in it is replaced by a copy of the one with the most. Among equals those with fewer successes in all tasks that made them,
 * the tasks of what they were copied from included, count as worse; among these the higher member. Where all did equally well in a
 * segment, none is replaced.
 *
 * Progress is kept after each task. A second call with the same name and options goes on where the first was interrupted, by an abort,
 * an error or a crash: a task that was booked is never run again. One that was under way is, and what its first attempt had
 * stored stays in the memory. A call after the end resolves with the same result and runs nothing.
 *
 * A task that breaks by a fault of its own (`environment-failed`, `model-output`, `budget-exceeded`, `approval-denied`) counts as no
 * success; any other error ends the selection, which can be continued.
 * Errors: `invalid-options` (also where the name was begun with other options, or a database of it holds something else),
 * `aborted`, `memory-blocked` (it is running in another tab), `memory-corrupt` (the kept progress), those of the memories and of `run`.
 *
 * @example
 * const { best, databases, table } = await selectDatabase({
 *   name: 'tickets',
 *   databases: { open: (name) => openMemory({ name, embedder }), delete: deleteMemory },
 *   goals,
 *   createAgent: (memory) => createAgent({ model, memory }),
 *   createEnvironment: () => ticketEnvironment(),
 * })
 * console.log(formatTable(table))
 * const memory = await openMemory({ name: best, embedder })
 */
export async function selectDatabase<M extends SelectableMemory>(options: SelectDatabaseOptions<M>): Promise<DatabaseSelection> {
  parse(schema, options, 'selectDatabase options')
  const { run, createAgent, createEnvironment }: { [K in keyof Training<M>]?: unknown } = options
  if (run === undefined ? !createAgent || !createEnvironment : (createAgent ?? createEnvironment))
    throw new RepriseError('invalid-options', 'selectDatabase options: give either run, or createAgent and createEnvironment.')
  throwIfAborted(options.signal)
  return alone(options.name, async () => {
    const population = await openPopulation(options)
    do {
      await makeCopies(population)
      await runSegment(population)
    } while (await beginSegment(population))
    return resultOf(population.progress.books)
  })
}

const positive = z.int().check(z.gte(1))
const upTo64 = positive.check(z.lte(64))

const schema: z.ZodMiniType = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(180)),
  databases: withMethods('open', 'delete'),
  goals: z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
  size: z.optional(upTo64),
  firstSegment: z.optional(positive),
  concurrency: z.optional(upTo64),
  seed: z.optional(withMethods('fork')),
  state: z.optional(withMethods('load', 'save')),
  signal: z.optional(abortSignal),
  onEvent: z.optional(callable),
  run: z.optional(callable),
  createAgent: z.optional(callable),
  createEnvironment: z.optional(callable),
})

function resultOf({ segments }: Books): DatabaseSelection {
  const databases = (segments.at(-1) ?? []).map(({ database }) => database)
  const winner = standings(segments).at(-1)?.[0] ?? 0
  return { best: databases[winner] ?? '', databases, table: rowsOf(segments) }
}
