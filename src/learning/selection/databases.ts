/** What a selection needs of memories: that they can be opened by name, copied and deleted. */
import { RepriseError } from '../../core/errors.ts'
import type { Awaitable } from '../../core/json.ts'
import type { OpenMemory } from '../../memory/open-memory.ts'
import { abortable } from '../../util/abort.ts'

/** Opens and deletes memories by name. With `openMemory` and `deleteMemory` it is one line. */
export interface Databases<M extends Pick<OpenMemory, 'close'>> {
  /** Opens the memory of this name, made when it is not there yet. It is closed here once it is not needed for now. */
  open(name: string, options: { signal: AbortSignal }): Awaitable<M>
  /** Deletes a memory that is not open, with all it holds. One that is not there is no error. */
  delete(name: string): Awaitable<void>
}

/** What a memory must be able to do, for its database to be selected among others. `openMemory` gives one. */
export type SelectableMemory = Pick<OpenMemory, 'fork' | 'count' | 'close'>

/** Lends a memory for as long as `work` takes. */
export async function withMemory<M extends Pick<OpenMemory, 'close'>, T>(
  { databases, signal }: { databases: Pick<Databases<M>, 'open'>; signal: AbortSignal },
  name: string,
  work: (memory: M) => Promise<T>,
): Promise<T> {
  const opening = (async () => databases.open(name, { signal }))()
  const memory = await abortable(opening, signal).catch((error: unknown) => {
    opening.then((late) => late.close()).catch(() => {}) // told already, or nobody waits for it any more
    throw error
  })
  const result = await work(memory).catch(async (error: unknown) => {
    await memory.close().catch(() => {}) // the error that came first says more
    throw error
  })
  await memory.close()
  return result
}

/** Refuses a name under which something is stored that is not of this selection. Errors: `invalid-options`. */
export async function checkEmpty(given: { databases: Databases<SelectableMemory>; signal: AbortSignal }, name: string): Promise<void> {
  const count = await withMemory(given, name, (memory) => memory.count({ signal: given.signal }))
  if (count > 0)
    throw new RepriseError(
      'invalid-options',
      `A memory "${name}" with ${count} trajectories is there already, and no progress that would account for it. Nothing was touched. Choose another name, or delete it.`,
    )
}
