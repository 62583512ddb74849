/** The parts of the browser that a kept run needs. Each may be missing, or throw when it is touched: then runs are not kept. */
import { tell } from '../../../util/tell.ts'

/** Where runs are kept; what is left out is the browser's own. `null` stands for one that is missing. */
export interface RunPlace {
  /** Names the run of this tab (default `sessionStorage`). */
  storage?: Storage | null
  locks?: LockManager | null
  indexedDB?: IDBFactory | null
  /** Name of the database (default `reprise-runs`). */
  database?: string
  /** Milliseconds since the epoch. */
  clock?: () => number
}

export interface ResolvedPlace {
  storage: Storage
  locks: LockManager
  indexedDB: IDBFactory
  database: string | undefined
  clock: () => number
}

/** The place, or why there is none. */
export function placeOf(given: RunPlace): ResolvedPlace | string {
  const storage = given.storage === undefined ? reach(() => globalThis.sessionStorage) : given.storage
  const locks = given.locks === undefined ? reach(() => globalThis.navigator.locks) : given.locks
  const indexedDB = given.indexedDB === undefined ? reach(() => globalThis.indexedDB) : given.indexedDB
  if (!storage) return `${CANNOT} this page has no session storage (a setting or sandbox forbids it).`
  if (!locks) return `${CANNOT} this page has no Web Locks, which need https.`
  if (!indexedDB) return `${CANNOT} this page has no IndexedDB (private mode, or a setting or sandbox forbids it).`
  return { storage, locks, indexedDB, database: given.database, clock: given.clock ?? Date.now }
}

export const CANNOT = 'The run cannot be taken up after the page is loaded anew:'

/** The entry of the session storage that names the run of this tab. */
const KEY = 'reprise-run'

/** Of this tab, or of the one that it was duplicated from. */
export function readMark({ storage }: Pick<ResolvedPlace, 'storage'>): string | undefined {
  return reach(() => storage.getItem(KEY)) ?? undefined
}

/** Throws where the browser does. */
export function setMark({ storage }: Pick<ResolvedPlace, 'storage'>, id: string): void {
  storage.setItem(KEY, id)
}

/** Unless it names another run. */
export function removeMark({ storage }: Pick<ResolvedPlace, 'storage'>, id: string): void {
  reach(() => storage.getItem(KEY) === id && storage.removeItem(KEY))
}

/** Whether the page is being left: from then on calls fail that the next page can make again, and nothing of it must end the run. */
export interface Leaving {
  readonly left: boolean
  /** Listens no more. */
  end(): void
}

export function watchLeaving(): Leaving {
  const over = new AbortController()
  const leaving = { left: false, end: () => over.abort() }
  globalThis.addEventListener?.('pagehide', () => (leaving.left = true), { signal: over.signal })
  globalThis.addEventListener?.('pageshow', () => (leaving.left = false), { signal: over.signal })
  return leaving
}

/** Tells a problem once. */
export function teller(onProblem: ((reason: string) => void) | undefined): (reason: string) => void {
  const told = new Set<string>()
  return (reason) => {
    if (!told.has(reason)) tell(onProblem, reason)
    told.add(reason)
  }
}

function reach<T>(get: () => T): T | undefined {
  try {
    return get()
  } catch {
    return undefined
  }
}
