/** Opening a database without waiting for ever, and bringing it to the present layout. */
import { openDB } from 'idb'
import { databaseName } from './database-name.ts'
import { blocked, closedError, openError, withRoom } from './idb-errors.ts'
import { createTables, VERSION, type Database, type Schema, type Transaction } from './idb-schema.ts'
import { migrateFrom1 } from './migrate-from-1.ts'

export interface OpenOptions {
  name: string
  /** How long to wait for the browser, and for each part of a migration (ms). */
  timeout: number
  /** Make no new database where there is none. */
  mustExist: boolean
  /** Another connection needs this one closed. */
  onClosing(why: string): void
  /** The browser closed it. */
  onTerminated(): void
}

/** Errors: `memory-blocked`, `memory-quota`; `memory-closed` where it must exist and does not. */
export async function openDatabase({ name, timeout, mustExist, onClosing, onTerminated }: OpenOptions): Promise<Database> {
  if (typeof indexedDB === 'undefined')
    throw blocked(
      "There is no IndexedDB here (private mode, or not a browser). Open the memory with storage: 'memory' to go on without keeping anything.",
    )
  const patience = createPatience(timeout)
  let holder = 'another tab holds it'
  let failure: unknown
  const upgrade = async (db: Database, transaction: Transaction<'versionchange'>, from: number): Promise<void> => {
    patience.more()
    if (from === 0 && mustExist) throw closedError(GONE, { kept: false })
    if (from === 1) await migrateFrom1(db, transaction, () => patience.more())
    else createTables(db, transaction)
  }
  try {
    const opening = openDB<Schema>(databaseName(name), VERSION, {
      upgrade: (db, from, _, transaction) =>
        void upgrade(db, transaction, from).catch((error: unknown) => {
          failure = transaction.error ?? error
          abort(transaction)
        }),
      blocked: () => (holder = 'another tab of this page uses an older version of it and does not let go'),
      blocking: (_, newVersion) => onClosing(newVersion === null ? DELETED : UPDATED),
      terminated: onTerminated,
    })
    // One that opens after the caller has been told that it did not must not hold on to the database.
    opening.then((db) => patience.over && db.close()).catch(() => {})
    return await Promise.race([opening, patience.lost])
  } catch (error) {
    if (patience.over)
      throw blocked(
        `The memory "${name}" did not open within ${timeout / 1000} s: ${holder}. Nothing stored was lost. Close other tabs of this page and try again.`,
      )
    throw await withRoom(openError(failure ?? error, name))
  } finally {
    patience.end()
  }
}

const DELETED = 'Another tab or another part of this page is deleting this memory.'
const UPDATED = 'Another tab or another part of this page is updating this memory to a newer version.'
const GONE = 'The browser closed the connection to the memory, and what was stored was deleted, by the browser or its user.'

interface Patience {
  /** Rejects when it is over. */
  lost: Promise<never>
  readonly over: boolean
  /** Begins to wait anew. Throws when it is over. */
  more(): void
  end(): void
}

function createPatience(timeout: number): Patience {
  let over = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let lose: (error: Error) => void = () => {}
  const lost = new Promise<never>((_, reject) => (lose = reject))
  lost.catch(() => {})
  const begin = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      over = true
      lose(new Error('timeout'))
    }, timeout)
  }
  begin()
  return {
    lost,
    get over() {
      return over
    },
    more() {
      if (over) throw new Error('timeout')
      begin()
    },
    end: () => clearTimeout(timer),
  }
}

function abort(transaction: Transaction<'versionchange'>): void {
  transaction.done.catch(() => {})
  try {
    transaction.abort()
  } catch {
    // It is over already.
  }
}
