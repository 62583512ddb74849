/**
 * Runs that are under way, in a database of their own: what the memory holds was recorded, what lies here may still go wrong. One row a
 * run, written whole in one transaction, so that a page which is left in the middle leaves the last state or the one before it.
 */
import { wrap, type DBSchema, type IDBPDatabase } from 'idb'
import * as z from 'zod/mini'
import type { Checkpoint } from '../../../core/checkpoint.ts'
import { isRepriseError, RepriseError } from '../../../core/errors.ts'
import { runRowSchema, type RunRow } from './checkpoint-schema.ts'

/** What `openCheckpoints` takes; all of it may be left out. */
export interface CheckpointOptions {
  /** Of the database (default `reprise-runs`). */
  name?: string
  /** Default: the browser's. */
  indexedDB?: IDBFactory
  /** Milliseconds since the epoch. */
  clock?: () => number
  /** How long the browser may take to open it, and for each call (default 5,000). */
  timeoutMs?: number
  /** Hears of rows that were no runs, and were removed. */
  onProblem?(reason: string): void
}

/**
 * Errors of all methods: `memory-quota`, `memory-blocked`. Where the browser closes the connection, or another tab needs it closed, it is
 * opened again with the next call.
 */
export interface Checkpoints {
  /**
   * Keeps the run as it stands, and resolves with how often it was taken up so far. With `known`, what that was when it was last saved,
   * a run that somebody else has taken up or ended since is left alone: `'elsewhere'`.
   */
  save(checkpoint: Checkpoint, known?: number): Promise<number | 'elsewhere'>
  /** `undefined` where there is no such run. A row that is none is removed. */
  load(id: string): Promise<RunRow | undefined>
  /** To be called before a run is taken up. */
  countResume(id: string): Promise<void>
  remove(id: string): Promise<void>
  close(): void
}

const NAME = 'reprise-runs'
const VERSION = 1
/** Runs that nobody came back for. */
const OLDEST_MS = 86_400_000

interface RunSchema extends DBSchema {
  runs: { key: string; value: RunRow; indexes: { savedAt: number } }
}

type Database = IDBPDatabase<RunSchema>

/** Opens the database, and removes runs that were last kept more than a day ago. Errors: `memory-quota`, `memory-blocked`. */
export async function openCheckpoints(options: CheckpointOptions = {}): Promise<Checkpoints> {
  const { clock = Date.now, timeoutMs = 5000, onProblem } = options
  let current: Promise<Database> | undefined
  const connected = (): Promise<Database> => {
    const opening = (current ??= open(options, () => (current = undefined)))
    opening.catch(() => (current = undefined))
    return opening
  }
  const use = async <T>(work: (db: Database) => Promise<T>): Promise<T> => {
    const attempt = async (): Promise<T> => work(await connected())
    const again = (error: unknown): Promise<T> => {
      // The connection was closed between two calls.
      if (nameOf(error) !== 'InvalidStateError') throw error
      current = undefined
      return attempt()
    }
    return within(attempt().catch(again), timeoutMs).catch((error: unknown) => {
      throw storeError(error)
    })
  }
  await use((db) => prune(db, clock()))

  return {
    save: (checkpoint, known) => use((db) => save(db, { checkpoint, savedAt: clock() }, known)),
    load: (id) =>
      use(async (db) => {
        const row = await db.get('runs', id)
        const read = z.safeParse(runRowSchema, row)
        if (row === undefined || read.success) return read.data
        await db.delete('runs', id)
        onProblem?.('What was kept of a run was damaged, and was removed.')
        return undefined
      }),
    countResume: (id) =>
      use(async (db) => {
        const { store, done } = db.transaction('runs', 'readwrite')
        const row = await store.get(id)
        await Promise.all([row && store.put({ ...row, resumes: row.resumes + 1 }), done])
      }),
    remove: (id) => use((db) => db.delete('runs', id)),
    close() {
      current?.then((db) => db.close()).catch(() => {})
      current = undefined
    },
  }
}

async function open({ name = NAME, indexedDB }: CheckpointOptions, onClosed: () => void): Promise<Database> {
  const request = (indexedDB ?? globalThis.indexedDB).open(name, VERSION)
  request.onupgradeneeded = () => request.result.createObjectStore('runs', { keyPath: 'id' }).createIndex('savedAt', 'savedAt')
  const db = (await wrap(request)) as unknown as Database
  db.addEventListener('close', onClosed)
  db.addEventListener('versionchange', () => {
    db.close()
    onClosed()
  })
  return db
}

async function save(
  db: Database,
  { checkpoint, savedAt }: Pick<RunRow, 'checkpoint' | 'savedAt'>,
  known?: number,
): Promise<number | 'elsewhere'> {
  const { id } = checkpoint.trajectory
  const { store, done } = db.transaction('runs', 'readwrite')
  const kept = await store.get(id)
  if (known !== undefined && kept?.resumes !== known) return 'elsewhere'
  const resumes = kept?.resumes ?? 0
  await Promise.all([store.put({ id, checkpoint, savedAt, resumes }), done])
  return resumes
}

/** Also removes what has no time at all, and what is from the future. */
async function prune(db: Database, now: number): Promise<void> {
  const { store, done } = db.transaction('runs', 'readwrite')
  const recent = await store.index('savedAt').getAllKeys(IDBKeyRange.bound(now - OLDEST_MS, now + OLDEST_MS))
  const keys = await store.getAllKeys()
  await Promise.all([...keys.filter((key) => !recent.includes(key)).map((key) => store.delete(key)), done])
}

function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(blocked(`The browser did not answer within ${ms / 1000} s; another tab may hold the database.`)), ms)
  })
  work.catch(() => {}) // nobody waits for it once it is late
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

function storeError(error: unknown): RepriseError {
  if (isRepriseError(error)) return error
  switch (nameOf(error)) {
    case 'QuotaExceededError':
      return new RepriseError(
        'memory-quota',
        'The browser has no room to keep the run. What was kept before is still there. Free some space.',
        {
          cause: error,
        },
      )
    case 'VersionError':
      return blocked('The database of runs was written by a newer version of this library. Nothing was touched. Update the page.', error)
    case 'SecurityError':
    case 'TypeError':
      return blocked('The browser does not let this page use IndexedDB (private mode, or a setting or sandbox forbids it).', error)
    default:
      return blocked(`The database of runs cannot be used (${error instanceof Error ? error.message : nameOf(error)}).`, error)
  }
}

function blocked(message: string, cause?: unknown): RepriseError {
  return new RepriseError('memory-blocked', message, { cause })
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : ''
}
