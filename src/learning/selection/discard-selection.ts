/** The end of a selection that is no longer needed. */
import * as z from 'zod/mini'
import { parse, withMethods } from '../../util/validate.ts'
import { alone } from './alone.ts'
import type { Databases, SelectableMemory } from './databases.ts'
import { loadBooks } from './progress.ts'
import { indexedDbState, type SelectionState } from './state-stores.ts'

/** What `discardSelection` takes. */
export interface DiscardSelectionOptions {
  /** Of the selection. */
  name: string
  databases: Pick<Databases<SelectableMemory>, 'delete'>
  /** Names of databases that stay, such as the best. */
  keep?: readonly string[]
  /** Where the selection kept its progress (default `indexedDbState(name)`). */
  state?: SelectionState
}

/**
 * Ends a selection, finished or not: deletes its databases and forgets its progress. Those in `keep` stay.
 * Where nothing is kept under the name, nothing happens. Errors: those of `databases.delete` and of the state; call again to go on.
 */
export async function discardSelection(options: DiscardSelectionOptions): Promise<void> {
  parse(schema, options, 'discardSelection options')
  const { name, databases, keep = [] } = options
  const state = options.state ?? indexedDbState(name)
  await alone(name, async () => {
    const books = await loadBooks(state, name)
    if (!books) return
    const current = books.segments.at(-1) ?? []
    const all = [...current.map(({ database }) => database), ...books.obsolete]
    for (const database of all.filter((one) => !keep.includes(one))) await databases.delete(database)
    await state.save(null)
  })
}

const schema: z.ZodMiniType = z.strictObject({
  name: z.string().check(z.minLength(1)),
  databases: withMethods('delete'),
  keep: z.optional(z.array(z.string())),
  state: z.optional(withMethods('load', 'save')),
})
