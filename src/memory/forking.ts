/** A copy of a whole store under another name. Until it is complete it is marked, and whoever opens it finds it empty. */
import { RepriseError } from '../core/errors.ts'
import { throwIfAborted } from '../util/abort.ts'
import { createLocks, type Locks } from './locks.ts'
import { databaseName } from './store/database-name.ts'
import { TABLES, type MetaRow, type Table, type Tables, type TrajectoryStore } from './store/trajectory-store.ts'

export interface ForkOptions {
  source: TrajectoryStore
  locks: Locks
  name: string
  openStore(name: string): Promise<TrajectoryStore>
  signal: AbortSignal
}

/** Rows copied in one transaction. */
const PAGE = 500
export async function fork({ source, locks, name, openStore, signal }: ForkOptions): Promise<void> {
  const target = await openStore(name)
  try {
    const targetLocks = createLocks(databaseName(name))
    // Neither is written meanwhile, so that the copy shows one state. Two that are forked into each other must not wait for ever.
    const alone = (): Promise<void> => targetLocks.exclusive('write', () => copy({ source, target, name, signal }), { signal })
    await locks.exclusive('write', alone, { signal, timeout: Infinity })
  } finally {
    target.close()
  }
}

/** Empties a store that a fork has left unfinished. The lock on writes is the fork's for as long as it is under way. */
export async function discardUnfinished(store: TrajectoryStore, locks: Locks): Promise<void> {
  if (!(await isUnfinished(store))) return
  await locks.exclusive('write', async () => {
    if (await isUnfinished(store)) await empty(store)
  })
}

async function isUnfinished(store: TrajectoryStore): Promise<boolean> {
  return (await store.read((reader) => reader.get('meta', 'meta')))?.unfinished === true
}

async function empty(store: TrajectoryStore, meta?: MetaRow): Promise<void> {
  await store.write(async (writer) => {
    await Promise.all(TABLES.map((table) => writer.clear(table)))
    if (meta) await writer.put('meta', meta)
  })
  await store.snapshots.write((writer) => writer.clear('snapshots'))
}

interface Copy {
  source: TrajectoryStore
  target: TrajectoryStore
  name: string
  signal: AbortSignal
}

async function copy({ source, target, name, signal }: Copy): Promise<void> {
  const stored = await target.read((reader) => reader.count('trajectories'))
  if (stored > 0 && !(await isUnfinished(target)))
    throw new RepriseError(
      'invalid-options',
      `fork: the memory "${name}" holds ${stored} trajectories already. Nothing was changed. Give another name, or delete it with deleteMemory().`,
    )
  const meta = await source.read((reader) => reader.get('meta', 'meta'))
  if (!meta) return empty(target)
  await empty(target, { ...meta, unfinished: true })
  try {
    for (const table of TABLES) if (table !== 'meta') await copyTable({ source, target, table, signal })
    throwIfAborted(signal)
    const { covered: _, ...whole } = meta
    await target.write((writer) => writer.put('meta', whole))
  } catch (error) {
    await empty(target).catch(() => {}) // marked as unfinished, it is emptied when it is opened
    throw error
  }
}

async function copyTable<T extends Table>({ source, target, table, signal }: Omit<Copy, 'name'> & { table: T }): Promise<void> {
  let after: Tables[T]['id'] | undefined
  for (let more = true; more;) {
    throwIfAborted(signal)
    const from = after
    const rows = await source.read((reader) => reader.rows(table, { after: from, limit: PAGE }))
    await target.write(async (writer) => void (await Promise.all(rows.map((row) => writer.put(table, row)))))
    after = rows.at(-1)?.id
    more = rows.length === PAGE
  }
}
