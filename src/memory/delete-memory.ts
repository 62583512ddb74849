/** The way out of a memory that cannot or need not be opened. */
import * as z from 'zod/mini'
import { parse } from '../util/validate.ts'
import { blocked, openError } from './store/idb-errors.ts'
import { databaseName } from './store/database-name.ts'

/** Of `storedEmbedder`, whose code a page should not load for this. */
const EMBEDDINGS = 'reprise-embeddings'

/**
 * Deletes a memory that is not open, with all it holds; one that is open, in this page or another tab, is closed there. The
 * embeddings that all memories of this origin remember go too, since they tell something of its texts; other memories make theirs
 * again.
 * @param timeout how long to wait for the browser (ms), for each of the two databases.
 * Errors: `memory-blocked` where a connection stays open, or IndexedDB refuses.
 */
export async function deleteMemory(name: string, { timeout = 10_000 }: { timeout?: number } = {}): Promise<void> {
  parse(z.string().check(z.minLength(1)), name, 'deleteMemory name')
  const later = 'will be deleted once it is closed: close it in this page, and other tabs.'
  try {
    await remove(databaseName(name), { timeout, message: `The memory "${name}" is still open somewhere. It ${later}` })
    await remove(EMBEDDINGS, {
      timeout,
      message: `The memory "${name}" is deleted. The database of embeddings is still in use, and ${later}`,
    })
  } catch (error) {
    throw openError(error, name)
  }
}

async function remove(database: string, { timeout, message }: { timeout: number; message: string }): Promise<void> {
  let refuse: (error: Error) => void = () => {}
  const refused = new Promise<never>((_, reject) => (refuse = reject))
  const block = (): void => refuse(blocked(message))
  // A deletion that waits behind another one is not told that it is blocked.
  const timer = setTimeout(block, timeout)
  try {
    await Promise.race([deleteDatabase(database, block), refused])
  } finally {
    clearTimeout(timer)
  }
}

/** By hand, since the rest of this library's IndexedDB code runs in the worker and a page should not load it for this. */
function deleteDatabase(name: string, onBlocked: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error ?? new Error('The browser gave no reason.'))
    request.onblocked = onBlocked
  })
}
