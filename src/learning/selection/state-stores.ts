/** Where the progress of a selection is kept. */
import { RepriseError } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'

/** Keeps one JSON value. */
export interface SelectionState {
  /** What was saved last; `undefined` or `null` where nothing was. */
  load(): Promise<JsonValue | undefined>
  /** Resolves once it is kept, in place of what was. `null` forgets it. Never called again before it has settled. */
  save(value: JsonValue): Promise<void>
}

/** Keeps progress for as long as the page lives: what is interrupted goes on only in the same page, with the same state. */
export function memoryState(initial?: JsonValue): SelectionState {
  let kept = initial
  return {
    load: async () => structuredClone(kept),
    save: async (value) => {
      kept = structuredClone(value)
    },
  }
}

const DATABASE = 'reprise-selection'
const STORE = 'progress'

/**
 * Keeps progress in IndexedDB, in the database `reprise-selection`, under the name of the selection.
 * Errors: `memory-blocked` where there is no IndexedDB or it refuses, `memory-quota`.
 */
export function indexedDbState(name: string): SelectionState {
  return {
    load: () => withDatabase((database) => database.get(STORE, name) as Promise<JsonValue | undefined>),
    save: (value) =>
      withDatabase(async (database) => {
        const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' })
        await Promise.all([value === null ? transaction.store.delete(name) : transaction.store.put(value, name), transaction.done])
      }),
  }
}

type Database = Awaited<ReturnType<(typeof import('idb'))['openDB']>>

/** Opened for each call: calls are as rare as tasks, and a connection that is not there cannot be in another tab's way. */
async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  try {
    const { openDB } = await import('idb')
    const database = await openDB(DATABASE, 1, { upgrade: (fresh) => void fresh.createObjectStore(STORE) })
    try {
      return await work(database)
    } finally {
      database.close()
    }
  } catch (error) {
    throw storeError(error)
  }
}

function storeError(error: unknown): RepriseError {
  const named = error instanceof Error || error instanceof DOMException ? error : new Error(String(error))
  if (named.name === 'QuotaExceededError')
    return new RepriseError(
      'memory-quota',
      'The browser has no room left for the progress of the selection. What was kept before is unchanged. Free some space and call again: it goes on from there.',
      { cause: error },
    )
  return new RepriseError(
    'memory-blocked',
    `The progress of the selection could not be kept in IndexedDB (${named.name}: ${named.message}). What was kept before is unchanged. Where there is no IndexedDB, give a state of your own, or memoryState().`,
    { cause: error },
  )
}
