/** The books of a selection: what is done, and what was begun, such that any interruption can be taken up again. */
import * as z from 'zod/mini'
import { RepriseError } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { contentHash } from '../../util/hash.ts'
import { explain } from '../../util/validate.ts'
import type { Stint } from './population.ts'
import type { SelectionState } from './state-stores.ts'

/** What a selection was asked to do. It cannot change on the way. */
export interface Terms {
  /** Hash of the goals, in their order. */
  goals: string
  tasks: number
  size: number
  firstSegment: number
  seeded: boolean
}

/** All that is kept. Plain JSON. */
export interface Books {
  format: 'reprise-selection'
  version: 1
  name: string
  terms: Terms
  /** Segments begun, each with the databases of its members. The last is the current one. */
  segments: Stint[][]
  /** Databases of the current segment that are still to be copied. What lies under such a name is a copy that broke off. */
  pending: string[]
  /** Databases that were replaced and are still to be deleted. */
  obsolete: string[]
}

export interface Progress {
  readonly books: Readonly<Books>
  /** Changes the books, and resolves once that is kept. After a failure every later one fails too. */
  book(change: (books: Books) => void): Promise<void>
}

const schema: z.ZodMiniType<Books> = z.object({
  format: z.literal('reprise-selection'),
  version: z.literal(1),
  name: z.string(),
  terms: z.object({ goals: z.string(), tasks: z.int(), size: z.int(), firstSegment: z.int(), seeded: z.boolean() }),
  segments: z.array(z.array(z.object({ database: z.string(), outcomes: z.string().check(z.regex(/^[01x]*$/)) }))).check(z.minLength(1)),
  pending: z.array(z.string()),
  obsolete: z.array(z.string()),
})

/** What was kept under this name; `undefined` where nothing was. Errors: `memory-corrupt`, `invalid-options` (of another selection). */
export async function loadBooks(state: SelectionState, name: string): Promise<Books | undefined> {
  const kept = await state.load()
  if (kept === undefined || kept === null) return undefined
  const result = z.safeParse(schema, kept)
  if (!result.success)
    throw new RepriseError(
      'memory-corrupt',
      `The progress that was kept does not read as that of a selection (${explain(result.error.issues)}). Nothing was touched. It may be of a newer version of this library; to begin anew, delete the databases whose names begin with "${name}/" and save null to the state.`,
    )
  if (result.data.name !== name)
    throw new RepriseError(
      'invalid-options',
      `The state holds the progress of the selection "${result.data.name}", not of "${name}". Nothing was touched. Give each selection a state of its own.`,
    )
  return result.data
}

/** Refuses to go on with other terms than those that the selection was begun with. */
export function checkTerms(kept: Books, terms: Terms): void {
  const differences = (Object.keys(terms) as (keyof Terms)[])
    .filter((key) => kept.terms[key] !== terms[key])
    .map((key) => DIFFERENCE[key](kept.terms, terms))
  if (differences.length > 0)
    throw new RepriseError(
      'invalid-options',
      `The selection "${kept.name}" was begun with other options: ${differences.join('; ')}. Nothing was touched. Give those it was begun with, or another name, or end it with discardSelection.`,
    )
}

const DIFFERENCE: Record<keyof Terms, (kept: Terms, given: Terms) => string> = {
  goals: () => 'its goals were others, or in another order',
  tasks: (kept, given) => `it had ${kept.tasks} goals, not ${given.tasks}`,
  size: (kept, given) => `size was ${kept.size}, not ${given.size}`,
  firstSegment: (kept, given) => `firstSegment was ${kept.firstSegment}, not ${given.firstSegment}`,
  seeded: (kept) => `it was begun ${kept.seeded ? 'with' : 'without'} a seed`,
}

export function hashGoals(goals: readonly string[]): string {
  return contentHash(JSON.stringify(goals))
}

/** Keeps changes one after another. */
export function keepBooks(state: SelectionState, books: Books): Progress {
  let saved: Promise<void> = Promise.resolve()
  return {
    books,
    book(change) {
      change(books)
      const value = structuredClone(books) as unknown as JsonValue
      saved = saved.then(() => state.save(value))
      return saved
    },
  }
}
