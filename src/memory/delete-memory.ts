/** The way out of a memory that cannot or need not be opened. */
import { deleteDB } from 'idb'
import { blocked, openError } from './store/idb-errors.ts'
import { databaseName } from './store/idb-store.ts'

/**
 * Deletes a memory that is not open, with all it holds; one that is open in another tab is closed there.
 * Errors: `memory-blocked` where a connection stays open.
 */
export async function deleteMemory(name: string): Promise<void> {
  let refuse: (error: Error) => void = () => {}
  const refused = new Promise<never>((_, reject) => (refuse = reject))
  try {
    const message = `The memory "${name}" is still open somewhere. It will be deleted once it is closed: close other tabs of this page.`
    await Promise.race([deleteDB(databaseName(name), { blocked: () => refuse(blocked(message)) }), refused])
  } catch (error) {
    throw openError(error, name)
  }
}
